"""What every page's frame shows: the name of the place, the ways through it, the reader."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.web.auth import csrf_token
from app.web.localization import LANGUAGES, reader_language
from app.web.site import PRODUCT, site_or_none
from app.web.stylesheets import brands_css_url
from app.web.words import ROLE_WORDS
from tenants.access.roles import Action, may


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the navigation; shown to those who may `action`."""

    endpoint: str
    label: Any
    icon: str
    action: Action
    place: str  # desk, office or partner: in whose navigation it stands
    key: str | None = None


WAYS: list[Way] = [
    Way("desk.queue", _l("Queue"), "inbox", Action.WORK_TICKETS, "staff", "g q"),
    Way("desk.held_mail", _l("Held mail"), "mail-warning", Action.RELEASE_HELD_MAIL, "staff"),
    Way("office.home", _l("Partners"), "building-2", Action.MANAGE_INSTALLATION, "staff"),
    Way("office.staff", _l("Staff"), "users", Action.MANAGE_STAFF, "staff"),
    Way("office_billing.periods", _l("Billing"), "receipt", Action.MANAGE_BILLING, "staff"),
    Way("office.outbox", _l("Outbox"), "send", Action.SEE_OUTBOX, "staff"),
    Way("office.jobs", _l("Jobs"), "list-checks", Action.SEE_JOBS, "staff"),
    Way("office.audit", _l("Audit trail"), "shield-check", Action.MANAGE_INSTALLATION, "staff"),
    Way("partner.home", _l("Start"), "house", Action.SEE_OWN_TICKETS, "partner"),
    Way("partner.brands", _l("Brands"), "palette", Action.MANAGE_BRANDS, "partner"),
    Way("partner.promises", _l("Hours and targets"), "clock", Action.MANAGE_BRANDS, "partner"),
    Way("partner.members", _l("Members"), "users", Action.MANAGE_MEMBERS, "partner"),
    Way("partner.audit", _l("Audit trail"), "shield-check", Action.MANAGE_MEMBERS, "partner"),
    Way("partner_usage.usage", _l("Usage"), "gauge", Action.SEE_OWN_USAGE, "partner"),
    Way("partner_usage.invoices", _l("Invoices"), "receipt", Action.SEE_OWN_USAGE, "partner"),
]


def init_shell(app: Flask) -> None:
    """Give every template the frame's values."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """The values that layouts read; see components for what pages pass themselves."""
    site = site_or_none()
    brand = site.brand if site else None
    return {
        "site_name": brand.name_in(reader_language()) if brand else (PRODUCT if site else ""),
        "brand": brand,
        "brands_css": brands_css_url() if site else None,
        "locale": reader_language() if site else "en",
        "theme": _theme(),
        "role_word": _role_word(),
        "nav": _ways(),
        "account_links": _account_links(),
        "language_links": _language_links(),
        "home_url": "/",
    }


def _theme() -> str | None:
    if not current_user or not current_user.is_authenticated:
        return None
    theme = current_user.signed_in.theme
    return None if theme == "auto" else str(theme)


def _role_word() -> str:
    if not current_user or not current_user.is_authenticated:
        return ""
    return str(ROLE_WORDS[current_user.role])


def _ways() -> list[dict[str, Any]]:
    if not current_user or not current_user.is_authenticated:
        return []
    place = "staff" if current_user.tenant_id == 0 else "partner"
    return [
        {
            "label": way.label,
            "url": url_for(way.endpoint),
            "icon": way.icon,
            "key": way.key,
            "active": request.endpoint == way.endpoint,
        }
        for way in WAYS
        if way.place == place and may(current_user.role, way.action)
    ]


def _account_links() -> list[dict[str, Any]]:
    return [
        {"label": _l("My account"), "url": url_for("account.account"), "icon": "user"},
        {
            "label": _l("Sign out"),
            "url": url_for("account.sign_out"),
            "icon": "log-out",
            "csrf": csrf_token(),
        },
    ]


def _language_links() -> list[dict[str, Any]]:
    if request.method != "GET" or not request.endpoint:
        return []
    # A query of a stranger stays a query: given to url_for, its `_scheme` would make the link.
    page, query = url_for(request.endpoint, **(request.view_args or {})), request.args.to_dict()
    return [
        {
            "code": code,
            "label": label,
            "url": f"{page}?{urlencode({**query, 'language': code})}",
            "active": code == reader_language(),
        }
        for code, label in LANGUAGES.items()
    ]
