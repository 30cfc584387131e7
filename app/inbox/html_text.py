"""Clean markup to plain text that reads like a mail.

Apart, because mails that carry HTML only must be trimmed, matched and searched as text.
"""

import re
from html import unescape

from app.inbox.markup import BLOCKS

# Clean markup quotes each attribute and escapes each stray bracket.
_PIECE = re.compile(r"<(/?)([a-z0-9]+)((?:[^<>\"]++|\"[^\"]*+\")*+)>|([^<]++)|<")
_HREF = re.compile(r'\bhref="([^"]*)"')
_SCHEME = re.compile(r"(?i)\A(?:https?://|mailto:|tel:)")
_SPACE = re.compile(r"[ \t\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_PARAGRAPHS = frozenset({"p", "ul", "ol", "dl", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = BLOCKS | {"tr"}
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&"))


def html_to_text(markup: str) -> str:
    """The words of markup that `clean_html` returned: quotes begin with `> `, items with `- `.

    A link whose words do not show its address is followed by it. Linear; never raises.
    """
    reader = _Reader()
    for slash, name, rest, text in _PIECE.findall(markup):
        if text:
            reader.text(text)
        elif slash:
            reader.end(name)
        elif name:
            reader.start(name, rest)
    return reader.result()


def _read_escapes(text: str) -> str:
    """`text` with the four escapes that clean markup holds; a general reader is slow on many."""
    for written, character in _ESCAPES:
        text = text.replace(written, character)
    return text


class _Reader:
    """Collects lines; `>` marks are put before each line of a quote."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._preformatted = 0
        self._links: list[tuple[str, int]] = []

    def text(self, escaped: str) -> None:
        words = _read_escapes(escaped)
        if self._preformatted:
            first, *others = words.split("\n")
            self._line.append(first)
            for line in others:
                self._break()
                self._line.append(line)
            return
        words = _SPACE.sub(" ", words)
        if self._line or words != " ":
            self._line.append(words if self._line else words.lstrip())

    def start(self, name: str, rest: str) -> None:
        if name == "br":
            self._break()
        elif name in _LINES:
            self._end_line(is_paragraph=name in _PARAGRAPHS)
        if name == "blockquote":
            self._depth += 1
        elif name == "pre":
            self._preformatted += 1
        elif name == "li":
            self._line.append("- ")
        elif name == "a":
            href = _HREF.search(rest)
            self._links.append((unescape(href[1]) if href else "", len(self._line)))

    def end(self, name: str) -> None:
        if name == "a" and self._links:
            self._end_link(*self._links.pop())
        elif name in {"td", "th"}:
            self._line.append(" ")
        elif name in _LINES:
            self._end_line(is_paragraph=name in _PARAGRAPHS)
        if name == "blockquote":
            self._depth = max(0, self._depth - 1)
        elif name == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def result(self) -> str:
        self._end_line(is_paragraph=False)
        return _BLANK_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def _end_link(self, url: str, begun: int) -> None:
        words = "".join(self._line[begun:]).strip()
        shown = _SCHEME.sub("", url).rstrip("/")
        if url and shown not in words:
            self._line.append(f" <{url}>")

    def _break(self) -> None:
        self._lines.append("> " * min(self._depth, 5) + "".join(self._line).rstrip())
        self._line = []

    def _end_line(self, *, is_paragraph: bool) -> None:
        if "".join(self._line).strip():
            self._break()
        self._line = []
        if is_paragraph and self._lines and self._lines[-1].strip("> "):
            self._lines.append(("> " * min(self._depth, 5)).rstrip())
