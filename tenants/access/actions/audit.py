"""Adding to the audit trail, in the transaction of the change it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.access.audit import NO_HEAD, Head, link_facts, link_hash
from tenants.access.models import AuditHead, AuditRecord
from tenants.database import acting_tenant


def record_audit(
    session: Session,
    *,
    actor: str,
    action: str,
    target: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Add a record to the chain of the session's tenant.

    `actor`: "user:12", "job:…", "command:…". `details`: texts, whole numbers, truth values and
    lists or tables of them; never a secret. Writers of one tenant wait for each other here.
    """
    tenant_id = acting_tenant(session)
    facts = link_facts(tenant_id, actor=actor, action=action, target=target, details=details or {})
    head = _locked_head(session, tenant_id)
    sequence = head.sequence + 1
    record_hash = link_hash(head.hash, sequence=sequence, at=now, facts=facts)
    session.execute(
        insert(AuditRecord).values(
            **facts,
            id=sequence,
            sequence=sequence,
            at=now,
            previous_hash=head.hash,
            hash=record_hash,
        )
    )
    session.execute(
        update(AuditHead)
        .where(AuditHead.tenant_id == tenant_id)
        .values(sequence=sequence, hash=record_hash)
    )


def _locked_head(session: Session, tenant_id: int) -> Head:
    session.execute(
        insert(AuditHead)
        .values(tenant_id=tenant_id, sequence=NO_HEAD.sequence, hash=NO_HEAD.hash)
        .on_conflict_do_nothing()
    )
    row = session.execute(
        select(AuditHead.sequence, AuditHead.hash)
        .where(AuditHead.tenant_id == tenant_id)
        .with_for_update()
    ).one()
    return Head(*row)
