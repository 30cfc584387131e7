"""A header with parameters: `text/plain; charset=utf-8`.

Apart, because file names come in four spellings. Source: RFC 2045 section 5.1, RFC 2231.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from app.inbox.charsets import decode
from app.inbox.cleaning import clean_line
from app.inbox.encoded_words import decode_words
from app.inbox.limits import PARAMETERS

_VALUE_CHARS = 8_192
_PARAMETER = re.compile(r';\s*([^=;\s"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^;]*+))')
_QUOTED_PAIR = re.compile(r"\\(.)")
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*)?")


@dataclass(frozen=True, slots=True)
class Parametrised:
    """`value`: lower case, "" when absent. `parameters`: by lower-case name."""

    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def read_parameters(text: str) -> Parametrised:
    """The value and parameters of a header line. Never raises; at most 100 are read."""
    text = text[:_VALUE_CHARS]
    value = text.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _first_matches(text):
        name = match[1].lower()
        content = _QUOTED_PAIR.sub(r"\1", match[2]) if match[2] is not None else match[3].strip()
        continued = _CONTINUED.fullmatch(name)
        if continued:
            number = int(continued[2] or 0)
            is_encoded = bool(continued[3]) or continued[2] is None
            pieces.setdefault(continued[1], []).append((number, is_encoded, content))
            continue
        plain.setdefault(name, decode_words(content))
    return Parametrised(value, plain | {name: _joined(found) for name, found in pieces.items()})


def _first_matches(text: str) -> list[re.Match[str]]:
    return [match for match, _ in zip(_PARAMETER.finditer(text), range(PARAMETERS), strict=False)]


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    """The value of RFC 2231 pieces, in the order of their numbers."""
    charset, data = "", b""
    for number, is_encoded, content in sorted(pieces, key=lambda piece: piece[0]):
        text = content
        if is_encoded and number == 0 and text.count("'") >= 2:  # noqa: PLR2004 - charset'lang'text
            charset, _language, text = text.split("'", 2)
        raw = text.encode("utf-8", errors="surrogateescape")
        data += unquote_to_bytes(raw) if is_encoded else raw
    return clean_line(decode(data, charset)[0])
