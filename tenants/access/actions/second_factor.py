"""The second factor: enrolled, taken once per code, replaced by recovery codes, removed."""

import secrets
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from tenants.access import totp
from tenants.access.actions.audit import record_audit
from tenants.access.models import RecoveryCode, User
from tenants.access.sign_in import actor_of
from tenants.access.tokens import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    recovery_code_text,
    recovery_digest,
)
from tenants.database import acting_tenant
from tenants.errors import NotFound, Refused
from tenants.sealing import Sealer

COLUMN = "users.totp_secret"


def begin_totp(session: Session, user_id: int, *, sealer: Sealer) -> str:
    """A fresh secret, in base32, to enter in an authenticator; it counts once it is confirmed.

    Raises Refused where a second factor is in force, NotFound.
    """
    tenant_id, secret = (
        acting_tenant(session),
        totp.secret_text(secrets.token_bytes(totp.SECRET_LENGTH)),
    )
    sealed = sealer.seal(secret.encode(), tenant_id=tenant_id, column=COLUMN, row=user_id)
    begun = session.execute(
        update(User)
        .where(User.tenant_id == tenant_id, User.id == user_id, User.totp_confirmed_at.is_(None))
        .values(totp_secret=sealed, totp_last_step=None)
        .returning(User.id)
    ).one_or_none()
    if begun is None:
        raise Refused("A second factor is in force already; remove it first.")
    return secret


def confirm_totp(
    session: Session, user_id: int, code: str, *, sealer: Sealer, now: datetime
) -> tuple[str, ...]:
    """Put the second factor in force with a first code; the recovery codes, shown this once.

    Raises Refused for a wrong code.
    """
    if not take_totp(session, user_id, code, sealer=sealer, now=now):
        raise Refused("This code is not right; take the one shown now.")
    tenant_id = acting_tenant(session)
    session.execute(
        update(User)
        .where(User.tenant_id == tenant_id, User.id == user_id)
        .values(totp_confirmed_at=now)
    )
    _record(session, user_id, "confirm_second_factor", now=now)
    return _fresh_recovery_codes(session, user_id)


def take_totp(session: Session, user_id: int, code: str, *, sealer: Sealer, now: datetime) -> bool:
    """Whether `code` is right and was not taken before; it is used up by this."""
    tenant_id = acting_tenant(session)
    kept = session.execute(
        select(User.totp_secret, User.totp_last_step).where(
            User.tenant_id == tenant_id, User.id == user_id
        )
    ).one_or_none()
    if kept is None or kept.totp_secret is None:
        return False
    secret = sealer.open(kept.totp_secret, tenant_id=tenant_id, column=COLUMN, row=user_id)
    step = totp.step_of(secret.decode(), code, now=now, last_step=kept.totp_last_step)
    return step is not None and _use_step(session, user_id, step)


def take_recovery_code(session: Session, user_id: int, code: str, *, now: datetime) -> bool:
    """Whether `code` is one of the person's unused recovery codes; it is used up by this."""
    tenant_id = acting_tenant(session)
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.tenant_id == tenant_id,
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_digest == recovery_digest(code, tenant_id=tenant_id, user_id=user_id),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).one_or_none()
    if used is None:
        return False
    _record(session, user_id, "use_recovery_code", now=now)
    return True


def remove_totp(session: Session, user_id: int, *, by: str, now: datetime) -> None:
    """Do without the second factor, as after the loss of a telephone. Raises NotFound."""
    tenant_id = acting_tenant(session)
    removed = session.execute(
        update(User)
        .where(User.tenant_id == tenant_id, User.id == user_id)
        .values(totp_secret=None, totp_confirmed_at=None, totp_last_step=None)
        .returning(User.id)
    ).one_or_none()
    if removed is None:
        raise NotFound("There is no such person.")
    _drop_recovery_codes(session, user_id)
    target = f"user:{user_id}"
    record_audit(session, actor=by, action="remove_second_factor", target=target, now=now)


def _use_step(session: Session, user_id: int, step: int) -> bool:
    """Of two requests with one code, one row changed means that this one was first."""
    used = session.execute(
        update(User)
        .where(
            User.tenant_id == acting_tenant(session),
            User.id == user_id,
            or_(User.totp_last_step.is_(None), User.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .returning(User.id)
    ).one_or_none()
    return used is not None


def _fresh_recovery_codes(session: Session, user_id: int) -> tuple[str, ...]:
    tenant_id = acting_tenant(session)
    _drop_recovery_codes(session, user_id)
    codes = tuple(
        recovery_code_text(secrets.token_bytes(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)
    )
    session.add_all(
        RecoveryCode(
            tenant_id=tenant_id,
            user_id=user_id,
            code_digest=recovery_digest(code, tenant_id=tenant_id, user_id=user_id),
            used_at=None,
        )
        for code in codes
    )
    return codes


def _drop_recovery_codes(session: Session, user_id: int) -> None:
    session.execute(
        delete(RecoveryCode).where(
            RecoveryCode.tenant_id == acting_tenant(session), RecoveryCode.user_id == user_id
        )
    )


def _record(session: Session, user_id: int, action: str, *, now: datetime) -> None:
    actor = actor_of(user_id, acting_tenant(session))
    record_audit(session, actor=actor, action=action, target=f"user:{user_id}", now=now)
