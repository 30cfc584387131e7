"""Hostile markup to a short, balanced sequence of tags that a sanitiser can afford.

Apart, because the sanitiser's cost grows with the square of the nesting: depth, tag count and
unfinished pieces are dealt with here, in one pass. Every tag is written anew from an allow-list;
nothing of the input's markup is copied.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape, unescape

from app.inbox.cleaning import clean_text

DEPTH = 100
TAGS = 100_000
ATTRIBUTES = 40

VOID = frozenset({"br", "col", "hr", "img", "wbr"})
BLOCKS = frozenset(
    "blockquote center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre "
    "section table ul".split()
)
TABLE_PARTS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col")
INLINE = frozenset(
    "a abbr b bdi bdo big br cite code del dfn em i img ins kbd mark q s samp small span strike "
    "strong sub summary sup tt u var wbr".split()
)
ALLOWED = (BLOCKS | INLINE | frozenset(TABLE_PARTS)) - {"details", "summary"}
_WITH_CONTENT = frozenset(
    "applet embed frameset head iframe math noembed noframes noscript object plaintext script "
    "select style svg template textarea title xmp".split()
)
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

_TAG = re.compile(
    r"<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})(?![^\s/>])"
    r"(?P<rest>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
)
_LOOSE_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})(?P<rest>[^>]*+)>")
_ANY_TAG = re.compile(r"<[!?/a-zA-Z][^>]*+>?")
_ATTRIBUTE = re.compile(
    r"([a-zA-Z][a-zA-Z0-9-]{0,30})(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?"
)

# nh3's cost grows with the square of the `&` in a text, so that escapes travel as characters
# that no text holds and are written out afterwards.
_MARKS = {"&": "\ufdd0", "<": "\ufdd1", ">": "\ufdd2"}
_FROM_MARKS = {"\ufdd0": "&amp;", "\ufdd1": "&lt;", "\ufdd2": "&gt;", "\xa0": "&nbsp;"}
_MARK = re.compile("[\ufdd0-\ufdd2]")

type_of_filter = Callable[[str, str, str], tuple[str, str] | None]


def balanced_markup(markup: str, keep: type_of_filter) -> str:
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

    def __init__(self, keep: type_of_filter) -> None:
        self._keep = keep
        self._open: list[str] = []
        self._count: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._out: list[str] = []

    def balanced(self, markup: str) -> str:
        for text, tag in _pieces(_MARK.sub("", markup)):
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


def _pieces(markup: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Text and the tag that follows it, in order; comments and scripts are left out."""
    position, pattern = 0, _TAG
    for _ in range(TAGS):
        at = markup.find("<", position)
        if at < 0:
            yield markup[position:], None
            return
        tag = pattern.match(markup, at)
        if tag is None and pattern is _TAG and markup[at + 1 : at + 3].strip("/").isalpha():
            # Quotes that never end would be searched for from each tag on: stop believing in them.
            tag = _LOOSE_TAG.match(markup, at)
            pattern = _LOOSE_TAG if tag is not None and tag.end() - at > 2_000 else pattern  # noqa: PLR2004
        if tag is None:
            text, position = _without_tag(markup, position, at)
            yield text, None
            continue
        yield markup[position:at], tag
        position = tag.end()
        if not tag["slash"] and tag["name"].lower() in _WITH_CONTENT:
            position = _after_element(markup, tag["name"].lower(), position)
    yield _ANY_TAG.sub(" ", markup[position:]), None


def _without_tag(markup: str, position: int, at: int) -> tuple[str, int]:
    """The text at a `<` that opens no tag, and where to go on: after a comment, or after it."""
    if markup.startswith("<!--", at):
        end = markup.find("-->", at + 2)
        return markup[position:at], end + 3 if end >= 0 else len(markup)
    if markup[at + 1 : at + 2] in {"!", "?", "/"} or markup[at + 1 : at + 2].isalpha():
        end = markup.find(">", at)
        return markup[position:at], end + 1 if end >= 0 else len(markup)
    return markup[position : at + 1], at + 1


def _after_element(markup: str, name: str, position: int) -> int:
    """Where the content of a script, a style … ends; the end of the text when it never does."""
    match = re.compile(f"</{name}", re.IGNORECASE).search(markup, position)
    if match is None:
        return position if name in {"head", "svg", "math", "template"} else len(markup)
    end = markup.find(">", match.end())
    return end + 1 if end >= 0 else len(markup)
