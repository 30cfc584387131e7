"""The header block of a mail or of one of its parts.

Apart, because it is cut to size and cleaned before anything looks inside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.inbox.encoded_words import decode_words, header_text
from app.inbox.limits import HEADER_BYTES, HEADER_VALUE_BYTES, Defect, Limit

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_LINE_END = re.compile(rb"\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in order: (lower-case name, raw unfolded value)."""

    fields: tuple[tuple[str, bytes], ...] = ()
    defects: frozenset[Defect] = field(default_factory=frozenset)
    limits: frozenset[Limit] = field(default_factory=frozenset)

    def raw(self, name: str) -> tuple[str, ...]:
        """Each value of `name` (lower case) as text, encoded words unread, unfolded."""
        return tuple(header_text(value) for key, value in self.fields if key == name)

    def all(self, name: str) -> tuple[str, ...]:
        """Each value of `name` (lower case) as one clean decoded line."""
        return tuple(decode_words(value) for value in self.raw(name))

    def first(self, name: str) -> str:
        """The first value of `name` (lower case) as one clean decoded line, "" when absent."""
        for key, value in self.fields:
            if key == name:
                return decode_words(header_text(value))
        return ""

    def names(self) -> frozenset[str]:
        """The lower-case names that occur."""
        return frozenset(key for key, _ in self.fields)


def split_message(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Headers, int]:
    """The headers of `raw[start:end]`, and the index where its body begins. Never raises."""
    end = len(raw) if end is None else end
    blank = raw.startswith((b"\n", b"\r\n"), start, end)
    if blank:
        return Headers(), raw.index(b"\n", start) + 1
    match = _BLANK_LINE.search(raw, start, end)
    block_end, body = (match.start(), match.end()) if match else (end, end)
    return _read_block(raw[start : min(block_end, start + HEADER_BYTES + 1)], start, body)


def _read_block(block: bytes, start: int, body: int) -> tuple[Headers, int]:
    limits: set[Limit] = set()
    if len(block) > HEADER_BYTES:
        limits.add(Limit.HEADER_BYTES)
        block = block[: block.rfind(b"\n", 0, HEADER_BYTES) + 1 or HEADER_BYTES]
    fields: list[tuple[str, bytes]] = []
    defects: set[Defect] = set()
    for offset, name, value in _fields(block):
        if not name:
            defects.add(Defect.HEADERS_END_EARLY)
            body = start + offset
            break
        if len(value) > HEADER_VALUE_BYTES:
            limits.add(Limit.HEADER_VALUE_BYTES)
        fields.append((name, value[:HEADER_VALUE_BYTES].strip()))
    return Headers(tuple(fields), frozenset(defects), frozenset(limits)), body


def _fields(block: bytes) -> Iterator[tuple[int, str, bytes]]:
    """(offset, name, unfolded value) of each field; an empty name where the block breaks off."""
    name, pieces, offset, position = "", [b""], 0, 0
    for line in _LINE_END.split(block):
        here, position = position, position + len(line) + (2 if _crlf(block, position, line) else 1)
        if line[:1] in (b" ", b"\t") and name:
            pieces.append(line)
            continue
        if not line or _is_mailbox_line(line, here):
            continue
        if name:
            yield offset, name, b" ".join(piece.strip(b"\r\n \t") for piece in pieces)
        match = _FIELD.match(line)
        if not match:
            yield here, "", b""
            return
        name, offset, pieces = match[1].decode("ascii").lower(), here, [line[match.end() :]]
    if name:
        yield offset, name, b" ".join(piece.strip(b"\r\n \t") for piece in pieces)


def _crlf(block: bytes, position: int, line: bytes) -> bool:
    return block.startswith(b"\r\n", position + len(line))


def _is_mailbox_line(line: bytes, offset: int) -> bool:
    """Whether this is the `From ` line that mailbox files put before a message."""
    return offset == 0 and line.startswith((b"From ", b">From "))
