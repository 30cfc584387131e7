"""Where a partner begins: what is ready, told from facts, and the way to what is not."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.inbox.queries import has_received_mail
from app.web.auth import permits, signed_in_user
from app.web.partner import partner_pages
from app.web.services import database
from billing.queries import invoices
from tenants.access.roles import Action, may
from tenants.brands.brand import Brand
from tenants.brands.queries import brands, mailboxes
from tenants.promises.hours_text import hours_in_words
from tenants.promises.queries import Promises, promises, service_hours

AS_DELIVERED = 1  # the version of hours and targets that nobody has changed yet


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the checklist. `url`: where it is made true; "" where nobody has to do it."""

    title: str
    line: str
    is_done: bool
    url: str


@partner_pages.get("/")
@permits(Action.SEE_OWN_TICKETS)
def home() -> str:
    """The checklist; its links are for those who may follow them."""
    user = signed_in_user()
    with database().transaction(user.tenant_id) as session:
        facts = _facts(session)
    return render_template(
        "partner/home.html", facts=facts, may_change=may(user.role, Action.MANAGE_BRANDS)
    )


def _facts(session: Session) -> list[Fact]:
    faces = brands(session)
    return [
        _mail(session),
        _hours(session),
        _texts(faces),
        _targets(promises(session)),
        _invoice([row.issued_on for row in invoices(session)]),
    ]


def _mail(session: Session) -> Fact:
    addresses = ", ".join(each.address for each in mailboxes(session))
    is_done = has_received_mail(session)
    line = (
        _("Mail arrives: %(addresses)s", addresses=addresses)
        if is_done
        else _("Send a mail to %(addresses)s and see it become a ticket.", addresses=addresses)
    )
    return Fact(_("Mailbox"), line, is_done, "")


def _hours(session: Session) -> Fact:
    kept = service_hours(session)
    line = hours_in_words(kept.calendar, _)
    return Fact(_("Service hours"), line, kept.version > AS_DELIVERED, url_for("partner.promises"))


def _texts(faces: list[Brand]) -> Fact:
    own = sum(len(brand.texts) for brand in faces)
    line = (
        _("Own texts: %(count)s", count=own)
        if own
        else _("Neutral texts are used until you write your own.")
    )
    return Fact(_("Words of the brand"), line, own > 0, url_for("partner.brands"))


def _targets(kept: Promises) -> Fact:
    is_done = any(each.version > AS_DELIVERED for each in kept.levels)
    line = _("As you set them.") if is_done else _("As delivered: look whether they fit.")
    return Fact(_("Targets"), line, is_done, url_for("partner.promises", _anchor="targets"))


def _invoice(issued: list[date]) -> Fact:
    line = _("Issued.") if issued else _("It comes after the end of the first month.")
    return Fact(_("First invoice"), line, bool(issued), "")
