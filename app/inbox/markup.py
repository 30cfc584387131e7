"""Hostile markup to a short, balanced sequence of tags that a sanitiser can afford.

Apart, because the sanitiser's cost grows with the square of the nesting: depth, tag count and
unfinished pieces are dealt with here, in one pass. Every tag is written anew from an allow-list;
nothing of the input's markup is copied.
"""

import re
from collections import Counter
from collections.abc import Callable
from html import escape, unescape

from app.inbox.cleaning import clean_text
from app.inbox.markup_pieces import markup_pieces

DEPTH = 100
ATTRIBUTES = 40

VOID = frozenset({"br", "col", "hr", "img", "wbr"})
BLOCKS = frozenset(
    [
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
TABLE_PARTS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col")
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "br",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
ALLOWED = (BLOCKS | INLINE | frozenset(TABLE_PARTS)) - {"details", "summary"}
_TABLE_PARENTS = {
    "tbody": ("table",),
    "thead": ("table",),
    "tfoot": ("table",),
    "caption": ("table",),
    "colgroup": ("table",),
    "col": ("colgroup", "table"),
    "tr": ("tbody", "thead", "tfoot", "table"),
    "td": ("tr",),
    "th": ("tr",),
}
# A start tag ends these elements when they are open, as a browser would.
_ENDS = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt"), "a": ("a",)}
_CELLS = frozenset({"td", "th", "caption"})

_ATTRIBUTE = re.compile(
    r"([a-zA-Z][a-zA-Z0-9-]{0,30})(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?"
)

# nh3's cost grows with the square of the `&` in a text, so that escapes travel as characters
# that no text holds and are written out afterwards.
_MARKS = {"&": "\ufdd0", "<": "\ufdd1", ">": "\ufdd2"}
_FROM_MARKS = {"\ufdd0": "&amp;", "\ufdd1": "&lt;", "\ufdd2": "&gt;", "\xa0": "&nbsp;"}
_MARK = re.compile("[\ufdd0-\ufdd2]")

AttributeFilter = Callable[[str, str, str], tuple[str, str] | None]


def balanced_markup(markup: str, keep: AttributeFilter) -> str:
    """`markup` with allowed tags only, balanced, at most 100 deep and 100 000 tags long.

    Escapes in its text are stand-ins until `with_escapes` is called.
    `keep(tag, attribute, value)` gives the attribute to write, or None. Linear in the length.
    """
    return _Balancer(keep).balanced(markup)


def with_escapes(markup: str) -> str:
    """`markup` with the stand-ins that `balanced_markup` left written as HTML escapes."""
    for mark, written in _FROM_MARKS.items():
        markup = markup.replace(mark, written)
    return markup


class _Balancer:
    """Holds the open elements while it walks one text."""

    def __init__(self, keep: AttributeFilter) -> None:
        self._keep = keep
        self._open: list[str] = []
        self._count: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._out: list[str] = []

    def balanced(self, markup: str) -> str:
        for text, tag in markup_pieces(_MARK.sub("", markup)):
            if text:
                self._write_text(text)
            if tag is None:
                continue
            name = tag["name"].lower()
            if name not in ALLOWED:
                continue
            if tag["slash"]:
                self._end(name)
            else:
                self._start(name, tag["rest"])
        self._close_to(0)
        return "".join(self._out)

    def _write_text(self, text: str) -> None:
        if self._open and self._open[-1] in _TABLE_PARENTS and self._open[-1] not in _CELLS:
            self._write_between_cells(text)
            return
        if self._open and self._open[-1] == "table":
            self._write_between_cells(text)
            return
        self._out.append(_marked(text))

    def _write_between_cells(self, text: str) -> None:
        """Text in a table but in no cell: white space is dropped, words get a cell of their own."""
        if text.strip():
            self._start("td", "")
            if self._open and self._open[-1] == "td":
                self._out.append(_marked(text))

    def _start(self, name: str, rest: str) -> None:
        if name in _TABLE_PARENTS:
            if not self._make_room_in_table(name):
                return
        elif self._open and self._open[-1] in TABLE_PARTS and self._open[-1] not in _CELLS:
            self._start("td", "")
        self._end_implied(name)
        if name in VOID:
            self._out.append(f"<{name}{self._attributes(name, rest)}>")
            return
        if len(self._open) >= DEPTH:
            self._dropped[name] += 1
            return
        self._out.append(f"<{name}{self._attributes(name, rest)}>")
        self._open.append(name)
        self._count[name] += 1

    def _make_room_in_table(self, name: str) -> bool:
        """Close what a row or cell would end; open the rows between. False: in no table."""
        if not self._count["table"]:
            return False
        table = len(self._open) - 1 - self._open[::-1].index("table")
        parents = _TABLE_PARENTS[name]
        for index in range(len(self._open) - 1, table - 1, -1):
            if self._open[index] in parents:
                self._close_to(index + 1)
                break
        else:
            self._close_to(table + 1)
        if self._open[-1] not in parents or (name == "tr" and self._open[-1] == "table"):
            self._start("tr" if name in {"td", "th"} else "tbody", "")
        return bool(self._open) and (self._open[-1] in parents)

    def _end_implied(self, name: str) -> None:
        if name in BLOCKS:
            self._close_nearest(("p",), within=frozenset(TABLE_PARTS))
        if name in _ENDS:
            within = frozenset(TABLE_PARTS) | ({"ul", "ol", "dl"} if name != "a" else frozenset())
            self._close_nearest(_ENDS[name], within=within)
        if name in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self._close_nearest(("h1", "h2", "h3", "h4", "h5", "h6"), within=BLOCKS - {name})

    def _close_nearest(self, names: tuple[str, ...], *, within: frozenset[str]) -> None:
        """Close the innermost of `names` that is open, looking no further out than `within`."""
        if not any(self._count[name] for name in names):
            return
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] in names:
                self._close_to(index)
                return
            if self._open[index] in within:
                return

    def _end(self, name: str) -> None:
        if self._dropped[name]:
            self._dropped[name] -= 1
            return
        if not self._count[name]:
            return
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == name:
                self._close_to(index)
                return
            if self._open[index] in _CELLS and name not in TABLE_PARTS:
                return

    def _close_to(self, length: int) -> None:
        while len(self._open) > length:
            name = self._open.pop()
            self._count[name] -= 1
            self._out.append(f"</{name}>")

    def _attributes(self, tag: str, rest: str) -> str:
        if "=" not in rest:
            return ""
        kept: dict[str, str] = {}
        for match, _ in zip(_ATTRIBUTE.finditer(rest), range(ATTRIBUTES), strict=False):
            value = match[2] or match[3] or match[4] or ""
            pair = self._keep(tag, match[1].lower(), unescape(value))
            if pair is not None:
                kept.setdefault(*pair)
        return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _marked(text: str) -> str:
    """`text` with its escapes read, and stand-ins for the characters that must be escaped."""
    read = _MARK.sub("", clean_text(unescape(text) if "&" in text else text))
    for character, mark in _MARKS.items():
        read = read.replace(character, mark)
    return read
