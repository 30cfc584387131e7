"""A mail as a tree of MIME parts, cut out of the raw bytes.

Apart and our own, because the standard parser recurses and its cost grows with the square of
hostile input; here each nesting level is one search for its boundary. Source: RFC 2046 section 5.
"""

import binascii
import re
from dataclasses import dataclass, field

from app.inbox.encoded_words import decode_base64
from app.inbox.headers import Headers, split_message
from app.inbox.limits import BOUNDARY_CHARS, MIME_DEPTH, PARTS, Defect, Limit
from app.inbox.parameters import Parametrised, read_parameters

_CANDIDATES = 200_000  # lines that look like a delimiter, over all levels
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_SNIFFED_BOUNDARY = re.compile(rb"\A\s{0,100}--([!-~]{1,200})[ \t]*\r?\n")
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")
_UU_BEGIN = re.compile(rb"begin [0-7]{3,4} [^\n]*\n")


@dataclass(frozen=True, slots=True)
class Part:
    """One node; `raw[start:end]` is its body as sent."""

    headers: Headers
    content_type: Parametrised
    disposition: Parametrised
    raw: bytes = field(repr=False)
    start: int
    end: int
    children: tuple["Part", ...] = ()

    @property
    def kind(self) -> str:
        """The media type, lower case: `text/plain`."""
        return self.content_type.value

    @property
    def filename(self) -> str:
        """The name of the file, "" when it has none."""
        names = (self.disposition.parameters, "filename"), (self.content_type.parameters, "name")
        return next((found[key] for found, key in names if found.get(key)), "")

    def content(self) -> tuple[bytes, Defect | None]:
        """The decoded body; what was wrong with its encoding. Never raises."""
        return _decoded(self.raw[self.start : self.end], self.headers)


@dataclass(frozen=True, slots=True)
class Structure:
    """The tree of a mail and what was odd or cut off."""

    root: Part
    defects: frozenset[Defect]
    limits: frozenset[Limit]


def read_structure(raw: bytes) -> Structure:
    """The parts of `raw`. Never raises; at most 30 deep and 1 000 parts."""
    splitter = _Splitter(raw)
    root = splitter.part(0, len(raw), depth=1, default="text/plain")
    return Structure(root, frozenset(splitter.defects), frozenset(splitter.limits))


class _Splitter:
    """Counts what it has seen while it descends; one for each mail."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._count = 0
        self._candidates = 0
        self.defects: set[Defect] = set()
        self.limits: set[Limit] = set()

    def part(self, start: int, end: int, *, depth: int, default: str) -> Part:
        self._count += 1
        headers, body = split_message(self._raw, start, end)
        self.limits |= headers.limits
        self.defects |= headers.defects
        content_type = _content_type(headers, default)
        disposition = read_parameters(next(iter(headers.raw("content-disposition")), ""))
        part = Part(headers, content_type, disposition, self._raw, body, end)
        if not content_type.value.startswith("multipart/"):
            return part
        if depth >= MIME_DEPTH:
            self.limits.add(Limit.MIME_DEPTH)
            return part
        boundary = self._boundary(content_type, body, end)
        children = self._children(boundary, part, depth) if boundary else ()
        return Part(headers, content_type, disposition, self._raw, body, end, children)

    def _boundary(self, content_type: Parametrised, start: int, end: int) -> bytes:
        boundary = content_type.parameters.get("boundary", "")
        if len(boundary) > BOUNDARY_CHARS:
            self.limits.add(Limit.BOUNDARY_CHARS)
            return b""
        if boundary:
            return boundary.encode("utf-8", errors="surrogateescape")
        self.defects.add(Defect.NO_BOUNDARY)
        sniffed = _SNIFFED_BOUNDARY.match(self._raw[start : min(end, start + 1_024)])
        return sniffed[1] if sniffed else b""

    def _children(self, boundary: bytes, parent: Part, depth: int) -> tuple[Part, ...]:
        default = "message/rfc822" if parent.kind == "multipart/digest" else "text/plain"
        children = []
        for start, end in self._spans(boundary, parent.start, parent.end):
            if self._count >= PARTS:
                self.limits.add(Limit.PARTS)
                break
            children.append(self.part(start, end, depth=depth + 1, default=default))
        if not children:
            self.defects.add(Defect.BOUNDARY_NOT_FOUND)
        return tuple(children)

    def _spans(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Where each part between two delimiters begins and ends, at most 1 001 of them."""
        spans: list[tuple[int, int]] = []
        begun, search, delimiter = -1, max(0, start - 1), b"\n--" + boundary
        while len(spans) <= PARTS and self._candidates < _CANDIDATES:
            at = self._raw.find(delimiter, search, end)
            if at < 0:
                break
            self._candidates += 1
            search = at + len(delimiter)
            tail = _DELIMITER_END.match(self._raw, search, end)
            if tail is None:
                continue
            if begun >= 0:
                spans.append((begun, max(begun, _before_line_end(self._raw, at + 1))))
            if tail[1]:
                return spans
            begun = tail.end()
            search = begun - 1
        if begun >= 0 and len(spans) <= PARTS:
            self.defects.add(Defect.TRUNCATED_MULTIPART)
            spans.append((begun, end))
        return spans


def _before_line_end(raw: bytes, at: int) -> int:
    """`at` less the line end before it, which belongs to the delimiter."""
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if raw[at - 1 : at] in {b"\n", b"\r"} else at


def _content_type(headers: Headers, default: str) -> Parametrised:
    read = read_parameters(next(iter(headers.raw("content-type")), ""))
    if read.value.count("/") == 1 and not read.value.startswith("/"):
        return read
    return Parametrised(read.value if read.value.count("/") == 1 else default, read.parameters)


def _decoded(body: bytes, headers: Headers) -> tuple[bytes, Defect | None]:
    encoding = headers.first("content-transfer-encoding").lower().strip("\"' ;")
    if encoding in _IDENTITY:
        return body, None
    if encoding == "base64":
        content, is_clean = decode_base64(body)
        return content, None if is_clean else Defect.BAD_BASE64
    if encoding in {"quoted-printable", "quoted_printable"}:
        return binascii.a2b_qp(body), None
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uudecoded(body), None
    return body, Defect.UNKNOWN_ENCODING


def _uudecoded(body: bytes) -> bytes:
    begin = _UU_BEGIN.search(body)
    lines = body[begin.end() if begin else 0 :].splitlines()
    pieces = []
    for line in lines:
        if line.strip() == b"end":
            break
        try:
            pieces.append(binascii.a2b_uu(line[:62]))
        except binascii.Error:
            continue
    return b"".join(pieces)
