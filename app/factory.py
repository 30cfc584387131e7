"""`create_app`: the only wiring. Everything is built once here and handed down."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.commands import Commands
from app.logs import configure_logging
from app.services import build_services
from app.web.assets_manifest import load_manifest
from app.web.auth import init_auth
from app.web.doors import FORM_MAX_BYTES, init_doors
from app.web.errors import init_errors
from app.web.figures import WorkFigures
from app.web.headers import init_headers
from app.web.localization import init_localization
from app.web.routes import register_routes
from app.web.services import EXTENSION
from app.web.shell import init_shell
from app.web.site import find_site
from config import Config

WEB = Path(__file__).parent / "web"
UPLOAD_MAX_BYTES = 25 * 1024 * 1024
ASSET_AGE_S = 31_536_000


def create_app(config: Config) -> Flask:
    """The application for `config`: gateways, database, pages and commands."""
    configure_logging()
    app = Flask(
        "app",
        root_path=str(Path(__file__).parent),
        template_folder=str(WEB / "templates"),
        static_folder=str(WEB / "static"),
    )
    app.config.update(_flask_settings(config))
    services = app.extensions[EXTENSION] = build_services(config)
    services.registry.register(WorkFigures(services.database))
    app.before_request(find_site)
    init_doors(app)
    init_localization(app)
    init_auth(app)
    init_errors(app)
    init_headers(app)
    init_shell(app)
    manifest = load_manifest(WEB / "static" / "dist")
    app.jinja_env.globals["asset"] = manifest.url
    register_routes(app)
    app.cli = Commands(name="app")
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": "__Host-session" if config.is_https else "session",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": UPLOAD_MAX_BYTES,
        "MAX_FORM_MEMORY_SIZE": FORM_MAX_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": ASSET_AGE_S,
        "TEMPLATES_AUTO_RELOAD": False,
        "JSON_SORT_KEYS": False,
    }
