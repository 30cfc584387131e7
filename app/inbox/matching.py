"""What becomes of a mail: which ticket it belongs to, or why it is kept apart.

Apart, because the order of these decisions is a promise: it is a list of rules, each tried in
turn, over facts that a flow gathered. Source: `semantics.md` 2, incoming 3 to 12.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class MailAction(StrEnum):
    """What is done with a mail."""

    OPENED = "opened"
    APPENDED = "appended"
    HELD = "held"
    IGNORED = "ignored"
    BOUNCE = "bounce"


class Reason(StrEnum):
    """Which rule decided."""

    OWN_LOOP = "own_loop"
    OWN_NOTIFICATION = "own_notification"
    BOUNCE_MATCHED = "bounce_matched"
    BOUNCE_UNMATCHED = "bounce_unmatched"
    AUTOMATIC_MATCHED = "automatic_matched"
    AUTOMATIC_UNMATCHED = "automatic_unmatched"
    UNKNOWN_SENDER = "unknown_sender"
    AMBIGUOUS_SENDER = "ambiguous_sender"
    KNOWN_BUT_NOT_ON_TICKET = "known_but_not_on_ticket"
    REPLY = "reply"
    REOPENED = "reopened"
    REOPENING_LIMITED = "reopening_limited"
    FOLLOW_UP = "follow_up"
    NEW_REQUEST = "new_request"


class FoundBy(StrEnum):
    """By what a ticket was found; in this order the first one counts."""

    REPLY_TOKEN = "reply_token"  # noqa: S105 - a kind of clue, no secret
    MESSAGE_ID = "message_id"
    REFERENCE = "reference"
    SUBJECT_NUMBER = "subject_number"


class Sender(StrEnum):
    """What the sender's address is to the ticket, or else to the tenant."""

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    SAME_CLIENT = "same_client"
    ENGINEER = "engineer"
    OPERATOR = "operator"
    KNOWN = "known"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Where the ticket stands."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED_IN_WINDOW = "closed_in_window"
    CLOSED_LATER = "closed_later"


