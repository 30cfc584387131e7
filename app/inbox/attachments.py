"""The files of a mail, kept as they came; archives are never opened.

Apart, because names, types and sizes from outside are only ever data.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.inbox.bodies import leaves
from app.inbox.calendars import read_calendar
from app.inbox.cleaning import clean_line
from app.inbox.limits import ATTACHMENTS, Defect, Limit
from app.inbox.mail import Attachment, CalendarEvent
from app.inbox.structure import Part
from app.inbox.tnef import read_tnef

_NAME_CHARS = 200
_TYPE = re.compile(r"[a-z0-9.+-]{1,100}/[a-z0-9.+_-]{1,100}")
_PATH = re.compile(r"[/\\:]")
_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
}
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(frozen=True, slots=True)
class AttachmentReading:
    """Files, invitations, text found in a TNEF file, and what was odd."""

    attachments: tuple[Attachment, ...]
    events: tuple[CalendarEvent, ...]
    tnef_text: str
    defects: frozenset[Defect]
    limits: frozenset[Limit]


def read_attachments(root: Part, words: Iterable[Part]) -> AttachmentReading:
    """Every leaf that is none of `words`, at most 200. Never raises."""
    read_as_words = {id(part) for part in words}
    files = [part for part in leaves(root) if id(part) not in read_as_words and not _is_empty(part)]
    defects: set[Defect] = set()
    limits = {Limit.ATTACHMENTS} if len(files) > ATTACHMENTS else set()
    attachments: list[Attachment] = []
    events: list[CalendarEvent] = []
    tnef_text = ""
    for number, part in enumerate(files[:ATTACHMENTS], start=1):
        content, defect = part.content()
        defects |= {defect} if defect else set()
        attachments.append(_attachment(part, content, number))
        if part.kind == "text/calendar":
            found = read_calendar(content)
            events.extend(found or ())
            defects |= {Defect.BAD_CALENDAR} if found is None else set()
        if _is_tnef(part):
            tnef_text, unpacked, is_sound = _unpacked(content, number)
            attachments.extend(unpacked)
            defects |= set() if is_sound else {Defect.BAD_TNEF}
    kept = tuple(attachments[:ATTACHMENTS])
    return AttachmentReading(kept, tuple(events), tnef_text, frozenset(defects), frozenset(limits))


def file_name(name: str, kind: str, *, number: int) -> str:
    """A name that is only a name: no path, no control characters, at most 200 characters."""
    cleaned = clean_line(_PATH.split(clean_line(name))[-1]).strip(". ")
    if not cleaned:
        return f"attachment-{number}{_EXTENSIONS.get(kind, '.bin')}"
    if len(cleaned) <= _NAME_CHARS:
        return cleaned
    stem, dot, extension = cleaned.rpartition(".")
    is_usual = dot and len(extension) <= 10  # noqa: PLR2004 - longer is part of a sentence
    return f"{stem[: _NAME_CHARS - 11]}.{extension}" if is_usual else cleaned[:_NAME_CHARS]


def _is_empty(part: Part) -> bool:
    """Text without words between two files is no file."""
    if part.filename or part.disposition.value == "attachment" or not part.kind.startswith("text/"):
        return part.kind.startswith("multipart/") and part.start >= part.end
    return not part.raw[part.start : part.end].strip()


def _is_tnef(part: Part) -> bool:
    return part.kind in _TNEF or part.filename.lower() == "winmail.dat"


def _attachment(part: Part, content: bytes, number: int) -> Attachment:
    kind = part.kind if _TYPE.fullmatch(part.kind) else "application/octet-stream"
    content_id = part.headers.first("content-id").strip("<> ")
    is_inline = part.disposition.value == "inline" or bool(
        content_id and part.disposition.value != "attachment"
    )
    return Attachment(
        name=file_name(part.filename, kind, number=number),
        type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        inline=is_inline,
        content_id=content_id,
        content=content,
    )


def _unpacked(content: bytes, number: int) -> tuple[str, Iterator[Attachment], bool]:
    """The text and files within a `winmail.dat`, and whether it could be read."""
    read = read_tnef(content)
    if read is None:
        return "", iter(()), False
    files = (
        Attachment(
            name=file_name(name, "", number=number),
            type="application/octet-stream",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            inline=False,
            content_id="",
            content=data,
        )
        for name, data in read.files
    )
    return read.text, files, True
