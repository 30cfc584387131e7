"""The audit trail as pages show it: who did what to whom, in words, and whether the chain holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from tenants.access.audit import BadRow, Link
from tenants.access.queries import audit_head, audit_trail, user_names, verify_audit
from tenants.access.sign_in import actor_of
from tenants.database import HOUSE_ID, acting_tenant

PAGE_ROWS = 50
CHECKED_AT_ONCE = 2000  # records; a longer chain is checked when somebody asks

ACTION_WORDS: dict[str, Any] = {
    "add_mailbox": _l("added a mailbox"),
    "add_sender_domain": _l("made the key of a sender domain"),
    "add_tenant": _l("added the partner"),
    "add_user": _l("added"),
    "assign_operator": _l("let answer for a partner"),
    "change_brand": _l("changed a brand"),
    "change_hours": _l("changed service hours"),
    "change_role": _l("gave another role to"),
    "change_state": _l("let in or shut out"),
    "change_tenant_state": _l("changed what the partner is"),
    "change_targets": _l("changed the targets"),
    "change_text": _l("changed a text of a brand"),
    "confirm_second_factor": _l("set up the second factor"),
    "close_month": _l("closed a month"),
    "discard_held_mail": _l("discarded held mail"),
    "end_assignment": _l("took a partner away from"),
    "invite": _l("invited"),
    "release_held_mail": _l("released held mail"),
    "remove_second_factor": _l("removed the second factor of"),
    "run_job_again": _l("put a failed job in line again"),
    "set_password": _l("set the password of"),
    "sign_in": _l("signed in"),
    "use_recovery_code": _l("used a recovery code"),
}


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One record in words. `details`: such as "role: viewer"."""

    sequence: int
    at: datetime
    who: str
    what: str
    whom: str
    details: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of a trail, the newest first. `bad_row`: where the chain breaks, if it was checked.

    `next_before`: the sequence number the next page ends at; None on the last one.
    """

    rows: tuple[HistoryRow, ...]
    records: int
    is_checked: bool
    bad_row: BadRow | None
    next_before: int | None


def history(session: Session, *, before: int | None, is_asked: bool) -> History:
    """A page of the trail of the session's tenant. `is_asked`: check the chain however long."""
    tenant_id = acting_tenant(session)
    found = audit_trail(session, before=before, limit=PAGE_ROWS + 1)
    records = audit_head(session, tenant_id).sequence
    is_checked = is_asked or (before is None and records <= CHECKED_AT_ONCE)
    shown = found[:PAGE_ROWS]
    return History(
        rows=tuple(_rows(session, shown)),
        records=records,
        is_checked=is_checked,
        bad_row=verify_audit(session, tenant_id) if is_checked else None,
        next_before=shown[-1].sequence if len(found) > PAGE_ROWS else None,
    )


def _rows(session: Session, links: list[Link]) -> list[HistoryRow]:
    tenant_id = acting_tenant(session)
    ids = {number for link in links for number in _user_ids(link, tenant_id)}
    names = user_names(session, ids) if ids else {}
    return [
        HistoryRow(
            sequence=link.sequence,
            at=link.at,
            who=_actor(link.actor, tenant_id, names),
            what=str(ACTION_WORDS.get(link.action, link.action)),
            whom=_target(link, tenant_id, names),
            details=_details(link.details),
        )
        for link in links
    ]


def _user_ids(link: Link, tenant_id: int) -> list[int]:
    """The people of the chain's own tenant that a record names."""
    found = (_id_after(_actor_prefix(tenant_id), link.actor), _id_after("user:", link.target))
    return [number for number in found if number is not None]


def _actor(actor: str, tenant_id: int, names: dict[int, str]) -> str:
    number = _id_after(_actor_prefix(tenant_id), actor)
    if number is not None:
        return names.get(number, actor)
    kind, _colon, name = actor.partition(":")
    if kind == "user" and tenant_id != HOUSE_ID:
        return str(_("first line"))  # a partner need not know which of ours it was
    return str(_("automatic")) if kind in {"job", "command"} else name or actor


def _target(link: Link, tenant_id: int, names: dict[int, str]) -> str:
    number = _id_after("user:", link.target)
    if number is None:
        return link.target
    return "" if link.actor == actor_of(number, tenant_id) else names.get(number, link.target)


def _actor_prefix(tenant_id: int) -> str:
    """What stands before the number of the tenant's own people; see `actor_of`."""
    return actor_of(0, tenant_id).removesuffix("0")


def _id_after(prefix: str, text: str) -> int | None:
    number = text.removeprefix(prefix)
    return int(number) if number != text and number.isdigit() else None


def _details(details: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in sorted(details.items()))
