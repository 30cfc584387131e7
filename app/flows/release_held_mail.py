"""A person decides about a held mail: it is let in, or thrown away; the audit trail says who."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.inbox import actions as inbox
from tenants.access.actions import record_audit


def release_held_mail(session: Session, raw_mail_id: int, *, by: str, now: datetime) -> None:
    """Let a held mail in; the next run takes it. `by`: "user:12". Raises NotFound, Refused."""
    inbox.release_mail(session, raw_mail_id, by=by)
    record_audit(
        session, actor=by, action="release_held_mail", target=f"raw_mail:{raw_mail_id}", now=now
    )


def discard_held_mail(session: Session, raw_mail_id: int, *, by: str, now: datetime) -> None:
    """Throw a held mail away. `by`: "user:12". Raises NotFound, Refused."""
    inbox.discard_mail(session, raw_mail_id, by=by)
    record_audit(
        session, actor=by, action="discard_held_mail", target=f"raw_mail:{raw_mail_id}", now=now
    )
