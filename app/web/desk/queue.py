"""The queue: all tickets an operator may work, the most urgent first."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.tickets.lifecycle import TicketStatus
from app.tickets.queries import desk_queue, queue_count, queue_rows
from app.tickets.queue_order import MOST_COUNTED, PAGE_ROWS, QueuePlace, QueueView, parse_place
from app.tickets.queue_row import QueueRow
from app.web.auth import permits, signed_in_user
from app.web.desk import desk_pages
from app.web.desk.clocks import Face, face_of
from app.web.desk.place import served
from app.web.localization import Reader, reader
from app.web.numbers import whole_number
from app.web.services import database
from tenants.access.roles import Action
from tenants.brands.queries import visible_names

NEVER = "9999"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with what only the page knows: its clock's face and where it leads."""

    ticket: QueueRow
    face: Face
    key: str
    order: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class QueueShown:
    """The left column: the view, its rows, and where the next ones are."""

    view: QueueView
    tenant_id: int | None
    rows: tuple[ShownRow, ...]
    next_url: str | None
    new_count: str
    partners: tuple[tuple[int, str], ...]


@desk_pages.get("/")
@permits(Action.WORK_TICKETS)
def home() -> Response:
    """The desk begins with the queue."""
    return redirect(url_for("desk.queue"))


@desk_pages.get("/queue")
@permits(Action.WORK_TICKETS)
def queue() -> str:
    """The queue with no ticket open."""
    return render_template("desk/queue.html", queue=shown_queue(current=None))


@desk_pages.get("/queue/rows")
@permits(Action.WORK_TICKETS)
def rows() -> str:
    """Just the rows asked for that still belong in the list; a missing one left it.

    Without `ids` the top of the list, for a page that missed signals.
    """
    places = _places(request.args.get("ids", ""))
    now, user, view, tenant_id = utc_now(), signed_in_user(), _view(), _tenant()
    with database().desk_reading(user.served_tenant_ids) as session:
        if "ids" in request.args:
            found = queue_rows(session, places) if places else []
        else:
            found = desk_queue(session, view, user_id=user.user_id, tenant_id=tenant_id)
    to = reader()
    shown = [
        shown_row(row, view=view, current=None, reader=to, now=now)
        for row in found
        if _belongs(row, view, user_id=user.user_id, tenant_id=tenant_id)
    ]
    return render_template("desk/rows.html", rows=shown, view=view.value, partner=tenant_id)


@desk_pages.post("/queue/next")
@permits(Action.WORK_TICKETS)
def next_ticket() -> Response:
    """Open the most urgent ticket that nobody has taken."""
    user = signed_in_user()
    with database().desk_reading(user.served_tenant_ids) as session:
        found = desk_queue(session, QueueView.DUE, user_id=user.user_id)
    free = next((row for row in found if row.assignee_id is None), None)
    if free is None:
        return redirect(url_for("desk.queue"), 303)
    return redirect(url_for("desk.ticket", ref=free.ref), 303)


def shown_queue(*, current: str | None) -> QueueShown:
    """The left column of every page of the desk; `current` is the open ticket's reference."""
    user, now = signed_in_user(), utc_now()
    view, tenant_id = _view(), _tenant()
    after = request.args.get("after")
    with database().desk_reading(user.served_tenant_ids) as session:
        found = desk_queue(
            session,
            view,
            user_id=user.user_id,
            tenant_id=tenant_id,
            after=parse_place(after) if after else None,
        )
        new_count = queue_count(session, QueueView.NEW, user_id=user.user_id)
        partners = tuple(visible_names(session))
    to = reader()
    return QueueShown(
        view=view,
        tenant_id=tenant_id,
        rows=tuple(shown_row(row, view=view, current=current, reader=to, now=now) for row in found),
        next_url=_next_url(found, view, tenant_id),
        new_count=f"{MOST_COUNTED - 1}+" if new_count >= MOST_COUNTED else str(new_count),
        partners=partners,
    )


def shown_row(
    row: QueueRow, *, view: QueueView, current: str | None, reader: Reader, now: datetime
) -> ShownRow:
    """`row` as the list of `view` shows it."""
    return ShownRow(
        ticket=row,
        face=face_of(row, reader=reader, now=now),
        key=f"{row.tenant_id}-{row.ticket_id}",
        order=sortable(row.place(view)),
        is_current=row.ref == current,
    )


def sortable(place: QueuePlace) -> str:
    """Text that sorts as the places of rows do: a page puts a new row where the queue has it."""
    at = NEVER if place.at is None else place.at.astimezone(UTC).isoformat()
    return f"{at}~{place.tenant_id:019}~{place.ticket_id:019}"


def _belongs(row: QueueRow, view: QueueView, *, user_id: int, tenant_id: int | None) -> bool:
    """Whether a row that changed still has a place in the list that the page shows."""
    if tenant_id is not None and row.tenant_id != tenant_id:
        return False
    if view is QueueView.MINE:
        return row.assignee_id == user_id
    return view is QueueView.DUE or row.status is TicketStatus.NEW


def _view() -> QueueView:
    try:
        return QueueView(request.args.get("view") or QueueView.DUE.value)
    except ValueError:
        abort(404)


def _tenant() -> int | None:
    tenant_id = whole_number(request.args.get("partner", ""))
    return None if tenant_id is None else served(tenant_id)


def _next_url(found: list[QueueRow], view: QueueView, tenant_id: int | None) -> str | None:
    if len(found) < PAGE_ROWS:
        return None
    after = str(found[-1].place(view))
    return url_for("desk.queue", view=view.value, partner=tenant_id, after=after)


def _places(text: str) -> list[tuple[int, int]]:
    places = []
    for part in text.split(",")[:PAGE_ROWS]:
        tenant, _dash, ticket = part.partition("-")
        tenant_id, ticket_id = whole_number(tenant), whole_number(ticket)
        if tenant_id is not None and ticket_id is not None:
            places.append((tenant_id, ticket_id))
    return places
