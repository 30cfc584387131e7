"""A mail's bytes to a value, whatever the bytes are.

Apart, because everything foreign is read here and nowhere else; it runs in a limited child.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.inbox.addresses import Address, AddressReading, read_addresses, read_sender
from app.inbox.attachments import AttachmentReading, read_attachments
from app.inbox.bodies import BodyReading, leaves, read_bodies
from app.inbox.bounces import read_bounce
from app.inbox.headers import Headers
from app.inbox.language import guess_language
from app.inbox.limits import MESSAGE_BYTES, REFERENCES, Defect, Limit
from app.inbox.loops import LOOP_HEADER, automatic, hops
from app.inbox.mail import Bodies, Origin, ParsedMail
from app.inbox.structure import read_structure
from app.inbox.trimming import trim_reply

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_BARE_ID = re.compile(r"[^<>\s@]{1,250}@[^<>\s@]{1,250}")
_AUTHENTICATION_RESULTS = 20
_SUBJECT_CHARS = 2_000
_DATE_CHARS = 100
_ONCE = ("date", "from", "subject", "message-id", "to", "in-reply-to", "content-type")


def parse_mail(raw: bytes) -> ParsedMail:
    """All that can be read from `raw`. Never raises for any bytes; reads 10 240 000 of them.

    Source: RFC 5322, RFC 2045-2047, RFC 2231, RFC 3464; limits in `limits.py`.
    """
    reading = _Reading()
    if len(raw) > MESSAGE_BYTES:
        reading.limits.add(Limit.MESSAGE_BYTES)
        raw = raw[:MESSAGE_BYTES]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    structure = read_structure(raw)
    root = structure.root
    words = read_bodies(root)
    files = read_attachments(root, words.parts)
    for part in (structure, words, files):
        reading.defects |= part.defects
        reading.limits |= part.limits
    bodies = _with_tnef(words, files)
    return replace(
        reading.headers(root.headers),
        bodies=bodies,
        attachments=files.attachments,
        automatic=automatic(root.headers),
        bounce=read_bounce(root.headers, list(leaves(root)), bodies.text),
        calendar=files.events,
        origin=_origin(root.headers),
        defects=tuple(sorted(reading.defects)),
        limits_hit=tuple(sorted(reading.limits)),
    )


class _Reading:
    """Collects what was odd while the headers of one mail are read."""

    def __init__(self) -> None:
        self.defects: set[Defect] = set()
        self.limits: set[Limit] = set()

    def headers(self, headers: Headers) -> ParsedMail:
        """A mail with the fields that come from headers."""
        sender = self._sender(headers)
        first = sender.addresses[0] if sender.addresses else Address("", "")
        names = [name for name, _ in headers.fields]
        if any(names.count(name) > 1 for name in _ONCE):
            self.defects.add(Defect.DUPLICATE_HEADER)
        return ParsedMail(
            from_email=first.address,
            from_name=first.name,
            sender_ambiguous=sender.ambiguous or not sender.addresses,
            to=self._addresses(headers, "to"),
            cc=self._addresses(headers, "cc"),
            reply_to=self._addresses(headers, "reply-to"),
            subject=headers.first("subject")[:_SUBJECT_CHARS],
            sent_at=self._sent_at(headers),
            message_id=self._message_id(headers),
            in_reply_to=next(iter(_identifiers(headers.first("in-reply-to"))), ""),
            references=self._references(headers),
        )

    def _sender(self, headers: Headers) -> AddressReading:
        values = headers.raw("from")
        if not values:
            self.defects.add(Defect.NO_FROM)
        if len(values) > 1:
            self.defects.add(Defect.TWO_FROM)
        return read_sender(values)

    def _addresses(self, headers: Headers, name: str) -> tuple[Address, ...]:
        reading = read_addresses(", ".join(headers.raw(name)[:10]))
        if reading.was_cut:
            self.limits.add(Limit.ADDRESSES_PER_HEADER)
        return reading.addresses

    def _sent_at(self, headers: Headers) -> datetime | None:
        written = headers.first("date")
        if not written:
            self.defects.add(Defect.NO_DATE)
            return None
        sent_at = _instant(written[:_DATE_CHARS])
        if sent_at is None:
            self.defects.add(Defect.BAD_DATE)
        return sent_at

    def _message_id(self, headers: Headers) -> str:
        written = headers.first("message-id")
        found = _identifiers(written)
        if not written:
            self.defects.add(Defect.NO_MESSAGE_ID)
        elif not found:
            self.defects.add(Defect.BAD_MESSAGE_ID)
        return found[0] if found else ""

    def _references(self, headers: Headers) -> tuple[str, ...]:
        found = _identifiers(" ".join(headers.raw("references")))
        if len(found) > REFERENCES:
            self.limits.add(Limit.REFERENCES)
        # The newest stand last and matter most; the first names the thread.
        return tuple(found if len(found) <= REFERENCES else [found[0], *found[1 - REFERENCES :]])


def _identifiers(text: str) -> list[str]:
    """Message identifiers with their brackets; a bare one gets them."""
    found = _MESSAGE_ID.findall(text)
    return found or [f"<{bare}>" for bare in _BARE_ID.findall(text)[:1]]


def _instant(written: str) -> datetime | None:
    try:
        sent_at = parsedate_to_datetime(written)
        aware = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None


def _with_tnef(words: BodyReading, files: AttachmentReading) -> Bodies:
    """The mail's own words, or those inside its `winmail.dat` when it has none."""
    if words.bodies.text.strip() or not files.tnef_text.strip():
        return words.bodies
    trimmed = trim_reply(files.tnef_text)
    return Bodies(files.tnef_text, "", trimmed, guess_language(trimmed.visible))


def _origin(headers: Headers) -> Origin:
    return Origin(
        auto_submitted=headers.first("auto-submitted"),
        loop_ids=headers.all(LOOP_HEADER)[:_AUTHENTICATION_RESULTS],
        authentication_results=headers.all("authentication-results")[:_AUTHENTICATION_RESULTS],
        hops=hops(headers),
    )
