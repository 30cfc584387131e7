"""Words such as `=?utf-8?q?caf=C3=A9?=` in headers, to text.

Apart, because senders split characters across words, leave out padding and invent charsets.
Source: RFC 2047, RFC 2231 section 5.
"""

import binascii
import re

from app.inbox.charsets import codec_name, decode
from app.inbox.cleaning import clean_line

_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*+)\?=")
_GARBAGE = re.compile(rb"[^A-Za-z0-9+/=\s]")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode_words(value: str) -> str:
    """`value` with its encoded words read, as one clean line. Never raises."""
    if "=?" not in value:
        return clean_line(value)
    return clean_line("".join(_pieces(value)))


def header_text(raw: bytes) -> str:
    """A header value as text; raw 8-bit bytes are read as UTF-8 or the likeliest charset."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    return decode(raw, "")[0]


def decode_base64(data: bytes) -> tuple[bytes, bool]:
    """The decoded bytes, and whether the text was clean; garbage and missing padding are borne."""
    try:
        return binascii.a2b_base64(data), _GARBAGE.search(data) is None
    except binascii.Error:
        kept = _NOT_BASE64.sub(b"", data)
        kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), False


def _pieces(value: str) -> list[str]:
    """Plain text and decoded words of `value` in order.

    Bytes of neighbours with one charset are joined before decoding: a character may be split.
    """
    pieces: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        charset = match[1].partition("*")[0].lower()
        if between.strip() or charset != pending_charset or end == 0:
            pieces.append(_decoded(pending, pending_charset))
            pieces.append("" if end and not between.strip() else between)
            pending = b""
        pending, pending_charset, end = pending + _bytes_of(match), charset, match.end()
    return [*pieces, _decoded(pending, pending_charset), value[end:]]


def _bytes_of(match: re.Match[str]) -> bytes:
    payload = match[3].encode("utf-8", errors="surrogateescape")
    if match[2] in "bB":
        return decode_base64(payload)[0]
    return binascii.a2b_qp(payload.replace(b" ", b"_"), header=True)


def _decoded(data: bytes, charset: str) -> str:
    # UTF-7 in a header is only ever a disguise.
    return decode(data, "" if codec_name(charset) == "utf-7" else charset)[0]
