"""Ticket numbers in a subject: `HB-10481`.

Apart, because a number is only a hint: anybody can write one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SUBJECT_CHARS = 2_000
_NUMBERS = 10
_NUMBER = re.compile(r"(?<![\w-])([^\W\d_]{1,10})-(\d{1,10})(?![\w-])")


@dataclass(frozen=True, slots=True)
class SubjectNumber:
    """`prefix`: of the brand, upper case; `number`: as people quote it."""

    prefix: str
    number: int


def subject_numbers(subject: str, prefixes: Iterable[str]) -> tuple[SubjectNumber, ...]:
    """The ticket numbers that `subject` quotes with one of a tenant's `prefixes`, in order."""
    known = {prefix.upper() for prefix in prefixes}
    found = _NUMBER.findall(subject[:_SUBJECT_CHARS])[:_NUMBERS]
    numbers = [SubjectNumber(prefix.upper(), int(number)) for prefix, number in found]
    return tuple(dict.fromkeys(number for number in numbers if number.prefix in known))
