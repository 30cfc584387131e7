"""Calendars and service levels as values, each with the version that a clock copies."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from tenants.database import acting_tenant
from tenants.errors import NotFound
from tenants.promises import models
from tenants.promises.hours_json import calendar_from_json
from tenants.promises.levels_json import condition_from_json, targets_from_json
from tenants.promises.service_hours import WorkCalendar
from tenants.promises.service_levels import ServiceLevel

SERVICE_HOURS = "Service hours"  # the calendar that greetings and new promises go by
ROUND_THE_CLOCK = "24x7"


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """A calendar of a tenant and the state of it that holds now."""

    id: int
    version: int
    name: str
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class KeptLevel:
    """A service level of a tenant, its place in the list and the state that holds now."""

    id: int
    version: int
    position: int
    calendar_id: int
    level: ServiceLevel


@dataclass(frozen=True, slots=True)
class Promises:
    """All a tenant promises. `levels`: in the order in which they are tried."""

    levels: tuple[KeptLevel, ...]
    calendars: dict[int, KeptCalendar]

    @property
    def rules(self) -> tuple[ServiceLevel, ...]:
        """What `choose_service_level` takes; the place of its choice is the place in `levels`."""
        return tuple(kept.level for kept in self.levels)


# Built once: every new ticket asks it.
_PROMISES = (
    select(models.ServiceLevel, models.Calendar)
    .join(
        models.Calendar,
        (models.Calendar.tenant_id == models.ServiceLevel.tenant_id)
        & (models.Calendar.id == models.ServiceLevel.calendar_id),
    )
    .where(models.ServiceLevel.tenant_id == bindparam("of_tenant"))
    .order_by(models.ServiceLevel.position)
)


def promises(session: Session) -> Promises:
    """Service levels with their calendars, in one statement."""
    rows = session.execute(_PROMISES, {"of_tenant": acting_tenant(session)}).all()
    calendars = {row.Calendar.id: row.Calendar for row in rows}
    return Promises(
        levels=tuple(_kept_level(row.ServiceLevel) for row in rows),
        calendars={number: _kept_calendar(row) for number, row in calendars.items()},
    )


def calendar(session: Session, calendar_id: int) -> KeptCalendar:
    """One calendar. Raises NotFound."""
    return _one(session, models.Calendar.id == calendar_id)


def service_hours(session: Session) -> KeptCalendar:
    """The calendar that greetings go by. Raises NotFound before the default promises exist."""
    return _one(session, models.Calendar.name == SERVICE_HOURS)


def calendars(session: Session) -> list[KeptCalendar]:
    """All calendars of the session's tenant, by name."""
    rows = session.scalars(
        select(models.Calendar)
        .where(models.Calendar.tenant_id == acting_tenant(session))
        .order_by(models.Calendar.name)
    )
    return [_kept_calendar(row) for row in rows]


def _one(session: Session, condition: ColumnElement[bool]) -> KeptCalendar:
    row = session.scalar(
        select(models.Calendar).where(
            models.Calendar.tenant_id == acting_tenant(session), condition
        )
    )
    if row is None:
        raise NotFound("There are no such service hours.")
    return _kept_calendar(row)


def _kept_calendar(row: models.Calendar) -> KeptCalendar:
    return KeptCalendar(
        id=row.id,
        version=row.version,
        name=row.name,
        calendar=calendar_from_json(row.definition),
    )


def _kept_level(row: models.ServiceLevel) -> KeptLevel:
    return KeptLevel(
        id=row.id,
        version=row.version,
        position=row.position,
        calendar_id=row.calendar_id,
        level=ServiceLevel(
            name=row.name,
            condition=condition_from_json(row.conditions),
            targets=targets_from_json(row.targets),
        ),
    )
