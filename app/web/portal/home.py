"""The brand's first page: three ways to a human."""

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import public
from app.web.portal import portal_pages
from app.web.services import database
from app.web.site import current_site
from tenants.promises.hours_text import hours_in_words
from tenants.promises.queries import service_hours
from tenants.promises.service_hours import is_open


@portal_pages.get("/")
@public
def home() -> Response | str:
    """The portal on a partner's host; on the provider's own, sign-in or the reader's home."""
    site = current_site()
    if site.brand is None:
        return redirect(url_for("account.home"))
    with database().transaction(site.tenant_id) as session:
        hours = service_hours(session)
    return render_template(
        "portal/home.html",
        hours=hours_in_words(hours.calendar, _),
        is_open=is_open(hours.calendar, utc_now()),
        telephone=site.brand.telephone,
        address=site.brand.sender_address,
    )
