"""A requester's own ticket, opened by a signed link: what we do, till when, and what was said."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.deadlines.queries import promised_resolution
from app.flows.portal_to_entry import portal_to_entry
from app.tickets import queries
from app.tickets.changes import Author, NewEntry
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.links import RequestLink, read_request_token, request_token
from app.tickets.page import TicketPage
from app.web.auth import public
from app.web.downloads import blob_download
from app.web.localization import reader_language
from app.web.portal import portal_pages
from app.web.refusals import said
from app.web.services import correspondence, database, services
from app.web.site import current_site
from app.web.timeline import public_timeline
from app.web.uploads import kept_files
from app.web.words import STATUS_TONES, STATUS_WORDS
from tenants.errors import NotFound, Refused

UNPROCESSABLE = 422
TEXT_MAX = 20_000


@dataclass(frozen=True, slots=True)
class RequestShown:
    """What the requester sees of their ticket."""

    page: TicketPage
    timeline: tuple[Any, ...]
    status: Any
    tone: str
    promised_at: Any


@portal_pages.get("/r/<token>")
@public
def my_request(token: str) -> str:
    """The ticket; looking changes nothing."""
    return _page(token, is_new="new" in request.args)


@portal_pages.post("/r/<token>/entries")
@public
def write(token: str) -> Response | tuple[str, int]:
    """The requester adds words; an answered ticket opens again by the rules of mail."""
    link = _link(token)
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        return _page(token, error=_("Write something first.")), UNPROCESSABLE
    if len(text) > TEXT_MAX:
        error = _("At most %(most)s characters.", most=TEXT_MAX)
        return _page(token, text=text, error=error), UNPROCESSABLE
    try:
        now_at = _add(link, text)
    except Refused as refused:
        return _page(token, text=text, error=said(refused)), UNPROCESSABLE
    flash(_("Sent. We have it."), "success")
    there = request_token(now_at, secret=services().config.secret_key)
    return redirect(url_for("portal.my_request", token=there), 303)


@portal_pages.get("/r/<token>/attachments/<int:attachment_id>")
@public
def request_attachment(token: str, attachment_id: int) -> FlaskResponse:
    """A file of this ticket's public words, as a download."""
    link = _link(token)
    with database().transaction(link.tenant_id) as session:
        page = _ticket_of(session, link)
        file, blob_key = queries.attachment(session, attachment_id)
    if all(file not in entry.files for entry in page.public_entries):
        raise NotFound
    return blob_download(blob_key, name=file.name)


def _add(link: RequestLink, text: str) -> RequestLink:
    """Where the words stand: on this ticket, or on the one that follows a long closed one."""
    now = utc_now()
    files = kept_files(link.tenant_id, "attachments")
    with database().transaction(link.tenant_id) as session:
        page = _ticket_of(session, link)
        author = Author(AuthorKind.REQUESTER, link.requester_id, page.head.requester_name)
        entry = NewEntry(
            text=text, author=author, channel=Channel.WEB, language=reader_language(), files=files
        )
        written = portal_to_entry(
            session, link.number, entry, correspondence=correspondence(), now=now
        )
    return replace(link, number=written.ticket.number)


def _ticket_of(session: Session, link: RequestLink) -> TicketPage:
    """The ticket, as long as it is this requester's. Raises NotFound."""
    page = queries.ticket_page(session, link.number)
    if page.head.requester_id != link.requester_id:
        raise NotFound
    return page


def _link(token: str) -> RequestLink:
    """The ticket behind the link, on its own brand's host or the provider's; 404 otherwise."""
    link = read_request_token(token, secret=services().config.secret_key)
    site = current_site()
    if link is None or not (site.is_provider or site.tenant_id == link.tenant_id):
        raise NotFound
    return link


def _page(token: str, *, text: str = "", error: str = "", is_new: bool = False) -> str:
    link = _link(token)
    with database().transaction(link.tenant_id) as session:
        page = _ticket_of(session, link)
        promised_at = promised_resolution(session, page.head.id)
    shown = RequestShown(
        page=page,
        timeline=public_timeline(page),
        status=STATUS_WORDS[page.head.status],
        tone=STATUS_TONES[page.head.status],
        promised_at=promised_at if page.head.is_open else None,
    )
    return render_template(
        "portal/my_request.html", token=token, shown=shown, text=text, error=error, is_new=is_new
    )
