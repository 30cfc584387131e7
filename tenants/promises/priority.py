"""The four priorities a promise distinguishes.

Apart from the rules that choose one, because promises, tickets and reports all name it.
"""

from enum import StrEnum


class Priority(StrEnum):
    """How urgent a ticket is; the first is the most urgent. Source: product specification, 3.3."""

    P1 = "P1"  # catastrophic: the service is down for all
    P2 = "P2"  # high: no service for one client
    P3 = "P3"  # medium: a part is missing, or many are slightly limited
    P4 = "P4"  # low: slower than usual, a question

    @property
    def rank(self) -> int:
        """1 for the most urgent to 4."""
        return int(self.value[1:])

    def is_above(self, other: "Priority") -> bool:
        """Whether this is more urgent than `other`."""
        return self.rank < other.rank
