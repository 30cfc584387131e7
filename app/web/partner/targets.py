"""The targets form: for each service level how long a first answer and a solution may take."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.forms import chosen, complaints
from app.web.numbers import whole_number
from app.web.refusals import said
from tenants.errors import Refused
from tenants.promises.actions import PlacedLevel
from tenants.promises.queries import KeptLevel
from tenants.promises.target import Target, TargetKind

CLOCKS = ("first_response", "resolution")


class Unit(enum.Enum):
    """In what a target is typed."""

    OPEN_MINUTES = "open_minutes"
    OPEN_HOURS = "open_hours"
    WALL_MINUTES = "wall_minutes"
    WALL_HOURS = "wall_hours"
    DAYS = "days"


UNIT_WORDS: dict[Unit, Any] = {
    Unit.OPEN_MINUTES: _l("minutes of service hours"),
    Unit.OPEN_HOURS: _l("hours of service hours"),
    Unit.WALL_MINUTES: _l("minutes round the clock"),
    Unit.WALL_HOURS: _l("hours round the clock"),
    Unit.DAYS: _l("working days"),
}
# The kind of time of a unit, and how much of it one is; the larger unit of a kind first.
UNITS: dict[Unit, tuple[TargetKind, int]] = {
    Unit.OPEN_HOURS: (TargetKind.OPENING_HOURS, 3600),
    Unit.OPEN_MINUTES: (TargetKind.OPENING_HOURS, 60),
    Unit.WALL_HOURS: (TargetKind.CALENDAR, 3600),
    Unit.WALL_MINUTES: (TargetKind.CALENDAR, 60),
    Unit.DAYS: (TargetKind.WORKING_DAYS, 1),
}


@dataclass(frozen=True, slots=True)
class TypedTarget:
    """A target as typed. `amount`: "" promises nothing; `unit`: the value of a Unit."""

    amount: str
    unit: str

    @classmethod
    def of(cls, target: Target | None) -> "TypedTarget":
        """The target in the largest unit that holds it whole."""
        if target is None:
            return cls("", Unit.OPEN_HOURS.value)
        fitting = [(unit, each) for unit, (kind, each) in UNITS.items() if kind is target.kind]
        unit, each = next((u for u in fitting if target.amount % u[1] == 0), fitting[-1])
        return cls(str(-(-target.amount // each)), unit.value)

    def target(self) -> Target | None:
        """What is promised. Raises Refused for what cannot be."""
        if not self.amount:
            return None
        amount, unit = whole_number(self.amount), chosen(Unit, self.unit)
        if amount is None or unit is None:
            raise Refused(_("Give a whole number, or nothing."))
        kind, each = UNITS[unit]
        return Target(kind, amount * each)

    def error(self) -> str:
        """Why it cannot be promised; "" where it can."""
        try:
            self.target()
        except Refused as refused:
            return said(refused)
        return ""


@dataclass(frozen=True, slots=True)
class TargetsForm:
    """What the form sends: by service level and clock what was typed, and the calendar chosen."""

    typed: dict[int, dict[str, TypedTarget]]
    calendar_ids: dict[int, int]

    @classmethod
    def of(cls, levels: Iterable[KeptLevel]) -> "TargetsForm":
        """The form as it opens."""
        kept = list(levels)
        return cls(
            {
                each.id: {c: TypedTarget.of(getattr(each.level.targets, c)) for c in CLOCKS}
                for each in kept
            },
            {each.id: each.calendar_id for each in kept},
        )

    @classmethod
    def from_request(cls, levels: Iterable[KeptLevel]) -> "TargetsForm":
        """Read the form, for the levels there are; others are not looked at."""
        form, kept = request.form, list(levels)
        return cls(
            {
                each.id: {
                    clock: TypedTarget(
                        form.get(f"{clock}_{each.id}", "").strip(),
                        form.get(f"{clock}_unit_{each.id}", ""),
                    )
                    for clock in CLOCKS
                }
                for each in kept
            },
            {
                each.id: whole_number(form.get(f"calendar_{each.id}", "")) or each.calendar_id
                for each in kept
            },
        )

    def errors(self) -> dict[str, str]:
        """What is wrong, by field; empty when all can be promised."""
        return complaints(
            {
                f"{clock}_{level_id}": typed.error()
                for level_id, clocks in self.typed.items()
                for clock, typed in clocks.items()
            }
        )

    def placed(self, kept: KeptLevel) -> PlacedLevel:
        """A service level with what was typed for it; its other targets stay."""
        typed = {clock: each.target() for clock, each in self.typed[kept.id].items()}
        targets = replace(kept.level.targets, **typed)
        level = replace(kept.level, targets=targets)
        return PlacedLevel(kept.id, self.calendar_ids[kept.id], level)
