"""Usage is written down when it happens, once per fact, in one statement.

The statements are built once: recording stands on the way of every mail.
"""

from datetime import datetime

from sqlalchemy import String, Table, bindparam, cast, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from billing.meters import Meter
from billing.models import UsageEntry
from tenants.database import acting_tenant

VOID_KEY = "void:"
_ENTRIES: Table = UsageEntry.__table__  # type: ignore[assignment]
_RECORD = insert(_ENTRIES).on_conflict_do_nothing().returning(_ENTRIES.c.id)
_VOID = (
    insert(_ENTRIES)
    .from_select(
        [
            "tenant_id",
            "meter",
            "event_key",
            "occurred_at",
            "quantity",
            "ref_type",
            "ref_id",
            "rule",
            "voids",
        ],
        select(
            _ENTRIES.c.tenant_id,
            _ENTRIES.c.meter,
            literal_column(f"'{VOID_KEY}'", String) + _ENTRIES.c.event_key,
            bindparam("taken_back_at", type_=_ENTRIES.c.occurred_at.type),
            -_ENTRIES.c.quantity,
            _ENTRIES.c.ref_type,
            _ENTRIES.c.ref_id,
            cast(bindparam("because"), _ENTRIES.c.rule.type),
            _ENTRIES.c.event_key,
        ).where(
            _ENTRIES.c.tenant_id == bindparam("of_tenant"),
            _ENTRIES.c.meter == bindparam("of_meter", type_=_ENTRIES.c.meter.type),
            _ENTRIES.c.event_key == bindparam("key"),
            _ENTRIES.c.voids.is_(None),
        ),
    )
    .on_conflict_do_nothing()
    .returning(_ENTRIES.c.id)
)


def record_usage(  # noqa: PLR0913 - a fact is this wide, and a value for it would be made once
    session: Session,
    *,
    meter: Meter,
    event_key: str,
    occurred_at: datetime,
    quantity: int,
    ref_type: str,
    ref_id: int,
    rule: str,
) -> bool:
    """Write a fact down. False where the tenant's meter has one of this key already.

    `event_key`: a stable name of the fact, such as "ticket:12", never a fresh one. `quantity`: in
    the meter's unit. `rule`: why it counts, in words a partner may read.
    """
    fact = {
        "tenant_id": acting_tenant(session),
        "meter": meter,
        "event_key": event_key,
        "occurred_at": occurred_at,
        "quantity": quantity,
        "ref_type": ref_type,
        "ref_id": ref_id,
        "rule": rule,
    }
    return _is_new(session, _RECORD, fact)


def void_usage(session: Session, *, meter: Meter, event_key: str, rule: str, now: datetime) -> bool:
    """Take a fact back by an opposite entry of this instant; the fact itself stays.

    False where there is no such fact or it is taken back already. `rule`: why it does not count.
    """
    values = {
        "of_tenant": acting_tenant(session),
        "of_meter": meter,
        "key": event_key,
        "taken_back_at": now,
        "because": rule,
    }
    return _is_new(session, _VOID, values)


def _is_new(session: Session, statement: ReturningInsert[int], values: dict[str, object]) -> bool:
    return session.execute(statement, values).first() is not None
