"""Config from the environment, the application from Config; nothing else."""

from app.factory import create_app
from config import Config, ConfigError

try:
    app = create_app(Config.from_environment())
except ConfigError as error:
    raise SystemExit(f"A setting is missing or wrong. {error}") from None
