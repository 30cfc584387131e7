"""What an operator does to a ticket: answer, note, take, change. Each is a little resource."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.flows.entry_to_reply import Reply, entry_to_reply
from app.tickets import actions
from app.tickets.changes import Author, NewEntry, NewPriority
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.lifecycle import TicketStatus
from app.tickets.stale import Stale
from app.web.auth import permits, signed_in_user
from app.web.desk import desk_pages
from app.web.desk.place import TicketPlace, ticket_place
from app.web.desk.ticket import answer_ticket
from app.web.numbers import whole_number
from app.web.refusals import said
from app.web.services import correspondence, database
from app.web.uploads import kept_files
from tenants.access.roles import Action
from tenants.errors import Refused
from tenants.promises.priority import Priority

UNPROCESSABLE = 422
CONFLICT = 409
THEN_STATUS: dict[str, TicketStatus] = {
    "wait": TicketStatus.WAITING_FOR_REQUESTER,
    "partner": TicketStatus.WITH_PARTNER,
    "resolve": TicketStatus.RESOLVED,
}


@dataclass(frozen=True, slots=True)
class WritingForm:
    """What the reply box sends."""

    kind: str
    body: str
    then: str
    seen_revision: int | None

    @classmethod
    def from_request(cls) -> "WritingForm":
        """Read the form; the text keeps its line ends as they were typed."""
        form = request.form
        return cls(
            kind=form.get("kind", "reply"),
            body=form.get("body", "").replace("\r\n", "\n").strip(),
            then=form.get("then", ""),
            seen_revision=seen_revision(),
        )


@desk_pages.post("/tickets/<ref>/entries")
@permits(Action.WORK_TICKETS)
def write_entry(ref: str) -> Response | tuple[str, int] | str:
    """Send an answer or keep a note; a stale send stops and shows what is new."""
    place, form = ticket_place(ref), WritingForm.from_request()
    kept = {"written": form.body, "written_kind": form.kind}
    if not form.body:
        return answer_ticket(place, refusal=_("Write something first."), **kept), UNPROCESSABLE
    try:
        _write(place, form)
    except Stale as stale:
        return answer_ticket(place, stale=stale, **kept), CONFLICT
    except Refused as refused:
        return answer_ticket(place, refusal=said(refused), **kept), UNPROCESSABLE
    return answer_ticket(place, sent=True)


def _write(place: TicketPlace, form: WritingForm) -> None:
    """Files are kept before the transaction begins; words and letter are one commit."""
    now, author = utc_now(), operator()
    files = kept_files(place.tenant_id, "attachments")
    with database().transaction(place.tenant_id) as session:
        if form.kind == "note":
            actions.add_note(session, place.number, form.body, author=author, files=files, now=now)
            return
        entry = NewEntry(text=form.body, author=author, channel=Channel.DESK, files=files)
        reply = Reply(entry, THEN_STATUS.get(form.then), form.seen_revision)
        entry_to_reply(session, place.number, reply, correspondence=correspondence(), now=now)


@desk_pages.post("/tickets/<ref>/assignment")
@permits(Action.WORK_TICKETS)
def take(ref: str) -> Any:
    """Take the ticket."""
    return change(ticket_place(ref), actions.take_ticket)


@desk_pages.post("/tickets/<ref>/status")
@permits(Action.WORK_TICKETS)
def change_status(ref: str) -> Any:
    """Move the ticket to another state."""
    return change(ticket_place(ref), actions.change_status, _member(TicketStatus, "status"))


@desk_pages.post("/tickets/<ref>/resolution")
@permits(Action.WORK_TICKETS)
def resolve(ref: str) -> Any:
    """Say that a fix was given; the clock ends."""
    return change(ticket_place(ref), actions.resolve_ticket)


@desk_pages.post("/tickets/<ref>/priority")
@permits(Action.WORK_TICKETS)
def change_priority(ref: str) -> Any:
    """Change the priority, with a reason that the requester sees."""
    place = ticket_place(ref)
    reason = request.form.get("reason", "").strip()
    wanted = NewPriority(_member(Priority, "priority"), reason)
    return change(place, actions.change_priority, wanted)


def change(place: TicketPlace, action: Any, *wanted: Any) -> Any:
    """Run one action of the tickets room on the ticket and show it as it is then."""
    try:
        with database().transaction(place.tenant_id) as session:
            action(
                session,
                place.number,
                *wanted,
                author=operator(),
                seen_revision=seen_revision(),
                now=utc_now(),
            )
    except Stale as stale:
        return answer_ticket(place, stale=stale), CONFLICT
    except Refused as refused:
        return answer_ticket(place, refusal=said(refused)), UNPROCESSABLE
    return answer_ticket(place)


def operator() -> Author:
    """Whoever sits at this desk."""
    user = signed_in_user()
    return Author(AuthorKind.OPERATOR, user.user_id, user.name)


def seen_revision() -> int | None:
    """The revision the page showed; None when a form carries none."""
    return whole_number(request.form.get("revision", ""))


def _member(kind: Any, field: str) -> Any:
    try:
        return kind(request.form.get(field, ""))
    except ValueError:
        raise BadRequest from None
