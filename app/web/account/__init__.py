"""Coming in, going out, and one's own settings."""

from flask import Blueprint

account_pages = Blueprint("account", __name__)

from app.web.account import second_factor, settings, sign_in  # noqa: E402, F401 - routes
