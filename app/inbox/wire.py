"""A parsed mail as bytes and back: the way out of the parsing child, and what is printed.

Apart, because it is a format of its own: a length, JSON, then the files as they are. Never pickle:
what comes from a child that read hostile bytes is data.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.inbox.addresses import Address
from app.inbox.limits import Defect, Limit
from app.inbox.mail import (
    Attachment,
    AutomaticReason,
    Bodies,
    Bounce,
    BounceAction,
    BouncedRecipient,
    CalendarEvent,
    Origin,
    ParsedMail,
    Trimmed,
)
from app.inbox.parsing import parse_mail

_LENGTH_BYTES = 8


def parsed_as_wire(raw: bytes) -> bytes:
    """`parse_mail` from bytes to bytes, for the child."""
    return to_wire(parse_mail(raw))


def to_wire(mail: ParsedMail) -> bytes:
    """`mail` with its files as bytes."""
    head = to_json(mail) | {
        "trim_confidence": mail.bodies.trimmed.confidence,
        "language": mail.bodies.language,
        "bounce_of": [mail.bounce.message_id, mail.bounce.in_reply_to] if mail.bounce else None,
        "origin": _origin_json(mail.origin),
    }
    written = json.dumps(head, ensure_ascii=False).encode()
    files = [attachment.content for attachment in mail.attachments]
    return b"".join([len(written).to_bytes(_LENGTH_BYTES, "big"), written, *files])


def from_wire(data: bytes) -> ParsedMail:
    """The mail that `to_wire` wrote. Raises ValueError for anything else."""
    length = int.from_bytes(data[:_LENGTH_BYTES], "big")
    start = _LENGTH_BYTES + length
    try:
        head = json.loads(data[_LENGTH_BYTES:start])
        return _mail(head, data, start)
    except (KeyError, TypeError) as malformed:
        raise ValueError("The child's answer is malformed.") from malformed


def to_json(mail: ParsedMail) -> dict[str, Any]:
    """The object that `inspect-mail` prints; without the files' content."""
    return {
        "from_email": mail.from_email or None,
        "from_name": mail.from_name,
        "sender_ambiguous": mail.sender_ambiguous,
        "to": addresses_json(mail.to),
        "cc": addresses_json(mail.cc),
        "reply_to": addresses_json(mail.reply_to),
        "subject": mail.subject,
        "date_utc": mail.sent_at.isoformat() if mail.sent_at else None,
        "message_id": mail.message_id or None,
        "in_reply_to": mail.in_reply_to or None,
        "references": list(mail.references),
        "text": mail.bodies.text,
        "html_clean": mail.bodies.html_clean,
        "visible_text": mail.visible_text,
        "quoted_text": mail.quoted_text,
        "attachments": [_attachment_json(attachment) for attachment in mail.attachments],
        "automatic": mail.automatic,
        "bounce": [_recipient_json(each) for each in mail.bounce.recipients]
        if mail.bounce
        else None,
        "calendar": [_event_json(event) for event in mail.calendar] or None,
        "defects": list(mail.defects),
        "limits_hit": list(mail.limits_hit),
    }


def addresses_json(addresses: tuple[Address, ...]) -> list[dict[str, str]]:
    """Mailboxes as `{name, address}`."""
    return [{"name": each.name, "address": each.address} for each in addresses]


def _attachment_json(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "sha256": file.sha256,
        "inline": file.inline,
        "content_id": file.content_id or None,
    }


def _recipient_json(recipient: BouncedRecipient) -> dict[str, Any]:
    return {
        "address": recipient.address,
        "status": recipient.status,
        "action": recipient.action,
        "hard": recipient.hard,
        "reason": recipient.reason,
    }


def _event_json(event: CalendarEvent) -> dict[str, str]:
    return {
        "method": event.method,
        "uid": event.uid,
        "summary": event.summary,
        "location": event.location,
        "organizer": event.organizer,
        "starts": event.starts,
        "ends": event.ends,
        "status": event.status,
    }


def _origin_json(origin: Origin) -> dict[str, Any]:
    return {
        "auto_submitted": origin.auto_submitted,
        "loop_ids": list(origin.loop_ids),
        "authentication_results": list(origin.authentication_results),
        "hops": origin.hops,
    }


def _mail(head: Mapping[str, Any], data: bytes, start: int) -> ParsedMail:
    return ParsedMail(
        from_email=head["from_email"] or "",
        from_name=head["from_name"],
        sender_ambiguous=head["sender_ambiguous"],
        to=_addresses(head["to"]),
        cc=_addresses(head["cc"]),
        reply_to=_addresses(head["reply_to"]),
        subject=head["subject"],
        sent_at=datetime.fromisoformat(head["date_utc"]) if head["date_utc"] else None,
        message_id=head["message_id"] or "",
        in_reply_to=head["in_reply_to"] or "",
        references=tuple(head["references"]),
        bodies=_bodies(head),
        attachments=_attachments(head["attachments"], data, start),
        automatic=AutomaticReason(head["automatic"]) if head["automatic"] else None,
        bounce=_bounce(head),
        calendar=tuple(CalendarEvent(**event) for event in head["calendar"] or ()),
        origin=_origin(head["origin"]),
        defects=tuple(Defect(each) for each in head["defects"]),
        limits_hit=tuple(Limit(each) for each in head["limits_hit"]),
    )


def _addresses(found: list[dict[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(each["name"], each["address"]) for each in found)


def _bodies(head: Mapping[str, Any]) -> Bodies:
    trimmed = Trimmed(head["visible_text"], head["quoted_text"], head["trim_confidence"])
    return Bodies(head["text"], head["html_clean"], trimmed, head["language"])


def _attachments(found: list[dict[str, Any]], data: bytes, start: int) -> tuple[Attachment, ...]:
    attachments = []
    for each in found:
        content = data[start : start + each["size"]]
        start += each["size"]
        values = each | {"content_id": each["content_id"] or "", "content": content}
        attachments.append(Attachment(**values))
    return tuple(attachments)


def _bounce(head: Mapping[str, Any]) -> Bounce | None:
    if head["bounce"] is None:
        return None
    recipients = tuple(
        BouncedRecipient(**(each | {"action": BounceAction(each["action"])}))
        for each in head["bounce"]
    )
    message_id, in_reply_to = head["bounce_of"]
    return Bounce(recipients, message_id, in_reply_to)


def _origin(found: Mapping[str, Any]) -> Origin:
    return Origin(
        found["auto_submitted"],
        tuple(found["loop_ids"]),
        tuple(found["authentication_results"]),
        found["hops"],
    )
