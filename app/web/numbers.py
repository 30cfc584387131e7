"""Whole numbers from addresses and forms, bounded so that the database takes them."""

from werkzeug.routing import IntegerConverter

MOST_DIGITS = 18


class NumberConverter(IntegerConverter):
    """`<int:…>` in a route: a longer number, which no column holds, is no page of ours."""

    regex = rf"\d{{1,{MOST_DIGITS}}}"


def whole_number(text: str) -> int | None:
    """The number `text` spells in plain digits; None for anything else or too large."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
