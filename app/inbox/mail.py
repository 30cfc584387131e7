"""A mail as values: what was read from its bytes, and nothing about what we know of it.

Apart, because the parsing child, the matching and the pages share these shapes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.inbox.addresses import Address
from app.inbox.limits import Defect, Limit


class AutomaticReason(StrEnum):
    """Why a mail counts as written by a machine."""

    AUTO_SUBMITTED = "auto_submitted"
    AUTO_RESPONSE = "auto_response"
    RESPONSE_SUPPRESSED = "response_suppressed"
    PRECEDENCE = "precedence"
    MAILING_LIST = "mailing_list"
    REPORT = "report"
    NULL_SENDER = "null_sender"
    MAILER_DAEMON = "mailer_daemon"
    TOO_MANY_HOPS = "too_many_hops"
    SUBJECT = "subject"
    LOOP = "loop"


class BounceAction(StrEnum):
    """What became of a recipient. Source: RFC 3464 section 2.3.3."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """`status`: RFC 3463 digits or "". `hard`: the address itself fails for good."""

    address: str
    status: str
    action: BounceAction
    hard: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report. `message_id` and `in_reply_to`: of the mail that came back, or ""."""

    recipients: tuple[BouncedRecipient, ...]
    message_id: str = ""
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file. `sha256`: hex of `content`; `size` in bytes; `content_id` without brackets."""

    name: str
    type: str
    size: int
    sha256: str
    inline: bool
    content_id: str
    content: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An invitation, for display only. Times are as written, ISO 8601, "" when absent."""

    method: str
    uid: str
    summary: str
    location: str
    organizer: str
    starts: str
    ends: str
    status: str


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A text in two: what was written now, and quotes and signatures. Each line is in one of them.

    `confidence`: 0 to 1 that nothing written now is in `quoted`.
    """

    visible: str
    quoted: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Header values that say how a mail came about, for the matching and the brakes."""

    auto_submitted: str = ""
    loop_ids: tuple[str, ...] = ()
    authentication_results: tuple[str, ...] = ()
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Bodies:
    """`text`: all of it, plain. `html_clean`: sanitised, "" when the mail has none."""

    text: str = ""
    html_clean: str = ""
    trimmed: Trimmed = field(default_factory=lambda: Trimmed("", "", 1.0))
    language: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """All that was read from one mail. Identifiers keep their angle brackets, "" when absent."""

    from_email: str = ""
    from_name: str = ""
    sender_ambiguous: bool = True
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    bodies: Bodies = field(default_factory=Bodies)
    attachments: tuple[Attachment, ...] = ()
    automatic: AutomaticReason | None = None
    bounce: Bounce | None = None
    calendar: tuple[CalendarEvent, ...] = ()
    origin: Origin = field(default_factory=Origin)
    defects: tuple[Defect, ...] = ()
    limits_hit: tuple[Limit, ...] = ()

    @property
    def visible_text(self) -> str:
        """What the sender wrote now."""
        return self.bodies.trimmed.visible

    @property
    def quoted_text(self) -> str:
        """Quotes and signatures."""
        return self.bodies.trimmed.quoted


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """A mail that could not be read within its limits; it still becomes a ticket."""

    reason: Limit | Defect
