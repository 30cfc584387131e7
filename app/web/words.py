"""What closed sets are called on a page; one table a set, so that each word is said once."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.tickets.kinds import AuthorKind, Channel, EventKind
from app.tickets.lifecycle import TicketStatus
from tenants.access.roles import UserRole
from tenants.promises.priority import Priority

STATUS_WORDS: dict[TicketStatus, Any] = {
    TicketStatus.NEW: _l("new"),
    TicketStatus.IN_PROGRESS: _l("in progress"),
    TicketStatus.WAITING_FOR_REQUESTER: _l("waits for requester"),
    TicketStatus.WITH_PARTNER: _l("with partner"),
    TicketStatus.WAITING_FOR_CONFIRMATION: _l("waits for confirmation"),
    TicketStatus.RESOLVED: _l("resolved"),
    TicketStatus.CLOSED: _l("closed"),
}
STATUS_TONES: dict[TicketStatus, str] = {
    TicketStatus.NEW: "accent",
    TicketStatus.IN_PROGRESS: "ok",
    TicketStatus.WAITING_FOR_REQUESTER: "muted",
    TicketStatus.WITH_PARTNER: "soon",
    TicketStatus.WAITING_FOR_CONFIRMATION: "soon",
    TicketStatus.RESOLVED: "muted",
    TicketStatus.CLOSED: "muted",
}
PRIORITY_WORDS: dict[Priority, Any] = {
    Priority.P1: _l("catastrophic"),
    Priority.P2: _l("high"),
    Priority.P3: _l("medium"),
    Priority.P4: _l("low"),
}
PRIORITY_EFFECTS: dict[Priority, Any] = {
    Priority.P1: _l("Nothing works, for everybody"),
    Priority.P2: _l("Nothing works, for us"),
    Priority.P3: _l("A part does not work, or many notice it a little"),
    Priority.P4: _l("It is slower than usual, or I have a question"),
}
CHANNEL_WORDS: dict[Channel, Any] = {
    Channel.MAIL: _l("mail"),
    Channel.WEB: _l("web form"),
    Channel.TELEPHONE: _l("telephone"),
    Channel.SMS: _l("SMS"),
    Channel.API: _l("API"),
    Channel.DESK: _l("desk"),
}
CHANNEL_ICONS: dict[Channel, str] = {
    Channel.MAIL: "mail",
    Channel.WEB: "globe",
    Channel.TELEPHONE: "phone",
    Channel.SMS: "message-square",
    Channel.API: "code",
    Channel.DESK: "inbox",
}
ROLE_WORDS: dict[UserRole, Any] = {
    UserRole.OPERATOR: _l("operator"),
    UserRole.SUPERVISOR: _l("supervisor"),
    UserRole.PROVIDER_ADMINISTRATOR: _l("provider administrator"),
    UserRole.BILLING_CLERK: _l("billing clerk"),
    UserRole.TENANT_ADMINISTRATOR: _l("partner administrator"),
    UserRole.ENGINEER: _l("engineer"),
    UserRole.VIEWER: _l("viewer"),
}
CLOCK_WORDS: dict[str, Any] = {
    "first_response": _l("first answer"),
    "next_update": _l("next answer"),
    "classification": _l("classification"),
    "resolution": _l("solution"),
    "acknowledgement": _l("acknowledgement"),
    "result": _l("result"),
    "promise": _l("promise"),
}
PAUSE_WORDS: dict[str, Any] = {
    "waiting_for_requester": _l("waits for requester"),
    "waiting_for_confirmation": _l("waits for confirmation"),
    "outside_service_hours": _l("outside service hours"),
}


def status_options() -> list[tuple[str, Any]]:
    """All statuses for a select, in the order of the work."""
    return [(status.value, STATUS_WORDS[status]) for status in TicketStatus]


def author_word(kind: AuthorKind, name: str) -> Any:
    """A name, or what stands for one."""
    if name:
        return name
    return _l("automatic") if kind is AuthorKind.SYSTEM else _l("unknown")


def event_sentence(kind: EventKind, *, who: Any, before: Any, after: Any) -> Any:
    """What happened, as one line of the history."""
    sentence = EVENT_SENTENCES[kind]
    return sentence % {"who": who, "before": before, "after": after}


HELD_WORDS: dict[str, Any] = {
    "automatic_unmatched": _l("written by a machine, and no ticket fits"),
    "bounce_unmatched": _l("a delivery report, and no mail of ours fits"),
    "unknown_sender": _l("answers a ticket from an unknown address"),
    "ambiguous_sender": _l("its sender can be read in two ways"),
    "own_loop": _l("our own mail came back"),
}
EVENT_SENTENCES: dict[EventKind, Any] = {
    EventKind.OPENED: _l("Opened, clock started"),
    EventKind.STATUS_CHANGED: _l("%(who)s: %(before)s → %(after)s"),
    EventKind.PRIORITY_CHANGED: _l("%(who)s: priority %(before)s → %(after)s"),
    EventKind.ASSIGNED: _l("Taken by %(after)s"),
    EventKind.REOPENED: _l("Reopened by %(who)s"),
    EventKind.DEADLINE_WARNED: _l("%(after)s of the time is used"),
    EventKind.DEADLINE_BREACHED: _l("Deadline missed: %(after)s"),
    EventKind.BREACH_EXPLAINED: _l("%(who)s on the missed deadline: %(after)s"),
    EventKind.LINKED: _l("Linked with %(after)s"),
    EventKind.PARTICIPANT_ADDED: _l("%(after)s takes part"),
    EventKind.DELIVERY_FAILED: _l("Mail to %(after)s was not delivered"),
    EventKind.AUTOMATIC_ANSWER_HELD: _l("No automatic answer: %(after)s"),
    EventKind.PROMISED: _l("%(who)s promised %(after)s"),
}
