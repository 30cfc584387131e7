"""Which parts of a mail are its words, and what they say.

Apart, because a mail carries its text twice, once, or in pieces between files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from app.inbox.charsets import decode
from app.inbox.cleaning import clean_text, has_control_characters
from app.inbox.html_text import html_to_text
from app.inbox.language import guess_language
from app.inbox.limits import HTML_CHARS, Defect, Limit
from app.inbox.mail import Bodies
from app.inbox.markup_pieces import without_hidden_elements
from app.inbox.sanitising import clean_html
from app.inbox.structure import Part
from app.inbox.trimming import trim_reply


@dataclass(frozen=True, slots=True)
class _Piece:
    """One stretch of the mail, in either or both forms."""

    plain: Part | None
    html: Part | None


@dataclass(frozen=True, slots=True)
class BodyReading:
    """The words of a mail, the parts they came from, and what was odd."""

    bodies: Bodies
    parts: tuple[Part, ...]
    defects: frozenset[Defect]
    limits: frozenset[Limit]


def read_bodies(root: Part) -> BodyReading:
    """The text and the clean markup of a mail. Never raises."""
    pieces = list(_pieces(root))
    reader = _Reader()
    read = [(reader.plain(piece.plain), reader.html(piece.html)) for piece in pieces]
    texts = [plain if plain.strip() else html_to_text(html) for plain, html in read]
    text = "\n".join(texts) if len(texts) > 1 else "".join(texts)
    has_html = any(html for _, html in read)
    html = "\n".join(html or _as_markup(plain) for plain, html in read) if has_html else ""
    trimmed = trim_reply(text)
    bodies = Bodies(text, html, trimmed, guess_language(trimmed.visible))
    parts = tuple(part for piece in pieces for part in (piece.plain, piece.html) if part)
    return BodyReading(bodies, parts, frozenset(reader.defects), frozenset(reader.limits))


def leaves(part: Part) -> Iterator[Part]:
    """The parts without children below `part`, in order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def is_words(part: Part) -> bool:
    """Whether a leaf is to be read as the mail's own text rather than kept as a file."""
    if part.kind not in {"text/plain", "text/html"} and not _is_broken_multipart(part):
        return False
    if part.disposition.value == "attachment":
        return False
    return not part.filename or (part.disposition.value == "inline" and part.kind == "text/html")


def _is_broken_multipart(part: Part) -> bool:
    """A multipart whose boundary never occurs: its whole body is the text, as senders meant."""
    return part.kind.startswith("multipart/") and not part.children


def _pieces(part: Part) -> Iterator[_Piece]:
    if part.kind == "multipart/alternative" and part.children:
        yield from _alternative(part)
    elif part.kind == "multipart/related" and part.children:
        yield from _pieces(part.children[0])
    elif part.children:
        for child in part.children:
            yield from _pieces(child)
    elif is_words(part):
        is_html = part.kind == "text/html"
        yield _Piece(None, part) if is_html else _Piece(part, None)


def _alternative(part: Part) -> Iterator[_Piece]:
    """One piece from the forms offered: the first plain text and the last markup."""
    found = [leaf for child in part.children for leaf in leaves(child) if is_words(leaf)]
    plain = next((leaf for leaf in found if leaf.kind != "text/html"), None)
    html = next((leaf for leaf in reversed(found) if leaf.kind == "text/html"), None)
    if plain or html:
        yield _Piece(plain, html)


def _as_markup(plain: str) -> str:
    return (
        "<p>" + escape(plain, quote=False).replace("\n", "<br>") + "</p>" if plain.strip() else ""
    )


class _Reader:
    """Decodes parts and remembers what was odd about them."""

    def __init__(self) -> None:
        self.defects: set[Defect] = set()
        self.limits: set[Limit] = set()

    def plain(self, part: Part | None) -> str:
        return clean_text(self._decoded(part)) if part else ""

    def html(self, part: Part | None) -> str:
        if part is None:
            return ""
        markup = without_hidden_elements(self._decoded(part))
        if len(markup) > HTML_CHARS:
            self.limits.add(Limit.HTML_CHARS)
        return clean_html(markup[:HTML_CHARS])

    def _decoded(self, part: Part) -> str:
        content, encoding_defect = part.content()
        charset = part.content_type.parameters.get("charset", "")
        text, charset_defect = decode(content, charset)
        self.defects |= {d for d in (encoding_defect, charset_defect) if d}
        if has_control_characters(text.removeprefix("\ufeff")):
            self.defects.add(Defect.CONTROL_CHARACTERS)
        return text
