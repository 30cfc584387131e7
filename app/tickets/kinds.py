"""The closed sets a ticket is described with.

Apart from the tables, so that pure modules and other rooms can name them.
"""

import enum


class Channel(enum.Enum):
    """How words reached us or left us."""

    MAIL = "mail"
    WEB = "web"
    TELEPHONE = "telephone"
    SMS = "sms"
    API = "api"
    DESK = "desk"


class RequestKind(enum.Enum):
    """What kind of help is asked for."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    CHANGE_QUESTION = "change_question"
    CHANGE_REQUEST = "change_request"
    COMMERCIAL = "commercial"


class AuthorKind(enum.Enum):
    """Who wrote an entry or caused an event."""

    REQUESTER = "requester"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    SYSTEM = "system"


class EntryKind(enum.Enum):
    """What an entry is. AUTOMATIC: written by a machine, ours or theirs; it never answers."""

    MESSAGE = "message"
    NOTE = "note"
    AUTOMATIC = "automatic"


class EventKind(enum.Enum):
    """What happened to a ticket."""

    OPENED = "ticket_opened"
    STATUS_CHANGED = "status_changed"
    PRIORITY_CHANGED = "priority_changed"
    ASSIGNED = "ticket_assigned"
    REOPENED = "ticket_reopened"
    DEADLINE_WARNED = "deadline_warned"
    DEADLINE_BREACHED = "deadline_breached"
    BREACH_EXPLAINED = "breach_explained"
    LINKED = "ticket_linked"
    PARTICIPANT_ADDED = "participant_added"
    DELIVERY_FAILED = "delivery_failed"
    AUTOMATIC_ANSWER_HELD = "automatic_answer_held"
    PROMISED = "time_promised"


class LinkKind(enum.Enum):
    """How two tickets belong together."""

    RELATED = "related"
    FOLLOW_UP = "follow_up"
