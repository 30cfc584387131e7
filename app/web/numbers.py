"""Whole numbers from addresses and forms, bounded so that the database takes them."""

MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """The number `text` spells in plain digits; None for anything else or too large."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
