"""What an operator typed, as HTML: a little Markdown, and nothing that could load or run."""

import functools
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"}
    | {"h1", "h2", "h3", "h4"}
)
SCHEMES = {"http", "https", "mailto", "tel"}


def markdown_html(text: str) -> Markup:
    """`text` rendered: emphasis, lists, quotes, code, links; line ends as they were typed."""
    rendered = _renderer().render(text)
    clean = nh3.clean(
        rendered,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 - just sanitised


@functools.cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - sixty modules that a start can do without

    return MarkdownIt("commonmark", {"html": False, "breaks": True})
