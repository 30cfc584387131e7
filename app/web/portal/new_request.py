"""The form: four questions, and a number and a time at once."""

import hashlib
import hmac
from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.flows.form_to_ticket import FormRequest, form_to_ticket
from app.tickets.links import RequestLink, request_token
from app.web.auth import csrf_token, public
from app.web.localization import reader_language
from app.web.portal import portal_pages
from app.web.refusals import said
from app.web.services import correspondence, database, services
from app.web.site import Site, current_site
from app.web.uploads import kept_files
from app.web.words import PRIORITY_EFFECTS
from tenants.access.actions import throttle
from tenants.access.tokens import throttle_key
from tenants.errors import NotFound, Refused
from tenants.promises.priority import Priority

UNPROCESSABLE = 422
TOO_MANY = 429
NAME_MAX = 120
SUBJECT_MAX = 200
TEXT_MAX = 20_000
FORMS_PER_SOURCE = 30
WINDOW_S = 3600


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What the form sends, as typed. `key`: names this filling-in, so that twice is once."""

    name: str = ""
    email: str = ""
    subject: str = ""
    text: str = ""
    priority: str = Priority.P3.value
    key: str = ""

    @classmethod
    def from_request(cls) -> "RequestForm":
        """Read the form."""
        form = request.form
        return cls(
            name=" ".join(form.get("name", "").split()),
            email=form.get("email", "").strip(),
            subject=" ".join(form.get("subject", "").split()),
            text=form.get("text", "").replace("\r\n", "\n").strip(),
            priority=form.get("priority", ""),
            key=form.get("key", ""),
        )

    def errors(self) -> dict[str, str]:
        """What is wrong, by field; empty when all is well."""
        found = {
            "name": _error(self.name, _("Tell us your name."), NAME_MAX),
            "email": self._email_error(),
            "subject": _error(self.subject, _("Say in a few words what it is about."), SUBJECT_MAX),
            "text": _error(self.text, _("Tell us what happens, and since when."), TEXT_MAX),
            "priority": "" if self.is_priority_known() else _("Choose what fits best."),
        }
        return {field: error for field, error in found.items() if error}

    def is_priority_known(self) -> bool:
        """Whether the effect was chosen from the list."""
        return self.priority in {each.value for each in Priority}

    def _email_error(self) -> str:
        from email_validator import (  # noqa: PLC0415 - builds large tables; only forms need them
            EmailNotValidError,
            validate_email,
        )

        try:
            validate_email(self.email, check_deliverability=False)
        except EmailNotValidError:
            return str(
                _("Write your e-mail address, as in name@example.com. The answer goes there.")
            )
        return ""


@portal_pages.get("/requests/new")
@public
def new_request() -> str:
    """The empty form."""
    return _page(RequestForm(key=_fresh_key()), {})


@portal_pages.post("/requests/new")
@public
def send_request() -> Response | tuple[str, int]:
    """Make the ticket; sent twice it is the same ticket."""
    site, form = _site(), RequestForm.from_request()
    errors = form.errors()
    if errors:
        return _page(form, errors), UNPROCESSABLE
    if not _within_limits():
        return _page(
            form, {"text": _("Too many requests from here. Write to us by mail.")}
        ), TOO_MANY
    try:
        token = _open(site, form)
    except Refused as refused:
        return _page(form, {"attachments": said(refused)}), UNPROCESSABLE
    return redirect(url_for("portal.my_request", token=token, new=1), 303)


def _open(site: Site, form: RequestForm) -> str:
    """Files first, then one transaction: requester, ticket, usage, acknowledgement."""
    assert site.brand is not None  # noqa: S101 - _site() refuses the provider's own host
    files = kept_files(site.tenant_id, "attachments")
    asked = FormRequest(
        brand_id=site.brand.id,
        name=form.name,
        email=form.email.lower(),
        subject=form.subject,
        text=form.text,
        priority=Priority(form.priority),
        language=reader_language(),
        key=_own_key(form.key or _fresh_key()),
        files=files,
    )
    with database().transaction(site.tenant_id) as session:
        ticket = form_to_ticket(session, asked, correspondence=correspondence(), now=utc_now())
    link = RequestLink(site.tenant_id, ticket.number, ticket.requester_id)
    return request_token(link, secret=services().config.secret_key)


def _within_limits() -> bool:
    key = throttle_key("form", request.remote_addr or "", secret=services().config.secret_key)
    with database().directory() as session:
        return throttle(session, key, limit=FORMS_PER_SOURCE, window_s=WINDOW_S, now=utc_now())


def _site() -> Site:
    site = current_site()
    if site.brand is None:
        raise NotFound
    return site


def _fresh_key() -> str:
    """A name for this filling-in, bound to this browser's form token."""
    now = utc_now().isoformat()
    return hmac.new(csrf_token().encode(), now.encode(), hashlib.sha256).hexdigest()[:32]


def _own_key(key: str) -> str:
    """`key` bound to this browser: with another's key one gets a ticket of one's own."""
    return hmac.new(csrf_token().encode(), key.encode(), hashlib.sha256).hexdigest()[:32]


def _error(value: str, missing: str, most: int) -> str:
    if not value:
        return missing
    return _("At most %(most)s characters.", most=most) if len(value) > most else ""


def _page(form: RequestForm, errors: dict[str, str]) -> str:
    _site()
    kept = form if form.key else replace(form, key=_fresh_key())
    effects = [(each.value, PRIORITY_EFFECTS[each]) for each in reversed(list(Priority))]
    return render_template("portal/new_request.html", form=kept, errors=errors, effects=effects)
