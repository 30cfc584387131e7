"""Mail is kept as it arrived, and what became of it is written down."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.gateways.queue import Queue, defer
from app.inbox import queries
from app.inbox.arrival import ArrivedMail, KeptMail, Settled
from app.inbox.identity import mail_identity
from app.inbox.models import RawMail
from app.inbox.states import MailState
from tenants.database import acting_tenant
from tenants.errors import Refused

TAKE_MAIL = "take_mail"
# The mailbox is a column of its own, so that copies in the tenant's other mailboxes are found.
_ANY_MAILBOX = ""
_RAW: Table = RawMail.__table__  # type: ignore[assignment]
_KEEP = (
    insert(_RAW)
    .on_conflict_do_nothing(index_elements=[_RAW.c.tenant_id, _RAW.c.identity, _RAW.c.mailbox_id])
    .returning(_RAW.c.id)
)
_KNOWN = select(_RAW.c.id).where(
    _RAW.c.tenant_id == bindparam("tenant_id"),
    _RAW.c.identity == bindparam("identity"),
    _RAW.c.mailbox_id == bindparam("mailbox_id"),
)
_CHANGE = update(_RAW).where(
    _RAW.c.tenant_id == bindparam("of_tenant"), _RAW.c.id == bindparam("of_id")
)


def keep_mail(session: Session, mail: ArrivedMail, *, now: datetime) -> KeptMail:
    """Keep a mail under its identity and put it in line to be taken; the same mail twice is once.

    The caller commits before it tells the sender that the mail is accepted.
    """
    values = {
        "tenant_id": acting_tenant(session),
        "mailbox_id": mail.mailbox_id,
        "identity": mail_identity(_ANY_MAILBOX, mail.content),
        "recipient": mail.recipient,
        "envelope_sender": mail.sender,
        "received_at": now,
        "size": len(mail.content),
        "content": mail.content,
        "authentication": mail.origin,
        "state": MailState.RECEIVED,
        "attempts": 0,
    }
    added = session.execute(_KEEP, values).scalar()
    if added is None:
        return KeptMail(session.execute(_KNOWN, values).scalar_one(), is_new=False)
    _put_in_line(session, added)
    return KeptMail(added, is_new=True)


def settle_mail(session: Session, raw_mail_id: int, settled: Settled, *, now: datetime) -> None:
    """Write down what became of a mail."""
    values: dict[str, Any] = {
        "state": settled.state,
        "message_ref": settled.message_ref or None,
        "from_email": settled.from_email or None,
        "subject": settled.subject or None,
        "cause": settled.cause or None,
        "ticket_id": settled.ticket_id,
        "entry_id": settled.entry_id,
        "taken_at": now,
    }
    if settled.authentication is not None:
        values["authentication"] = settled.authentication
    _change(session, raw_mail_id, values)


def count_attempt(session: Session, raw_mail_id: int) -> int:
    """Count a run that did not end; returns how many there were."""
    return int(
        session.execute(
            update(_RAW)
            .where(_RAW.c.tenant_id == acting_tenant(session), _RAW.c.id == raw_mail_id)
            .values(attempts=_RAW.c.attempts + 1)
            .returning(_RAW.c.attempts)
        ).scalar_one()
    )


def release_mail(session: Session, raw_mail_id: int, *, by: str) -> None:
    """Let a held mail in: the next run takes it. `by`: the actor. Raises NotFound, Refused."""
    _decide(session, raw_mail_id, MailState.RELEASED, by)
    _put_in_line(session, raw_mail_id)


def discard_mail(session: Session, raw_mail_id: int, *, by: str) -> None:
    """Throw a held mail away; its bytes stay. `by`: the actor. Raises NotFound, Refused."""
    _decide(session, raw_mail_id, MailState.DISCARDED, by)


def _decide(session: Session, raw_mail_id: int, state: MailState, by: str) -> None:
    if queries.mail_place(session, raw_mail_id).state is not MailState.HELD:
        raise Refused("This mail no longer waits: somebody has decided already.")
    _change(session, raw_mail_id, {"state": state, "decided_by": by})


def _change(session: Session, raw_mail_id: int, values: dict[str, Any]) -> None:
    session.execute(_CHANGE, {"of_tenant": acting_tenant(session), "of_id": raw_mail_id, **values})


def _put_in_line(session: Session, raw_mail_id: int) -> None:
    defer(
        session,
        TAKE_MAIL,
        queue=Queue.INTAKE,
        tenant_id=acting_tenant(session),
        raw_mail_id=raw_mail_id,
    )
