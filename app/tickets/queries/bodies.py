"""The look of a mail, read apart from its page: it is large, and shown only when asked for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tickets.models import Entry
from tenants.database import acting_tenant
from tenants.errors import NotFound


def entry_html(session: Session, entry_id: int) -> str:
    """The sanitised HTML of an entry. Raises NotFound where there is none."""
    html = session.scalar(
        select(Entry.html).where(Entry.tenant_id == acting_tenant(session), Entry.id == entry_id)
    )
    if html is None:
        raise NotFound("There is no such text.")
    return html
