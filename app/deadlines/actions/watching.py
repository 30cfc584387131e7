"""Deadlines that have come are claimed, each once, over all tenants.

Apart from what happens to a single ticket's clocks: this is the only write across tenants.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, bindparam, func, literal_column, select, tuple_, update
from sqlalchemy.orm import Session

from app.deadlines.models import Deadline

# Any number that no other advisory lock of this database uses.
ONE_WATCHER = 715_518
_DEADLINES: Table = Deadline.__table__  # type: ignore[assignment]
_PLACE = (_DEADLINES.c.tenant_id, _DEADLINES.c.id)
# A literal, since a parameter would not match the partial index.
_RUNNING: ColumnElement[bool] = literal_column("deadlines.fired_at IS NULL")
# Built once: building a statement costs more than running it.
_CLAIM = (
    update(_DEADLINES)
    .where(
        _RUNNING,
        tuple_(*_PLACE).in_(
            select(*_PLACE)
            .where(
                _RUNNING,
                _DEADLINES.c.due_at <= bindparam("now"),
                _DEADLINES.c.due_at > bindparam("after"),
            )
            .order_by(_DEADLINES.c.due_at)
            .limit(bindparam("most"))
        ),
    )
    .values(fired_at=bindparam("now"))
    .returning(*_PLACE)
)
_LEAD = select(func.pg_try_advisory_xact_lock(ONE_WATCHER))


@dataclass(frozen=True, slots=True)
class ClaimedDeadline:
    """A deadline that is ours to act on."""

    tenant_id: int
    id: int


def lead_watch(session: Session) -> bool:
    """Whether this transaction is the only one that claims deadlines, until it ends."""
    return bool(session.scalar(_LEAD))


def claim_due(
    session: Session, *, now: datetime, after: datetime, limit: int
) -> list[ClaimedDeadline]:
    """Claim at most `limit` deadlines due by `now`, and later than `after`: never one twice.

    `session`: of `Database.across_tenants`.
    """
    rows = session.execute(_CLAIM, {"now": now, "after": after, "most": limit})
    return [ClaimedDeadline(*row) for row in rows]
