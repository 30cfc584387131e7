"""Markup from outside to markup that may be shown: no script, no style, nothing that loads.

Apart, because two independent layers must agree: our own rewriting (`markup.py`) and nh3.
"""

import re
from html import escape

import nh3

from app.inbox.cleaning import clean_text
from app.inbox.html_text import html_to_text
from app.inbox.markup import ALLOWED, balanced_markup, with_escapes

REMOTE_IMAGE = "data-remote-src"
INLINE_IMAGE = "data-content-id"

_URL_CHARS = 8_192
_WEB = re.compile(r"(?i)https?://[^\s/?#\\@]+(?:[/?#]\S*)?")
_OTHER = re.compile(r"(?i)(?:mailto|tel):[^\s<>\"]+")
_STRIPPED = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_NUMBER = re.compile(r"\d{1,4}%?")
_CONTENT_ID = re.compile(r"[^\s<>\"']{1,300}")
_WORD = re.compile(r"[\w-]{1,35}")
_TEXT_CHARS = 500
_PASSES = 3
_SETTLED_CHARS = 200_000  # above this a second look costs more than it finds

_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "bdo": frozenset({"dir"}),
    "img": frozenset({"src", "alt", "title", "width", "height", REMOTE_IMAGE, INLINE_IMAGE}),
    "ol": frozenset({"start"}),
    "table": frozenset({"width", "border", "cellpadding", "cellspacing"}),
    "td": frozenset({"colspan", "rowspan", "align", "valign", "width"}),
    "th": frozenset({"colspan", "rowspan", "align", "valign", "width"}),
}
_ANYWHERE = frozenset({"dir", "lang"})
_RULES = {
    "align": _WORD,
    "valign": _WORD,
    "dir": _WORD,
    "lang": _WORD,
    "colspan": _NUMBER,
    "rowspan": _NUMBER,
    "start": _NUMBER,
    "width": _NUMBER,
    "height": _NUMBER,
    "border": _NUMBER,
    "cellpadding": _NUMBER,
    "cellspacing": _NUMBER,
}


def clean_html(markup: str) -> str:
    """Safe markup of the same meaning; cleaning it again changes nothing.

    Links are absolute http, https, mailto or tel. No image loads: a remote one keeps its address
    in `data-remote-src`, one from the mail its content id in `data-content-id`. Never raises;
    linear in the length of `markup`.
    """
    cleaned = _cleaned_once(clean_text(markup))
    if len(cleaned) > _SETTLED_CHARS:
        return cleaned
    for _ in range(_PASSES):
        again = _cleaned_once(cleaned)
        if again == cleaned:
            return cleaned
        cleaned = again
    return escape(html_to_text(cleaned), quote=False)


def safe_link(url: str) -> str:
    """`url` without white space and control characters, or "" unless it may be followed."""
    stripped = _STRIPPED.sub("", url[:_URL_CHARS])
    is_safe = _WEB.fullmatch(stripped) or _OTHER.fullmatch(stripped)
    return stripped if is_safe else ""


def _cleaned_once(markup: str) -> str:
    cleaned = nh3.clean(
        balanced_markup(markup, _kept_attribute),
        tags=set(ALLOWED),
        attributes={tag: set(names | _ANYWHERE) for tag, names in _ATTRIBUTES.items()}
        | {"*": set(_ANYWHERE)},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return with_escapes(cleaned)


def _kept_attribute(tag: str, name: str, value: str) -> tuple[str, str] | None:
    """The attribute to write in place of `name`, or None."""
    if name not in _ATTRIBUTES.get(tag, _ANYWHERE) | _ANYWHERE:
        return None
    if name == "href":
        url = safe_link(value)
        return ("href", url) if url else None
    if name in {"src", REMOTE_IMAGE, INLINE_IMAGE}:
        return _image_source(name, value)
    if name in _RULES:
        return (name, value) if _RULES[name].fullmatch(value) else None
    return name, " ".join(clean_text(value).split())[:_TEXT_CHARS]


def _image_source(name: str, value: str) -> tuple[str, str] | None:
    if name == INLINE_IMAGE or value[:4].lower() == "cid:":
        content_id = value.removeprefix("cid:").removeprefix("CID:").strip()
        is_sound = _CONTENT_ID.fullmatch(content_id) and content_id.isprintable()
        return (INLINE_IMAGE, content_id) if is_sound else None
    url = safe_link(value)
    return (REMOTE_IMAGE, url) if url.lower().startswith("http") else None
