"""Deadlines that have come are claimed, each once, over all tenants.

Apart from what happens to a single ticket's clocks: this is the only write across tenants.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, literal_column, select, tuple_, update
from sqlalchemy.orm import Session

from app.deadlines.models import Deadline

# Any number that no other advisory lock of this database uses.
ONE_WATCHER = 715_518
_DEADLINES: Table = Deadline.__table__  # type: ignore[assignment]
_PLACE = (_DEADLINES.c.tenant_id, _DEADLINES.c.id)
# A literal, since a parameter would not match the partial index.
_RUNNING: ColumnElement[bool] = literal_column("deadlines.fired_at IS NULL")


@dataclass(frozen=True, slots=True)
class ClaimedDeadline:
    """A deadline that is ours to act on."""

    tenant_id: int
    id: int


def lead_watch(session: Session) -> bool:
    """Whether this transaction is the only one that claims deadlines, until it ends."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(ONE_WATCHER))))


def claim_due(
    session: Session, *, now: datetime, after: datetime | None, limit: int
) -> list[ClaimedDeadline]:
    """Claim at most `limit` deadlines due by `now`, and later than `after`: never one twice.

    `session`: of `Database.across_tenants`. `after`: leaves out the dead entries at the left end
    of the index, which an old open transaction keeps there; None looks at all.
    """
    due = select(*_PLACE).where(_RUNNING, _DEADLINES.c.due_at <= now)
    if after is not None:
        due = due.where(_DEADLINES.c.due_at > after)
    rows = session.execute(
        update(_DEADLINES)
        .where(_RUNNING, tuple_(*_PLACE).in_(due.order_by(_DEADLINES.c.due_at).limit(limit)))
        .values(fired_at=now)
        .returning(*_PLACE)
    )
    return [ClaimedDeadline(*row) for row in rows]
