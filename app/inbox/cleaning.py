"""Text that PostgreSQL, JSON and a header line can all hold.

Apart, because every word of a mail passes here exactly once, at the edge.
"""

import re

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Embeddings, overrides and isolates turn "gpj.exe" into "exe.jpg" on screen.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"[\r\n\t\u2028\u2029\x0b\x0c\x85 ]+")


def clean_text(text: str) -> str:
    """`text` with LF line ends, without control characters; a lone surrogate becomes U+FFFD."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def clean_line(text: str) -> str:
    """`text` on one line: each run of white space is one space, no control or direction marks."""
    return clean_text(_DIRECTION.sub("", _SPACE.sub(" ", text))).strip()


def has_control_characters(text: str) -> bool:
    """Whether `clean_text` would take something out of `text`."""
    return bool(_CONTROL.search(text) or _SURROGATE.search(text))
