"""Conditions and targets of service levels as JSON for storage, with a version of the format.

Apart from the rules so that the stored form can age without touching the choice.
"""

from dataclasses import fields
from typing import Any

from tenants.errors import Refused
from tenants.promises.priority import Priority
from tenants.promises.service_levels import Condition, Targets
from tenants.promises.target import target_from_json, target_to_json

FORMAT_VERSION = 1
_CLOCKS = tuple(each.name for each in fields(Targets))


def targets_to_json(targets: Targets) -> dict[str, Any]:
    """`{version, first_response: {kind, amount} or null, …}`: what `targets_from_json` takes."""
    stored = {clock: target_to_json(getattr(targets, clock)) for clock in _CLOCKS}
    return {"version": FORMAT_VERSION, **stored}


def targets_from_json(stored: dict[str, Any]) -> Targets:
    """The targets that `targets_to_json` stored. Raises Refused for anything else."""
    _refuse_other_formats(stored)
    try:
        return Targets(**{clock: target_from_json(stored[clock]) for clock in _CLOCKS})
    except KeyError as malformed:
        raise Refused("This service level is incomplete or malformed.") from malformed


def condition_to_json(condition: Condition) -> dict[str, Any]:
    """`{version, priorities, brand_ids, client_ids, service_ids, channels, vip}`."""
    return {
        "version": FORMAT_VERSION,
        "priorities": sorted(priority.value for priority in condition.priorities),
        "brand_ids": sorted(condition.brand_ids),
        "client_ids": sorted(condition.client_ids),
        "service_ids": sorted(condition.service_ids),
        "channels": sorted(condition.channels),
        "vip": condition.vip,
    }


def condition_from_json(stored: dict[str, Any]) -> Condition:
    """The condition that `condition_to_json` stored. Raises Refused for anything else."""
    _refuse_other_formats(stored)
    try:
        return Condition(
            priorities=frozenset(Priority(value) for value in stored["priorities"]),
            brand_ids=frozenset(int(value) for value in stored["brand_ids"]),
            client_ids=frozenset(int(value) for value in stored["client_ids"]),
            service_ids=frozenset(int(value) for value in stored["service_ids"]),
            channels=frozenset(str(value) for value in stored["channels"]),
            vip=None if stored["vip"] is None else bool(stored["vip"]),
        )
    except (KeyError, TypeError, ValueError) as malformed:
        raise Refused("This service level is incomplete or malformed.") from malformed


def _refuse_other_formats(stored: object) -> None:
    if not isinstance(stored, dict) or stored.get("version") != FORMAT_VERSION:
        raise Refused("This service level is in a format that is not known here.")
