"""What a tenant promises is set and changed; every change raises a version that clocks copied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tenants.database import acting_tenant
from tenants.errors import NotFound, Refused
from tenants.promises import models
from tenants.promises.hours_json import calendar_to_json
from tenants.promises.levels_json import condition_to_json, targets_to_json
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.priority import Priority
from tenants.promises.queries import ROUND_THE_CLOCK, SERVICE_HOURS
from tenants.promises.service_hours import WorkCalendar, always_open
from tenants.promises.service_levels import ServiceLevel, default_service_levels

_NINE_TO_SIX = (OpenSpan(9 * 60, 18 * 60),)


@dataclass(frozen=True, slots=True)
class PlacedLevel:
    """A service level to keep, and the calendar it is counted in. `id`: None for a new one."""

    id: int | None
    calendar_id: int
    level: ServiceLevel


def add_default_promises(session: Session, *, zone: str, now: datetime) -> None:
    """Give a new tenant service hours, 24x7, and a target per priority. Safe to repeat."""
    tenant_id = acting_tenant(session)
    known = session.scalar(
        select(models.Calendar.id).where(models.Calendar.tenant_id == tenant_id).limit(1)
    )
    if known is not None:
        return
    hours_id = add_calendar(session, SERVICE_HOURS, office_hours(zone), now=now)
    always_id = add_calendar(session, ROUND_THE_CLOCK, always_open(zone), now=now)
    replace_service_levels(
        session,
        [
            PlacedLevel(None, always_id if _is_of(level, Priority.P1) else hours_id, level)
            for level in default_service_levels()
        ],
        now=now,
    )


def office_hours(zone: str) -> WorkCalendar:
    """Monday to Friday, 09:00 to 18:00 in `zone`."""
    return WorkCalendar(zone, (_NINE_TO_SIX,) * 5 + ((), ()))


def add_calendar(session: Session, name: str, calendar: WorkCalendar, *, now: datetime) -> int:
    """The id of new service hours. Raises Refused for a name that is taken or missing."""
    tenant_id = acting_tenant(session)
    name = name.strip()
    taken = session.scalar(
        select(models.Calendar.id).where(
            models.Calendar.tenant_id == tenant_id, models.Calendar.name == name
        )
    )
    if not name or taken is not None:
        raise Refused("Service hours need a name of their own.")
    row = models.Calendar(
        tenant_id=tenant_id,
        name=name,
        definition=calendar_to_json(calendar),
        version=1,
        updated_at=now,
    )
    session.add(row)
    session.flush()  # the id, which service levels point to
    return row.id


def change_calendar(
    session: Session, calendar_id: int, calendar: WorkCalendar, *, now: datetime
) -> int:
    """The new version of service hours; clocks that run keep theirs. Raises NotFound."""
    version: int | None = session.scalar(
        update(models.Calendar)
        .where(
            models.Calendar.tenant_id == acting_tenant(session), models.Calendar.id == calendar_id
        )
        .values(
            definition=calendar_to_json(calendar),
            version=models.Calendar.version + 1,
            updated_at=now,
        )
        .returning(models.Calendar.version)
    )
    if version is None:
        raise NotFound("There are no such service hours.")
    return version


def replace_service_levels(session: Session, levels: list[PlacedLevel], *, now: datetime) -> None:
    """Keep exactly `levels`, in this order; those that changed get a new version.

    Raises NotFound for a level or service hours of somebody else.
    """
    tenant_id = acting_tenant(session)
    _check_calendars(session, {placed.calendar_id for placed in levels})
    rows = {
        row.id: row
        for row in session.scalars(
            select(models.ServiceLevel).where(models.ServiceLevel.tenant_id == tenant_id)
        )
    }
    kept = {placed.id for placed in levels if placed.id is not None}
    if not kept <= rows.keys():
        raise NotFound("There is no such service level.")
    session.execute(
        delete(models.ServiceLevel).where(
            models.ServiceLevel.tenant_id == tenant_id, models.ServiceLevel.id.not_in(kept)
        )
    )
    for position, placed in enumerate(levels, start=1):
        stored = _stored(placed, position)
        if placed.id is None:
            session.add(
                models.ServiceLevel(tenant_id=tenant_id, version=1, updated_at=now, **stored)
            )
        else:
            _change(rows[placed.id], stored, now=now)


def _change(row: models.ServiceLevel, stored: dict[str, Any], *, now: datetime) -> None:
    changed = {name: value for name, value in stored.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed.keys() - {"position"}:
        row.version += 1
        row.updated_at = now


def _stored(placed: PlacedLevel, position: int) -> dict[str, Any]:
    return {
        "position": position,
        "calendar_id": placed.calendar_id,
        "name": placed.level.name,
        "conditions": condition_to_json(placed.level.condition),
        "targets": targets_to_json(placed.level.targets),
    }


def _check_calendars(session: Session, calendar_ids: set[int]) -> None:
    known = session.scalars(
        select(models.Calendar.id).where(
            models.Calendar.tenant_id == acting_tenant(session),
            models.Calendar.id.in_(calendar_ids),
        )
    )
    if set(known) != calendar_ids:
        raise NotFound("There are no such service hours.")


def _is_of(level: ServiceLevel, priority: Priority) -> bool:
    return level.condition.priorities == frozenset({priority})
