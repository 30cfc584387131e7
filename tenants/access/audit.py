"""The audit trail as a chain: each record carries the hash of the one before.

Pure and apart from its rows, so that the same few lines write the chain and prove it. Whoever
changes, drops or swaps a row would have to write every later hash anew; the head is kept apart.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_HASH = bytes(32)  # before the first record


@dataclass(frozen=True, slots=True)
class Link:
    """One record of a tenant's chain. `sequence`: 1, 2, 3 … ; `id` is the same number."""

    tenant_id: int
    id: int
    sequence: int
    at: datetime
    actor: str
    action: str
    target: str
    details: dict[str, Any]
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link, as it is kept apart from the records."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first record that does not fit the chain, and why."""

    sequence: int
    reason: str


NO_HEAD = Head(sequence=0, hash=FIRST_HASH)


def link_hash(previous_hash: bytes, *, sequence: int, at: datetime, facts: dict[str, Any]) -> bytes:
    """The hash of one record: over the one before, its place, its instant and its facts.

    Raises ValueError for facts that a database would not give back as they went in.
    """
    check_facts(facts)
    canonical = json.dumps(
        {"sequence": sequence, "at": at.astimezone(UTC).isoformat(), **facts},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(previous_hash + canonical.encode()).digest()


def link_facts(
    tenant_id: int, *, actor: str, action: str, target: str, details: dict[str, Any]
) -> dict[str, Any]:
    """What a record says, as it is hashed."""
    return {
        "tenant_id": tenant_id,
        "actor": actor,
        "action": action,
        "target": target,
        "details": details,
    }


def check_facts(facts: object) -> None:
    """Raise ValueError for floats, foreign types and characters that JSON columns do not keep."""
    if facts is None or isinstance(facts, bool | int):
        return
    if isinstance(facts, str):
        if "\0" in facts or any("\ud800" <= letter <= "\udfff" for letter in facts):
            raise ValueError("an audit record holds no NUL and no lone surrogate")
        return
    if isinstance(facts, list):
        for item in facts:
            check_facts(item)
        return
    if isinstance(facts, dict) and all(isinstance(key, str) for key in facts):
        check_facts([*facts, *facts.values()])
        return
    raise ValueError(f"an audit record holds no {type(facts).__name__}")


def first_bad_row(links: Iterable[Link], head: Head) -> BadRow | None:
    """The first record, in order of `sequence`, that breaks the chain; None where all is well."""
    expected = NO_HEAD
    for link in links:
        reason = _flaw(link, expected)
        if reason:
            return BadRow(expected.sequence + 1, reason)
        expected = Head(link.sequence, link.hash)
    if expected.sequence != head.sequence:
        return BadRow(expected.sequence + 1, "the end of the chain is missing or was added")
    if expected.hash != head.hash:
        return BadRow(expected.sequence, "the head does not match the last record")
    return None


def _flaw(link: Link, expected: Head) -> str | None:
    if link.sequence != expected.sequence + 1 or link.id != link.sequence:
        return "a record is missing or out of place"
    if link.previous_hash != expected.hash:
        return "it does not follow the record before"
    facts = link_facts(
        link.tenant_id,
        actor=link.actor,
        action=link.action,
        target=link.target,
        details=link.details,
    )
    try:
        found = link_hash(link.previous_hash, sequence=link.sequence, at=link.at, facts=facts)
    except ValueError:
        return "it holds what was never written"
    return None if found == link.hash else "its content was changed"
