"""What is read of arrived mail: one to take, its copies, and those that wait for a person."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import and_, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from app.inbox.arrival import HeldMail, MailPlace, RawMailValue
from app.inbox.models import RawMail
from tenants.database import acting_tenant
from tenants.directory.models import Tenant
from tenants.errors import NotFound

HELD_ROWS = 100
_RAW, _TENANTS = RawMail.__table__, Tenant.__table__
# Built once: the mail path runs them for every message.
_IS = and_(_RAW.c.tenant_id == bindparam("of_tenant"), _RAW.c.id == bindparam("of_id"))
_WHOLE = select(*(_RAW.c[each.name] for each in fields(RawMailValue))).where(_IS)
_PLACE = select(*(_RAW.c[each.name] for each in fields(MailPlace))).where(_IS).with_for_update()
_COPIES = (
    select(*(_RAW.c[each.name] for each in fields(MailPlace)))
    .where(
        _RAW.c.tenant_id == bindparam("of_tenant"),
        _RAW.c.identity == bindparam("of_identity"),
    )
    .order_by(_RAW.c.id)
    .with_for_update()
)
_HELD = select(
    RawMail.tenant_id,
    _TENANTS.c.name,
    RawMail.id,
    RawMail.recipient,
    func.coalesce(RawMail.from_email, ""),
    func.coalesce(RawMail.subject, ""),
    func.coalesce(RawMail.cause, ""),
    RawMail.size,
    RawMail.received_at,
    RawMail.state,
    RawMail.decided_by,
    RawMail.ticket_id,
).join(_TENANTS, _TENANTS.c.id == RawMail.tenant_id)


def raw_mail(session: Session, raw_mail_id: int) -> RawMailValue:
    """A kept mail with its bytes. Raises NotFound."""
    place = {"of_tenant": acting_tenant(session), "of_id": raw_mail_id}
    row = session.execute(_WHOLE, place).one_or_none()
    if row is None:
        raise NotFound("There is no such mail.")
    return RawMailValue(*row)


def copies_for_taking(session: Session, identity: str) -> list[MailPlace]:
    """The kept mails of this identity in all the tenant's mailboxes, oldest first, locked.

    The lock puts two takers of one mail, or of its copies, in order.
    """
    rows = session.execute(_COPIES, {"of_tenant": acting_tenant(session), "of_identity": identity})
    return [MailPlace(*row) for row in rows]


def mail_place(session: Session, raw_mail_id: int) -> MailPlace:
    """Where a mail stands, locked for its writer. Raises NotFound."""
    place = {"of_tenant": acting_tenant(session), "of_id": raw_mail_id}
    row = session.execute(_PLACE, place).one_or_none()
    if row is None:
        raise NotFound("There is no such mail.")
    return MailPlace(*row)


def has_received_mail(session: Session) -> bool:
    """Whether any mail ever arrived for the session's tenant."""
    arrived = select(_RAW.c.id).where(_RAW.c.tenant_id == acting_tenant(session)).limit(1)
    return session.execute(arrived).one_or_none() is not None


def tickets_of_messages(session: Session, message_refs: tuple[str, ...]) -> dict[str, int]:
    """The ticket each of these Message-IDs (without brackets) of taken mail belongs to."""
    if not message_refs:
        return {}
    rows = session.execute(
        select(_RAW.c.message_ref, _RAW.c.ticket_id).where(
            _RAW.c.tenant_id == acting_tenant(session),
            _RAW.c.message_ref.in_(message_refs),
            _RAW.c.ticket_id.is_not(None),
        )
    )
    return {row.message_ref: row.ticket_id for row in rows}


def last_message_ref(session: Session, ticket_id: int) -> str:
    """The Message-ID of the newest mail a person sent to a ticket; "" where there is none."""
    found = session.scalar(
        select(_RAW.c.message_ref)
        .where(
            _RAW.c.tenant_id == acting_tenant(session),
            _RAW.c.ticket_id == ticket_id,
            literal_column("state IN ('opened', 'appended')"),
            _RAW.c.message_ref.is_not(None),
        )
        .order_by(_RAW.c.id.desc())
        .limit(1)
    )
    return found or ""


def held_mails(session: Session, *, before_id: int | None = None) -> list[HeldMail]:
    """Mails that wait for a person, the newest first, at most HELD_ROWS.

    `session`: of `Database.desk_reading`. `before_id`: the last id of the page before.
    """
    # A literal, since a parameter would not match the partial index.
    held = _HELD.where(literal_column("raw_mails.state = 'held'"))
    if before_id is not None:
        held = held.where(RawMail.id < before_id)
    rows = session.execute(held.order_by(RawMail.id.desc()).limit(HELD_ROWS))
    return [HeldMail(*row) for row in rows]


def held_mail(session: Session, raw_mail_id: int) -> HeldMail:
    """One mail as the page of held mail shows it. Raises NotFound."""
    row = session.execute(_HELD.where(RawMail.id == raw_mail_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such mail.")
    return HeldMail(*row)


def forgotten_mails(session: Session, *, before: datetime, limit: int) -> list[tuple[int, int]]:
    """Tenant and id of mails that have waited since `before`, for the job that looks again.

    `session`: of `Database.across_tenants`.
    """
    rows = session.execute(
        select(_RAW.c.tenant_id, _RAW.c.id)
        .where(
            literal_column("state IN ('received', 'released')"),
            _RAW.c.received_at < before,
        )
        .order_by(_RAW.c.received_at)
        .limit(limit)
    )
    return [(row.tenant_id, row.id) for row in rows]
