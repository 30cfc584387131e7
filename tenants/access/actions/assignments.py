"""Which operators answer for which tenants. The session is the provider's own."""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.access.actions.audit import record_audit
from tenants.access.models import Assignment, User
from tenants.database import HOUSE_ID, announce
from tenants.directory.models import DirectoryName
from tenants.errors import NotFound


def assign_operator(
    session: Session, operator_id: int, served_tenant_id: int, *, by: str, now: datetime
) -> None:
    """Let an operator answer for a tenant, at once. Safe to repeat. Raises NotFound."""
    _check_both(session, operator_id, served_tenant_id)
    added = session.execute(
        insert(Assignment)
        .values(
            tenant_id=HOUSE_ID,
            operator_id=operator_id,
            served_tenant_id=served_tenant_id,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Assignment.id)
    ).one_or_none()
    if added:
        _record(session, "assign_operator", (operator_id, served_tenant_id), by=by, now=now)


def end_assignment(
    session: Session, operator_id: int, served_tenant_id: int, *, by: str, now: datetime
) -> None:
    """Take a tenant away from an operator, from their next request on. Safe to repeat."""
    ended = session.execute(
        delete(Assignment)
        .where(
            Assignment.tenant_id == HOUSE_ID,
            Assignment.operator_id == operator_id,
            Assignment.served_tenant_id == served_tenant_id,
        )
        .returning(Assignment.id)
    ).one_or_none()
    if ended:
        announce(session, {"rights": [HOUSE_ID, operator_id]})
        _record(session, "end_assignment", (operator_id, served_tenant_id), by=by, now=now)


def _check_both(session: Session, operator_id: int, served_tenant_id: int) -> None:
    is_ours = exists().where(User.tenant_id == HOUSE_ID, User.id == operator_id)
    is_served = exists().where(
        DirectoryName.owner_id == served_tenant_id, DirectoryName.owner_id != HOUSE_ID
    )
    if not session.scalar(select(is_ours)):
        raise NotFound("There is no such operator.")
    if not session.scalar(select(is_served)):
        raise NotFound("There is no such partner.")


def _record(
    session: Session, action: str, pair: tuple[int, int], *, by: str, now: datetime
) -> None:
    operator_id, served_tenant_id = pair
    record_audit(
        session,
        actor=by,
        action=action,
        target=f"user:{operator_id}",
        now=now,
        details={"partner": served_tenant_id},
    )
