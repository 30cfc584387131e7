"""The provider's own pages: partners, staff, outgoing mail, jobs, the audit trail."""

from flask import Blueprint

office_pages = Blueprint("office", __name__, url_prefix="/office")

from app.web.office import (  # noqa: E402, F401 - routes
    audit,
    gallery,
    jobs,
    mailboxes,
    new_partner,
    outbox,
    partners,
    staff,
)
