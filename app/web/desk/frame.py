"""What every template of the desk may use: words of closed sets, links of files, facts."""

from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from app.tickets.page import FileShown, TicketHead
from app.web.desk import desk_pages
from app.web.filters import size
from app.web.words import (
    CHANNEL_ICONS,
    CHANNEL_WORDS,
    HELD_WORDS,
    PRIORITY_WORDS,
    STATUS_TONES,
    STATUS_WORDS,
    status_options,
)
from tenants.clients.address_state import AddressState
from tenants.promises.priority import Priority


@desk_pages.app_context_processor
def words() -> dict[str, Any]:
    """Tables of words, for templates that show tickets."""
    return {
        "status_words": STATUS_WORDS,
        "status_tones": STATUS_TONES,
        "status_options": status_options(),
        "priority_words": PRIORITY_WORDS,
        "priority_options": [
            (each.value, f"{each.value} {PRIORITY_WORDS[each]}") for each in Priority
        ],
        "channel_words": CHANNEL_WORDS,
        "channel_icons": CHANNEL_ICONS,
        "held_words": HELD_WORDS,
        "attachment_links": attachment_links,
        "requester_facts": requester_facts,
    }


def attachment_links(files: tuple[FileShown, ...], tenant_id: int) -> list[dict[str, str]]:
    """Files as the `attachments` macro takes them."""
    locale = get_locale()
    return [
        {
            "name": file.name,
            "url": url_for("desk.attachment", tenant_id=tenant_id, attachment_id=file.id),
            "size": size(file.size, locale=locale) if locale else str(file.size),
            "preview_url": "",
        }
        for file in files
    ]


def requester_facts(head: TicketHead) -> list[tuple[str, str]]:
    """Who is asking, as term and value; what is unknown is left out."""
    arrives = head.address_state is AddressState.GOOD
    facts = [
        (_("Name"), head.requester_name),
        (_("Client"), head.client_name or ""),
        (_("E-mail"), head.requester_email or ""),
        (_("Telephone"), head.requester_telephone or ""),
        (_("Mail to them"), "" if arrives else _("does not arrive")),
    ]
    return [(term, value) for term, value in facts if value]
