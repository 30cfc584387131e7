"""The desk's queue over all of an operator's tenants, in one indexed statement."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    and_,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.tickets.models import DUE_ORDER, Ticket
from app.tickets.queue_order import MOST_COUNTED, PAGE_ROWS, QueuePlace, QueueView
from app.tickets.queue_row import QueueRow
from tenants.brands.models import Brand
from tenants.clients.models import Client, Requester

# Spelled as the indices spell it: another form of the same order would not use them.
_DUE: ColumnElement[Any] = literal_column(DUE_ORDER.text, DateTime(timezone=True))
_NEVER: ColumnElement[Any] = literal_column("'infinity'::timestamptz", DateTime(timezone=True))
_SHOWN = (
    Ticket.tenant_id,
    Ticket.id,
    Ticket.number,
    Ticket.prefix,
    Ticket.subject,
    Ticket.brand_id,
    Ticket.requester_id,
    Ticket.client_id,
    Ticket.channel,
    Ticket.priority,
    Ticket.status,
    Ticket.assignee_id,
    Ticket.badge,
    Ticket.revision,
    Ticket.created_at,
    Ticket.updated_at,
    Ticket.next_due_at,
    Ticket.next_due_kind,
    Ticket.next_due_target_s,
    Ticket.paused_reason,
)
# Plain tables: joined by the ticket's own tenant, they need no list of tenants of their own, and
# with one the planner looks each name up 200 times.
_BRANDS, _REQUESTERS, _CLIENTS = Brand.__table__, Requester.__table__, Client.__table__
# The fields of QueueRow after the names, in its order.
_AFTER_NAMES = tuple(field.name for field in fields(QueueRow))[10:]


def desk_queue(
    session: Session,
    view: QueueView,
    *,
    user_id: int,
    tenant_id: int | None = None,
    after: QueuePlace | None = None,
    limit: int = PAGE_ROWS,
) -> list[QueueRow]:
    """The page of `view` that begins after `after`, over the session's tenants or one of them.

    `session`: of `Database.desk_reading`. `user_id`: whose tickets MINE shows.
    """
    page = _view(select(*_SHOWN), view, user_id=user_id, tenant_id=tenant_id)
    if after is not None:
        page = page.where(_comes_after(view, after))
    page = page.order_by(_order(view), Ticket.tenant_id, Ticket.id).limit(limit)
    return _rows(session, page, view)


def queue_rows(session: Session, places: Iterable[tuple[int, int]]) -> list[QueueRow]:
    """The open tickets among `places`, pairs of tenant and ticket id, the most urgent first."""
    mine = frozenset(session.info["tenant_ids"])
    wanted = [place for place in places if place[0] in mine][:PAGE_ROWS]
    tickets = Ticket.__table__
    page = select(*(tickets.c[column.key] for column in _SHOWN)).where(
        tuple_(tickets.c.tenant_id, tickets.c.id).in_(wanted), tickets.c.is_open
    )
    return _rows(session, page)


def queue_count(
    session: Session, view: QueueView, *, user_id: int, tenant_id: int | None = None
) -> int:
    """How many tickets `view` holds, counted up to MOST_COUNTED and no further."""
    some = _view(select(literal(1)).select_from(Ticket), view, user_id=user_id, tenant_id=tenant_id)
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED).subquery())
    return session.execute(counted).scalar_one()


def _view(
    rows: Select[*tuple[Any, ...]], view: QueueView, *, user_id: int, tenant_id: int | None
) -> Select[*tuple[Any, ...]]:
    if tenant_id is not None:
        rows = rows.where(Ticket.tenant_id == tenant_id)
    if view is QueueView.NEW:
        return rows.where(literal_column("status = 'new'"))  # a literal matches the partial index
    if view is QueueView.MINE:
        return rows.where(Ticket.is_open, Ticket.assignee_id == user_id)
    return rows.where(Ticket.is_open)


def _order(view: QueueView) -> ColumnElement[Any]:
    return Ticket.created_at if view is QueueView.NEW else _DUE  # type: ignore[return-value]


def _comes_after(view: QueueView, place: QueuePlace) -> ColumnElement[bool]:
    at = _NEVER if place.at is None else literal(place.at, DateTime(timezone=True))
    last = tuple_(at, literal(place.tenant_id), literal(place.ticket_id))
    return tuple_(_order(view), Ticket.tenant_id, Ticket.id) > last


def _rows(
    session: Session, page: Select[*tuple[Any, ...]], view: QueueView = QueueView.DUE
) -> list[QueueRow]:
    """The page with its names, joined after the limit: a hundred rows are looked up, not all."""
    found = session.execute(_with_names(page.subquery("page"), view))
    return [QueueRow(*row) for row in found]


def _with_names(page: FromClause, view: QueueView) -> Select[*tuple[Any, ...]]:
    of = page.c
    at = of.created_at if view is QueueView.NEW else func.coalesce(of.next_due_at, _NEVER)
    return (
        select(
            of.tenant_id,
            of.id,
            of.number,
            of.prefix,
            of.subject,
            of.brand_id,
            _BRANDS.c.name,
            _REQUESTERS.c.name,
            _CLIENTS.c.name,
            func.coalesce(_CLIENTS.c.is_vip, literal_column("false")),
            *(of[name] for name in _AFTER_NAMES),
        )
        .join(_BRANDS, _is(_BRANDS, of.tenant_id, of.brand_id))
        .join(_REQUESTERS, _is(_REQUESTERS, of.tenant_id, of.requester_id))
        .outerjoin(_CLIENTS, _is(_CLIENTS, of.tenant_id, of.client_id))
        .order_by(at, of.tenant_id, of.id)
    )


def _is(table: FromClause, tenant_id: ColumnElement[Any], row_id: ColumnElement[Any]) -> Any:
    return and_(table.c.tenant_id == tenant_id, table.c.id == row_id)
