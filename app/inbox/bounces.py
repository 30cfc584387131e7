"""Delivery reports: which recipient a mail did not reach, and whether it ever will.

Apart, because a report is never a request: it is noted on what it answers. Source: RFC 3464.
"""

import re
from collections.abc import Iterator

from app.inbox.bounce_texts import bounced_in_text
from app.inbox.headers import Headers, split_message
from app.inbox.loops import is_mailer_daemon
from app.inbox.mail import Bounce, BounceAction, BouncedRecipient
from app.inbox.structure import Part

_RECIPIENTS = 200
_REPORT_BYTES = 200_000
_REASON_CHARS = 500
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BLANK_LINES = re.compile(rb"\r?\n[ \t]*\r?\n")
_ORIGINAL_ID = re.compile(r"(?im)^\s{0,4}message-id:\s*(<[^<>\s]{1,300}>)")
_ORIGINAL_REPLY = re.compile(r"(?im)^\s{0,4}in-reply-to:\s*(<[^<>\s]{1,300}>)")
_POSTMASTER = re.compile(r"(?i)\b(?:postmaster|mail delivery (?:sub)?system)\b")
_FULL_MAILBOX = {"2"}  # X.2.2 is a full mailbox: RFC 3463 calls it a transient failure


def read_bounce(headers: Headers, parts: list[Part], text: str) -> Bounce | None:
    """What a delivery report says, or None when the mail is none.

    `parts`: the leaves of the mail. A machine-readable report wins over its words. Never raises.
    """
    report = next((part for part in parts if _is_status(part)), None)
    recipients = tuple(_reported(report)) if report else ()
    if not recipients and (report or _may_be_bounce(headers)):
        recipients = bounced_in_text(headers.all("x-failed-recipients"), text)
    if not recipients and report is None:
        return None
    message_id, in_reply_to = _returned(parts, text)
    return Bounce(recipients[:_RECIPIENTS], message_id, in_reply_to)


def is_hard(status: str, action: BounceAction) -> bool:
    """Whether the recipient fails for good."""
    match = _STATUS.search(status)
    if match is None:
        return action is BounceAction.FAILED
    is_full = match[2] in _FULL_MAILBOX and match[3] == "2"
    return match[1] == "5" and not is_full and action is not BounceAction.DELAYED


def _is_status(part: Part) -> bool:
    return part.kind in {"message/delivery-status", "message/global-delivery-status"}


def _may_be_bounce(headers: Headers) -> bool:
    """Whether the mail comes from a mail system rather than from a person's program."""
    sender = headers.first("from")
    return (
        "x-failed-recipients" in headers.names()
        or is_mailer_daemon(sender)
        or (bool(_POSTMASTER.search(sender)) and _has_no_sender(headers))
    )


def _has_no_sender(headers: Headers) -> bool:
    return headers.first("return-path") in {"", "<>"}


def _reported(report: Part) -> Iterator[BouncedRecipient]:
    content, _ = report.content()
    for block in _BLANK_LINES.split(content[:_REPORT_BYTES])[: _RECIPIENTS + 1]:
        fields, _ = split_message(block.strip() + b"\r\n\r\n")
        address = _address(fields.first("original-recipient") or fields.first("final-recipient"))
        if address:
            yield _recipient(address, fields)


def _recipient(address: str, fields: Headers) -> BouncedRecipient:
    word = fields.first("action").partition(" ")[0].lower()
    diagnostic = fields.first("diagnostic-code")
    found = _STATUS.search(fields.first("status")) or _STATUS.search(diagnostic)
    status = found[0] if found else ""
    is_known = word in set(BounceAction)
    action = BounceAction(word) if is_known else _guessed_action(status)
    reason = diagnostic.partition(";")[2].strip() or diagnostic or fields.first("status")
    return BouncedRecipient(
        address, status, action, is_hard(status, action), reason[:_REASON_CHARS]
    )


def _guessed_action(status: str) -> BounceAction:
    actions = {"2": BounceAction.DELIVERED, "4": BounceAction.DELAYED}
    return actions.get(status[:1], BounceAction.FAILED)


def _address(value: str) -> str:
    """The mailbox of `rfc822; ada@example.org`, "" when there is none."""
    kind, semicolon, address = value.partition(";")
    address = (address if semicolon else kind).strip().strip("<>").strip()
    return address if 2 < len(address) <= 320 and " " not in address else ""  # noqa: PLR2004 - RFC 5321


def _returned(parts: list[Part], text: str) -> tuple[str, str]:
    """Message-ID and In-Reply-To of the mail that came back, from its copy or the words."""
    for part in parts:
        if part.kind in {"message/rfc822", "text/rfc822-headers", "message/global-headers"}:
            headers, _ = split_message(part.content()[0])
            if headers.first("message-id"):
                return headers.first("message-id"), headers.first("in-reply-to")
    quoted = text[:_REPORT_BYTES]
    original, answered = _ORIGINAL_ID.search(quoted), _ORIGINAL_REPLY.search(quoted)
    return original[1] if original else "", answered[1] if answered else ""
