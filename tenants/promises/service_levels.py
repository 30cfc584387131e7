"""Which targets a ticket is promised: an ordered list of service levels, the first that fits.

Pure and apart from clocks: this decides what was promised, a clock only counts it down. The choice
says why, because the ticket page and disputes show it.
"""

from dataclasses import dataclass
from enum import StrEnum

from tenants.promises.priority import Priority
from tenants.promises.target import Target, opening_hours, round_the_clock, working_days
from tenants.promises.wording import N_, Translate, english


class ConditionField(StrEnum):
    """What a service level may depend on."""

    PRIORITY = "priority"
    BRAND = "brand"
    CLIENT = "client"
    SERVICE = "service"
    CHANNEL = "channel"
    VIP = "vip"


@dataclass(frozen=True, slots=True)
class PromisedTo:
    """What is known of the ticket for which a service level is sought.

    `channel`: the value of the channel it arrived on.
    """

    priority: Priority
    brand_id: int
    client_id: int | None
    service_id: int | None
    channel: str
    is_vip: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """Whom a service level is for. An empty set, and None for `vip`, fit everybody."""

    priorities: frozenset[Priority] = frozenset()
    brand_ids: frozenset[int] = frozenset()
    client_ids: frozenset[int] = frozenset()
    service_ids: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    vip: bool | None = None

    def mismatch(self, ticket: PromisedTo) -> ConditionField | None:
        """The first field that keeps `ticket` out, or None where all fit."""
        fits = {
            ConditionField.PRIORITY: _fits(self.priorities, ticket.priority),
            ConditionField.BRAND: _fits(self.brand_ids, ticket.brand_id),
            ConditionField.CLIENT: _fits(self.client_ids, ticket.client_id),
            ConditionField.SERVICE: _fits(self.service_ids, ticket.service_id),
            ConditionField.CHANNEL: _fits(self.channels, ticket.channel),
            ConditionField.VIP: self.vip in (None, ticket.is_vip),
        }
        return next((name for name, does in fits.items() if not does), None)


@dataclass(frozen=True, slots=True)
class Targets:
    """What is promised per clock; None is measured without a deadline.

    The first four are owed to the requester, the last two by the tenant's engineer.
    """

    first_response: Target | None = None
    next_update: Target | None = None
    classification: Target | None = None
    resolution: Target | None = None
    acknowledgement: Target | None = None
    result: Target | None = None


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One row of a tenant's list: whom it is for, and what they are promised."""

    name: str
    condition: Condition
    targets: Targets


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row. `mismatch`: what kept the ticket out; None: it was chosen."""

    name: str
    mismatch: ConditionField | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The service level of a ticket, None where no row fits, and the rows looked at, in order."""

    level: ServiceLevel | None
    verdicts: tuple[Verdict, ...]

    @property
    def position(self) -> int | None:
        """Where the chosen row stands in the list, from 0; None where no row fits."""
        return len(self.verdicts) - 1 if self.level else None

    @property
    def targets(self) -> Targets:
        """What is promised; nothing where no row fits."""
        return self.level.targets if self.level else Targets()


def choose_service_level(levels: tuple[ServiceLevel, ...], ticket: PromisedTo) -> Choice:
    """The first of `levels` that fits `ticket`, with the verdict on each row up to it."""
    verdicts: list[Verdict] = []
    for level in levels:
        verdict = Verdict(level.name, level.condition.mismatch(ticket))
        verdicts.append(verdict)
        if verdict.mismatch is None:
            return Choice(level, tuple(verdicts))
    return Choice(None, tuple(verdicts))


def choice_in_words(choice: Choice, translate: Translate = english) -> tuple[str, ...]:
    """One line per row looked at, such as '1. “VIP”: for other clients' and '2. “P1”: applies'."""
    lines = [
        f"{place}. “{verdict.name}”: {translate(_WHY[verdict.mismatch])}"
        for place, verdict in enumerate(choice.verdicts, start=1)
    ]
    if choice.level is None:
        lines.append(translate(_NOTHING))
    return tuple(lines)


def default_service_levels() -> tuple[ServiceLevel, ...]:
    """What a new tenant promises until it says otherwise: one row per priority.

    Source: product specification, 3.3.
    """
    return tuple(
        ServiceLevel(priority.value, Condition(priorities=frozenset({priority})), targets)
        for priority, targets in _DEFAULT_TARGETS.items()
    )


_DEFAULT_TARGETS: dict[Priority, Targets] = {
    Priority.P1: Targets(
        first_response=round_the_clock(minutes=15), resolution=round_the_clock(hours=4)
    ),
    Priority.P2: Targets(first_response=opening_hours(hours=1), resolution=opening_hours(hours=8)),
    Priority.P3: Targets(first_response=opening_hours(hours=4), resolution=working_days(3)),
    Priority.P4: Targets(first_response=opening_hours(hours=8), resolution=working_days(5)),
}

_WHY: dict[ConditionField | None, str] = {
    None: N_("applies"),
    ConditionField.PRIORITY: N_("for other priorities"),
    ConditionField.BRAND: N_("for other brands"),
    ConditionField.CLIENT: N_("for other clients"),
    ConditionField.SERVICE: N_("for other services"),
    ConditionField.CHANNEL: N_("for other channels"),
    ConditionField.VIP: N_("for other requesters (VIP)"),
}

_NOTHING = N_("No service level fits: time is measured without a deadline.")


def _fits(allowed: frozenset[object], value: object) -> bool:
    return not allowed or value in allowed
