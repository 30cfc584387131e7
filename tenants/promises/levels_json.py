"""Service levels as JSON for storage, with a version of the format.

Apart from the rules so that the stored form can age without touching the choice.
"""

from dataclasses import fields
from typing import Any

from tenants.errors import Refused
from tenants.promises.priority import Priority
from tenants.promises.service_levels import Condition, ServiceLevel, Targets
from tenants.promises.target import target_from_json, target_to_json

FORMAT_VERSION = 1
_CLOCKS = tuple(each.name for each in fields(Targets))


def levels_to_json(levels: tuple[ServiceLevel, ...]) -> dict[str, Any]:
    """`{version, levels: [{name, condition, targets}, …]}`: what `levels_from_json` takes."""
    return {
        "version": FORMAT_VERSION,
        "levels": [
            {
                "name": level.name,
                "condition": _condition_to_json(level.condition),
                "targets": {
                    clock: target_to_json(getattr(level.targets, clock)) for clock in _CLOCKS
                },
            }
            for level in levels
        ],
    }


def levels_from_json(stored: dict[str, Any]) -> tuple[ServiceLevel, ...]:
    """The list that `levels_to_json` stored. Raises Refused for anything else."""
    if not isinstance(stored, dict) or stored.get("version") != FORMAT_VERSION:
        raise Refused("These service levels are in a format that is not known here.")
    try:
        return tuple(
            ServiceLevel(
                name=str(row["name"]),
                condition=_condition_from_json(row["condition"]),
                targets=Targets(
                    **{clock: target_from_json(row["targets"].get(clock)) for clock in _CLOCKS}
                ),
            )
            for row in stored["levels"]
        )
    except (KeyError, TypeError, ValueError, AttributeError) as malformed:
        raise Refused("These service levels are incomplete or malformed.") from malformed


def _condition_to_json(condition: Condition) -> dict[str, Any]:
    return {
        "priorities": sorted(priority.value for priority in condition.priorities),
        "brand_ids": sorted(condition.brand_ids),
        "client_ids": sorted(condition.client_ids),
        "service_ids": sorted(condition.service_ids),
        "channels": sorted(condition.channels),
        "vip": condition.vip,
    }


def _condition_from_json(stored: dict[str, Any]) -> Condition:
    return Condition(
        priorities=frozenset(Priority(value) for value in stored["priorities"]),
        brand_ids=frozenset(int(value) for value in stored["brand_ids"]),
        client_ids=frozenset(int(value) for value in stored["client_ids"]),
        service_ids=frozenset(int(value) for value in stored["service_ids"]),
        channels=frozenset(str(value) for value in stored["channels"]),
        vip=None if stored["vip"] is None else bool(stored["vip"]),
    )
