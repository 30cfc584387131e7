"""What is asked of a ticket, and what a change of it looks like in its history.

Apart from the actions, so that a rule about a change can be read and tested without a row.
"""

from dataclasses import dataclass, field
from typing import Any

from app.tickets.kinds import AuthorKind, Channel, EntryKind, EventKind, RequestKind
from app.tickets.lifecycle import TicketStatus, is_open, may_become
from tenants.errors import Refused
from tenants.promises.priority import Priority

LONGEST_SUBJECT = 300  # signs; the whole subject of a mail stays in its raw copy
LONGEST_TEXT = 200_000  # signs of one entry; a longer one is a file, not a message


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote or did something. `id`: a user's or requester's, by kind; None: no row of ours."""

    kind: AuthorKind
    id: int | None
    name: str


SYSTEM = Author(AuthorKind.SYSTEM, None, "")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file whose bytes already are in the blob store under `blob_key`. `size` in bytes."""

    name: str
    type: str
    size: int
    sha256: str
    blob_key: str
    is_inline: bool = False
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Words to be added to a ticket. `html`: sanitised. `trim_confidence`: 0 to 1."""

    text: str
    author: Author
    channel: Channel
    kind: EntryKind = EntryKind.MESSAGE
    is_public: bool = True
    quoted_text: str = ""
    html: str | None = None
    trim_confidence: float | None = None
    raw_mail_id: int | None = None
    language: str | None = None
    files: tuple[NewFile, ...] = ()


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A request for help that is about to become a ticket of `brand_id`.

    `source_ref`: what it is made of, as "form:4f2a"; a second ticket of it cannot be.
    """

    brand_id: int
    prefix: str
    requester_id: int
    subject: str
    entry: NewEntry
    language: str
    client_id: int | None = None
    is_vip: bool = False
    kind: RequestKind = RequestKind.INCIDENT
    priority: Priority = Priority.P3
    priority_reason: str | None = None
    badge: str | None = None
    source_ref: str | None = None

    @property
    def channel(self) -> Channel:
        """How the request reached us."""
        return self.entry.channel


@dataclass(frozen=True, slots=True)
class NewPriority:
    """A priority an operator wants, with the reason that the requester will read."""

    priority: Priority
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a ticket's history: what happened, and the values before and after."""

    kind: EventKind
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def status_change(status: TicketStatus, wanted: TicketStatus) -> Change:
    """The change from `status` to `wanted`. Raises Refused where the life cycle has no such way."""
    if not may_become(status, wanted):
        raise Refused("The ticket cannot go from its present status to that one.")
    return Change(EventKind.STATUS_CHANGED, {"status": status.value}, {"status": wanted.value})


def priority_change(priority: Priority, wanted: NewPriority) -> Change:
    """The change of priority. Raises Refused without a written reason or where nothing changes."""
    if not wanted.reason.strip():
        raise Refused("Write the reason for the new priority; the requester sees it.")
    if wanted.priority is priority:
        raise Refused("The ticket already has that priority.")
    return Change(
        EventKind.PRIORITY_CHANGED,
        {"priority": priority.value},
        {"priority": wanted.priority.value, "reason": wanted.reason.strip()},
    )


def reopening_change(status: TicketStatus) -> Change:
    """The change of a resolved or closed ticket back to work. Raises Refused where it is open."""
    if is_open(status):
        raise Refused("The ticket is open.")
    return Change(
        EventKind.REOPENED,
        {"status": status.value},
        {"status": TicketStatus.IN_PROGRESS.value},
    )


def assignment_change(assignee_id: int | None, wanted_id: int | None, name: str) -> Change:
    """The change of who works on a ticket; `name`: of the new person, "" for nobody."""
    return Change(
        EventKind.ASSIGNED,
        {"assignee_id": assignee_id},
        {"assignee_id": wanted_id, "name": name},
    )


def checked_text(text: str) -> str:
    """The words of an entry without outer blank space. Raises Refused when empty or too long."""
    words = text.strip()
    if not words:
        raise Refused("Write something first.")
    if len(words) > LONGEST_TEXT:
        raise Refused("The text is too long for one message; attach it as a file.")
    return words


def fitting_text(text: str) -> str:
    """A text cut to what one entry holds; the whole stays in the raw copy it came from."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def fitting_subject(subject: str) -> str:
    """The subject on one line, cut to what a list can show."""
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"
