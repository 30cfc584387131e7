"""Everything a ticket's page shows, as values.

Apart from the query, so that the order of the conversation is decided here and tested without rows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.tickets.kinds import AuthorKind, Channel, EntryKind, EventKind, LinkKind, RequestKind
from app.tickets.lifecycle import TicketStatus, is_open
from tenants.clients.address_state import AddressState
from tenants.promises.priority import Priority


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of an entry. `size` in bytes."""

    id: int
    entry_id: int
    name: str
    type: str
    size: int
    is_inline: bool
    content_id: str | None


@dataclass(frozen=True, slots=True)
class EntryShown:
    """A message or note. Its HTML, where `has_html`, is served at an address of its own."""

    id: int
    kind: EntryKind
    channel: Channel
    author_kind: AuthorKind
    author_id: int | None
    author_name: str
    is_public: bool
    text: str
    quoted_text: str
    has_html: bool
    trim_confidence: float | None
    raw_mail_id: int | None
    language: str | None
    revision: int
    at: datetime
    files: tuple[FileShown, ...] = ()


@dataclass(frozen=True, slots=True)
class EventShown:
    """A change of the ticket."""

    id: int
    kind: EventKind
    author_kind: AuthorKind
    author_id: int | None
    author_name: str
    revision: int
    before: dict[str, Any]
    after: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkShown:
    """Another ticket this one belongs with. `is_outgoing`: this one refers to the other."""

    kind: LinkKind
    prefix: str
    number: int
    subject: str
    is_outgoing: bool

    @property
    def ref(self) -> str:
        """What people quote."""
        return f"{self.prefix}-{self.number}"


@dataclass(frozen=True, slots=True)
class Person:
    """A requester or participant. `email`: None when only a telephone is known."""

    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class TicketHead:
    """The ticket itself with the names beside it."""

    tenant_id: int
    id: int
    number: int
    prefix: str
    brand_id: int
    brand_name: str
    subject: str
    kind: RequestKind
    channel: Channel
    priority: Priority
    priority_reason: str | None
    status: TicketStatus
    assignee_id: int | None
    language: str
    badge: str | None
    revision: int
    created_at: datetime
    updated_at: datetime
    first_answered_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopened_count: int
    next_due_at: datetime | None
    next_due_kind: str | None
    next_due_target_s: int | None
    paused_reason: str | None
    requester_id: int
    requester_name: str
    requester_email: str | None
    requester_telephone: str | None
    address_state: AddressState
    client_id: int | None
    client_name: str | None
    is_vip: bool

    @property
    def ref(self) -> str:
        """What people quote: HB-10481."""
        return f"{self.prefix}-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return is_open(self.status)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with its conversation; `timeline`: entries and events, oldest first."""

    head: TicketHead
    timeline: tuple[EntryShown | EventShown, ...]
    links: tuple[LinkShown, ...]
    participants: tuple[Person, ...]

    @property
    def entries(self) -> tuple[EntryShown, ...]:
        """The words without the changes between them."""
        return tuple(item for item in self.timeline if isinstance(item, EntryShown))

    @property
    def public_entries(self) -> tuple[EntryShown, ...]:
        """What the requester may read."""
        return tuple(entry for entry in self.entries if entry.is_public)


def merge_timeline(
    entries: tuple[EntryShown, ...], events: tuple[EventShown, ...]
) -> tuple[EntryShown | EventShown, ...]:
    """Entries and events in the order of the ticket's revisions, words before what they caused."""
    return tuple(sorted((*entries, *events), key=_place))


def _place(item: EntryShown | EventShown) -> tuple[int, bool, int]:
    return item.revision, isinstance(item, EventShown), item.id
