"""Markup in pieces: text, tags, and what between them is no text at all.

Apart, because this is where hostile input is expensive: every search here goes forward only.
Source: WHATWG HTML standard, tokenisation, as far as mail needs it.
"""

import re
from collections.abc import Iterator

TAGS = 100_000

_WITH_CONTENT = frozenset(
    [
        "applet",
        "embed",
        "frameset",
        "head",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "xmp",
    ]
)
_TAG = re.compile(
    r"<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})(?![^\s/>])"
    r"(?P<rest>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
)
_LOOSE_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})(?P<rest>[^>]*+)>")
_ANY_TAG = re.compile(r"<[!?/a-zA-Z][^>]*+>?")
_HIDDEN = re.compile(r"<(?:(style|script)\b|!--)", re.IGNORECASE)


def markup_pieces(markup: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Text and the tag that follows it, in order; comments and scripts are left out."""
    position, pattern = 0, _TAG
    unclosed: set[str] = set()
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
        name = tag["name"].lower()
        if not tag["slash"] and name in _WITH_CONTENT and name not in unclosed:
            position = _after_element(markup, name, position)
            if position == tag.end():
                unclosed.add(name)  # not to be searched for again
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
        return position if name in {"svg", "math", "template"} else len(markup)
    end = markup.find(">", match.end())
    return end + 1 if end >= 0 else len(markup)


def without_hidden_elements(markup: str) -> str:
    """`markup` without comments, styles and scripts, which word processors send by the megabyte."""
    kept: list[str] = []
    position = 0
    while match := _HIDDEN.search(markup, position):
        kept.append(markup[position : match.start()])
        if match[1]:
            position = _after_element(markup, match[1].lower(), match.end())
        else:
            _, position = _without_tag(markup, match.start(), match.start())
    kept.append(markup[position:])
    return "".join(kept)
