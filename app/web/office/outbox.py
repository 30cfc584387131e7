"""All that leaves us, over the tenants this person answers for: newest first, with its fate."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.flows.person_to_invitation import PURPOSE as INVITATION
from app.outbox.actions import send_again
from app.outbox.channels import OutboundStatus
from app.outbox.queries import (
    PAGE_ROWS,
    OutboxRow,
    WholeMessage,
    outbound_message,
    outbox_page,
)
from app.web.auth import permits, signed_in_user
from app.web.forms import chosen
from app.web.numbers import whole_number
from app.web.office import office_pages
from app.web.services import database
from tenants.access.roles import Action, may
from tenants.database import HOUSE_ID
from tenants.directory.queries import all_tenants
from tenants.errors import NotFound

OUTBOUND_WORDS: dict[OutboundStatus, Any] = {
    OutboundStatus.PENDING: _l("waits"),
    OutboundStatus.SENDING: _l("is being sent"),
    OutboundStatus.SENT: _l("sent"),
    OutboundStatus.UNDELIVERABLE: _l("given up"),
    OutboundStatus.CANCELLED: _l("cancelled"),
}
OUTBOUND_TONES: dict[OutboundStatus, str] = {
    OutboundStatus.PENDING: "soon",
    OutboundStatus.SENDING: "accent",
    OutboundStatus.SENT: "ok",
    OutboundStatus.UNDELIVERABLE: "late",
    OutboundStatus.CANCELLED: "muted",
}
PURPOSE_WORDS: dict[str, Any] = {
    "acknowledgement": _l("automatic first answer"),
    "reply": _l("answer"),
    INVITATION: _l("invitation"),
    "invoice": _l("invoice"),
}
AGAIN = frozenset({OutboundStatus.PENDING, OutboundStatus.UNDELIVERABLE})


@office_pages.get("/outbox")
@permits(Action.SEE_OUTBOX)
def outbox() -> str:
    """A page of outgoing messages."""
    wanted = chosen(OutboundStatus, request.args.get("status", ""))
    before_id = whole_number(request.args.get("before", ""))
    names = _readable()
    with database().desk_reading(names) as session:
        rows = outbox_page(session, status=wanted, before_id=before_id)
    return render_template(
        "office/outbox.html",
        rows=rows,
        partner_names=names,
        wanted=wanted,
        next_url=_next_url(rows, wanted),
        outbox_filters=_filters(wanted),
        **_words(),
    )


@office_pages.get("/outbox/<int:tenant_id>/<int:message_id>")
@permits(Action.SEE_OUTBOX)
def outbound(tenant_id: int, message_id: int) -> str:
    """One message. A personal link in it is for its reader alone and stays hidden."""
    partner_name = _readable_name(tenant_id)
    with database().desk_reading((tenant_id,)) as session:
        message = outbound_message(session, message_id)
    return render_template(
        "office/outbound.html",
        message=message,
        row=message.row,
        head=_head(message, partner_name),
        is_hidden=message.row.purpose == INVITATION,
        may_send_again=message.row.status in AGAIN,
        **_words(),
    )


@office_pages.post("/outbox/<int:tenant_id>/<int:message_id>/attempts")
@permits(Action.SEE_OUTBOX)
def try_outbound_again(tenant_id: int, message_id: int) -> Response:
    """Ask for one more try now."""
    _readable_name(tenant_id)
    with database().transaction(tenant_id) as session:
        send_again(session, message_id, now=utc_now())
    flash(_("It is tried again now."), "success")
    return redirect(url_for("office.outbound", tenant_id=tenant_id, message_id=message_id), 303)


def _next_url(rows: list[OutboxRow], wanted: OutboundStatus | None) -> str:
    if len(rows) < PAGE_ROWS:
        return ""
    status = wanted.value if wanted else None
    return url_for("office.outbox", status=status, before=rows[-1].id)


def _filters(wanted: OutboundStatus | None) -> list[tuple[Any, str, bool]]:
    each = [
        (word, url_for("office.outbox", status=status.value), status is wanted)
        for status, word in OUTBOUND_WORDS.items()
    ]
    return [(_("all"), url_for("office.outbox"), wanted is None), *each]


def _head(message: WholeMessage, partner_name: str) -> list[tuple[str, str]]:
    """The head of a message as term and value; what is empty is left out."""
    row = message.row
    facts = [
        (_("From"), f"{message.sender_name} <{message.sender}>"),
        (_("To"), row.recipient),
        (_("Partner"), partner_name),
        (_("Brand"), row.brand_name),
        ("Message-ID", f"<{message.message_ref}>"),
        (_("Files"), ", ".join(each.name for each in message.enclosures)),
        (_("Tries"), str(row.attempts)),
    ]
    return [(term, value) for term, value in facts if value]


def _readable() -> dict[int, str]:
    """The tenants whose messages this person may read, and their names.

    The provider's administrator runs the relay for all of them, and for the house itself.
    """
    user = signed_in_user()
    with database().across_tenants() as session:
        names = {each.id: each.name for each in all_tenants(session)}
    if may(user.role, Action.MANAGE_INSTALLATION):
        return {HOUSE_ID: _("Provider"), **names}
    return {each: names.get(each, "") for each in user.served_tenant_ids}


def _readable_name(tenant_id: int) -> str:
    names = _readable()
    if tenant_id not in names:
        raise NotFound
    return names[tenant_id]


def _words() -> dict[str, Any]:
    return {
        "outbound_words": OUTBOUND_WORDS,
        "outbound_tones": OUTBOUND_TONES,
        "purpose_words": PURPOSE_WORDS,
    }
