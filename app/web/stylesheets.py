"""`/brands.<hash>.css`: the colours of the brands a reader may see, and of no other."""

import hashlib
import time
from dataclasses import dataclass

from flask import Blueprint, Response, url_for
from flask_login import current_user

from app.web.auth import public
from app.web.services import database
from app.web.site import current_site
from tenants.brands.colour import brand_colours, stylesheet
from tenants.brands.queries import visible_brands

stylesheet_pages = Blueprint("stylesheets", __name__)

KEPT_S = 30.0  # a new colour is seen within this time; otherwise each page would ask for all brands
MONTH_S = 2_592_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet and the hash in its address."""

    css: str
    digest: str
    made_at: float


_sheets: dict[tuple[int, ...], Sheet] = {}


@stylesheet_pages.get("/brands.<digest>.css")
@public
def brands(digest: str) -> Response:
    """The colours; only an address whose hash is today's may be kept by the browser."""
    sheet = _sheet()
    response = Response(sheet.css, mimetype="text/css")
    if digest == sheet.digest:
        response.headers["Cache-Control"] = f"private, max-age={MONTH_S}, immutable"
    return response


def brands_css_url() -> str:
    """The address of this reader's style sheet."""
    return url_for("stylesheets.brands", digest=_sheet().digest)


def _sheet() -> Sheet:
    site = current_site()
    if site.brand is not None:
        return _made({site.brand.id: site.brand.colour})
    if not current_user or not current_user.is_authenticated:
        return _made({})
    tenant_ids = tuple(current_user.served_tenant_ids)
    kept = _sheets.get(tenant_ids)
    if kept is None or time.monotonic() - kept.made_at > KEPT_S:
        kept = _sheets[tenant_ids] = _made(_visible(tenant_ids))
    return kept


def _visible(tenant_ids: tuple[int, ...]) -> dict[int, str]:
    if not tenant_ids:
        return {}
    with database().desk_reading(tenant_ids) as session:
        return {brand.id: brand.colour for brand in visible_brands(session)}


def _made(colours: dict[int, str]) -> Sheet:
    css = stylesheet({brand_id: brand_colours(colour) for brand_id, colour in colours.items()})
    return Sheet(css, hashlib.sha256(css.encode()).hexdigest()[:12], time.monotonic())
