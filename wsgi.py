"""Config from the environment, the application from Config; nothing else."""

from app.factory import create_app
from config import Config

app = create_app(Config.from_environment())