MAY_JOIN = frozenset(
    {Sender.REQUESTER, Sender.PARTICIPANT, Sender.SAME_CLIENT, Sender.ENGINEER, Sender.OPERATOR}
)
REOPENS = frozenset({Sender.REQUESTER, Sender.PARTICIPANT, Sender.SAME_CLIENT})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket of this tenant and mailbox that a mail may answer; a merged one by its target.

    `token_is_for_sender`: False only where a reply token was made for another address.
    `may_reopen`: the rate limit of reopening allows one more; False also when it is not known.
    """

    ticket_id: int
    found_by: FoundBy
    sender: Sender
    standing: Standing
    token_is_for_sender: bool = True
    last_outgoing_was_internal: bool = False
    may_reopen: bool = False


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What is known of a mail before it is decided on. `is_thanks_only`: it says no more."""

    is_own_loop: bool = False
    is_from_own_mailbox: bool = False
    is_bounce: bool = False
    is_automatic: bool = False
    is_sender_ambiguous: bool = False
    is_thanks_only: bool = False
    accepts_unknown_senders: bool = True
    sender: Sender = Sender.UNKNOWN
    candidates: tuple[Candidate, ...] = ()

    @property
    def candidate(self) -> Candidate | None:
        """The ticket found by the strongest clue."""
        order = list(FoundBy)
        return min(self.candidates, key=lambda found: order.index(found.found_by), default=None)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. A held or new mail may name a ticket: then it is linked there with a badge.

    `changes_state`: the ticket's state and clocks may react. `may_be_answered`: an automatic
    answer is allowed. `shows_attachments`: people on the ticket may see its files.
    """

    action: MailAction
    reason: Reason
    ticket_id: int | None = None
    linked_ticket_id: int | None = None
    is_internal: bool = False
    reopens: bool = False
    changes_state: bool = False
    may_be_answered: bool = False
    shows_attachments: bool = False


def decide(facts: MailFacts) -> Decision:
    """The first rule that applies decides; the last one always does."""
    return next(decision for rule in RULES if (decision := rule(facts)) is not None)


def _drop_own(facts: MailFacts) -> Decision | None:
    if facts.is_own_loop:
        return Decision(MailAction.IGNORED, Reason.OWN_LOOP)
    if facts.is_from_own_mailbox:
        return Decision(MailAction.IGNORED, Reason.OWN_NOTIFICATION)
    return None


def _note_bounce(facts: MailFacts) -> Decision | None:
    """A report proves itself by the mail it returns; a number in its subject proves nothing."""
    if not facts.is_bounce:
        return None
    found = _proven(facts)
    reason = Reason.BOUNCE_MATCHED if found else Reason.BOUNCE_UNMATCHED
    return Decision(MailAction.BOUNCE, reason, found.ticket_id if found else None, is_internal=True)


def _note_automatic(facts: MailFacts) -> Decision | None:
    if not facts.is_automatic:
        return None
    found = facts.candidate
    if found is None or facts.is_sender_ambiguous or not _may_join(found):
        return Decision(MailAction.HELD, Reason.AUTOMATIC_UNMATCHED)
    return Decision(
        MailAction.APPENDED,
        Reason.AUTOMATIC_MATCHED,
        found.ticket_id,
        is_internal=found.last_outgoing_was_internal,
        shows_attachments=True,
    )


def _keep_strangers_out(facts: MailFacts) -> Decision | None:
    """Someone not on the ticket: known to the tenant, a new linked one; unknown, held."""
    found = facts.candidate
    if found is None or (_may_join(found) and not facts.is_sender_ambiguous):
        return None
    if facts.is_sender_ambiguous:
        return Decision(MailAction.HELD, Reason.AMBIGUOUS_SENDER, linked_ticket_id=found.ticket_id)
    is_known = facts.sender is not Sender.UNKNOWN and found.token_is_for_sender
    if not is_known:
        return Decision(MailAction.HELD, Reason.UNKNOWN_SENDER, linked_ticket_id=found.ticket_id)
    return Decision(
        MailAction.OPENED,
        Reason.KNOWN_BUT_NOT_ON_TICKET,
        linked_ticket_id=found.ticket_id,
        may_be_answered=True,
    )


def _append(facts: MailFacts) -> Decision | None:
    found = facts.candidate
    if found is None:
        return None
    reopens = found.standing is not Standing.OPEN and found.sender in REOPENS
    if reopens and found.standing is Standing.CLOSED_LATER:
        return _follow_up(facts, found)
    is_limited = reopens and not found.may_reopen
    reopens = reopens and not is_limited and not facts.is_thanks_only
    return Decision(
        MailAction.APPENDED,
        _reply_reason(reopens=reopens, is_limited=is_limited),
        found.ticket_id,
        is_internal=found.last_outgoing_was_internal,
        reopens=reopens,
        changes_state=not is_limited and not facts.is_thanks_only,
        shows_attachments=True,
    )


def _follow_up(facts: MailFacts, found: Candidate) -> Decision:
    if facts.is_thanks_only:
        return Decision(MailAction.APPENDED, Reason.REPLY, found.ticket_id, shows_attachments=True)
    return Decision(
        MailAction.OPENED,
        Reason.FOLLOW_UP,
        linked_ticket_id=found.ticket_id,
        changes_state=True,
        may_be_answered=True,
        shows_attachments=True,
    )


def _open(facts: MailFacts) -> Decision | None:
    """A new request. A doubtful or unknown sender opens one too where the tenant accepts them."""
    is_stranger = facts.sender is Sender.UNKNOWN or facts.is_sender_ambiguous
    if is_stranger and not facts.accepts_unknown_senders:
        reason = Reason.AMBIGUOUS_SENDER if facts.is_sender_ambiguous else Reason.UNKNOWN_SENDER
        return Decision(MailAction.HELD, reason)
    return Decision(
        MailAction.OPENED,
        Reason.NEW_REQUEST,
        changes_state=True,
        may_be_answered=not facts.is_sender_ambiguous,
        shows_attachments=True,
    )


Rule = Callable[[MailFacts], Decision | None]
RULES: tuple[Rule, ...] = (
    _drop_own,
    _note_bounce,
    _note_automatic,
    _keep_strangers_out,
    _append,
    _open,
)


def _may_join(found: Candidate) -> bool:
    return found.sender in MAY_JOIN and found.token_is_for_sender


def _proven(facts: MailFacts) -> Candidate | None:
    found = facts.candidate
    return None if found is None or found.found_by is FoundBy.SUBJECT_NUMBER else found


def _reply_reason(*, reopens: bool, is_limited: bool) -> Reason:
    if is_limited:
        return Reason.REOPENING_LIMITED
    return Reason.REOPENED if reopens else Reason.REPLY
