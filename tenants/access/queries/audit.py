"""The audit trail: read, and proved."""

from contextlib import closing

from sqlalchemy import ScalarResult, func, select
from sqlalchemy.orm import Session

from tenants.access.audit import NO_HEAD, BadRow, Head, Link, first_bad_row
from tenants.access.models import AuditHead, AuditRecord
from tenants.database import acting_tenant

_CHUNK = 1000


def audit_trail(session: Session, *, before: int | None, limit: int) -> list[Link]:
    """The newest records of the session's tenant, or those before a sequence number."""
    records = select(AuditRecord).where(AuditRecord.tenant_id == acting_tenant(session))
    if before is not None:
        records = records.where(AuditRecord.sequence < before)
    rows = session.scalars(records.order_by(AuditRecord.sequence.desc()).limit(limit))
    return [_link(row) for row in rows]


def audit_head(session: Session, tenant_id: int) -> Head:
    """The newest link of a tenant's chain; what is kept outside as its anchor."""
    row = session.execute(
        select(AuditHead.sequence, AuditHead.hash).where(AuditHead.tenant_id == tenant_id)
    ).one_or_none()
    return Head(*row) if row else NO_HEAD


def verify_audit(session: Session, tenant_id: int) -> BadRow | None:
    """The first record of a tenant's chain that does not fit; None where all is well."""
    head = audit_head(session, tenant_id)
    with closing(_records(session, tenant_id, last=head.sequence)) as records:
        bad_row = first_bad_row(map(_link, records), head)
    if bad_row is None and _goes_beyond_head(session, tenant_id):
        return BadRow(head.sequence + 1, "the end of the chain was added or the head set back")
    return bad_row


def audited_tenants(session: Session) -> list[int]:
    """The tenants that have a chain. `session`: across tenants."""
    kept = select(AuditHead.tenant_id).union(select(AuditRecord.tenant_id))
    return sorted(session.scalars(kept))


def _goes_beyond_head(session: Session, tenant_id: int) -> bool:
    """One statement, so that a record written meanwhile is seen together with its head."""
    head = select(AuditHead.sequence).where(AuditHead.tenant_id == tenant_id).scalar_subquery()
    last = (
        select(func.max(AuditRecord.sequence))
        .where(AuditRecord.tenant_id == tenant_id)
        .scalar_subquery()
    )
    return bool(session.scalar(select(func.coalesce(last, 0) > func.coalesce(head, 0))))


def _records(session: Session, tenant_id: int, *, last: int) -> ScalarResult[AuditRecord]:
    """Read in portions, so that a long trail needs no memory; to be closed."""
    return session.scalars(
        select(AuditRecord)
        .where(AuditRecord.tenant_id == tenant_id, AuditRecord.sequence <= last)
        .order_by(AuditRecord.sequence)
        .execution_options(yield_per=_CHUNK)
    )


def _link(row: AuditRecord) -> Link:
    return Link(
        tenant_id=row.tenant_id,
        id=row.id,
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        action=row.action,
        target=row.target,
        details=row.details,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
