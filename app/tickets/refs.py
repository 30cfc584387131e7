"""What people quote when they mean a ticket: HB-10481.

Apart from the tables, because addresses, subjects, search fields and pages all carry references.
"""

import re
from dataclasses import dataclass

# The longest number that fits the column, less a digit; the longest prefix the directory takes.
_REF = re.compile(r"\s*([A-Za-z][A-Za-z0-9]{0,9})-(\d{1,18})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A brand's prefix and the number within its tenant."""

    prefix: str
    number: int

    def __str__(self) -> str:
        return f"{self.prefix}-{self.number}"


def parse_ref(text: str) -> TicketRef | None:
    """The reference that `text` is, prefix in upper case; None for anything else."""
    match = _REF.fullmatch(text)
    if match is None:
        return None
    return TicketRef(match[1].upper(), int(match[2]))
