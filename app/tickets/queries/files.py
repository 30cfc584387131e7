"""Which files tickets refer to, for the job that deletes those nothing refers to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tickets.models import Attachment
from tenants.database import acting_tenant


def file_keys(session: Session) -> frozenset[str]:
    """The keys in the blob store that entries of the session's tenant refer to."""
    keys = select(Attachment.blob_key).where(Attachment.tenant_id == acting_tenant(session))
    return frozenset(session.scalars(keys.distinct()))
