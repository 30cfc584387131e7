"""Every blueprint of the application, on one page."""

from flask import Flask

from app.web.account import account_pages
from app.web.desk import desk_pages
from app.web.numbers import NumberConverter
from app.web.office import office_pages
from app.web.office.billing import billing_pages
from app.web.partner import partner_pages
from app.web.partner.usage import usage_pages
from app.web.portal import portal_pages
from app.web.probes import probes
from app.web.signals import signal_pages
from app.web.stylesheets import stylesheet_pages

BLUEPRINTS = (
    account_pages,
    billing_pages,
    desk_pages,
    office_pages,
    partner_pages,
    portal_pages,
    probes,
    signal_pages,
    stylesheet_pages,
    usage_pages,
)


def register_routes(app: Flask) -> None:
    """Put every page at its address."""
    app.url_map.converters["int"] = NumberConverter
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
