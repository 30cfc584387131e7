"""What comes with words: a mail's own look in a sealed frame, and attached files."""

from flask import Response

from app.tickets import queries
from app.web.auth import permits
from app.web.desk import desk_pages
from app.web.desk.place import served
from app.web.downloads import blob_download
from app.web.services import database
from tenants.access.roles import Action

# A document of its own with its own policy: nothing runs, nothing loads from outside.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"
)
MAIL_DOCUMENT = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


@desk_pages.get("/entries/<int:tenant_id>/<int:entry_id>/body")
@permits(Action.WORK_TICKETS)
def entry_body(tenant_id: int, entry_id: int) -> Response:
    """A requester's HTML mail, sanitised at intake, for the sandboxed frame."""
    with database().transaction(served(tenant_id)) as session:
        html = queries.entry_html(session, entry_id)
    response = Response(MAIL_DOCUMENT.format(body=html), mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@desk_pages.get("/attachments/<int:tenant_id>/<int:attachment_id>")
@permits(Action.WORK_TICKETS)
def attachment(tenant_id: int, attachment_id: int) -> Response:
    """An attached file, always as a download."""
    with database().transaction(served(tenant_id)) as session:
        file, blob_key = queries.attachment(session, attachment_id)
    return blob_download(blob_key, name=file.name)
