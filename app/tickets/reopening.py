"""What a requester's words do to a ticket that may already be resolved.

Apart from the actions: mail, portal and telephone ask the same. Source: semantics, 1 and 2.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.tickets.lifecycle import TicketStatus, is_open
from app.tickets.thanks import is_only_thanks

REOPEN_WINDOW = timedelta(days=7)  # after the fix was given, unless the tenant says otherwise
REOPENINGS_COUNTED_OVER = timedelta(days=1)
MOST_REOPENINGS = 3  # of one ticket in that time; two machines answering each other stop here


class Effect(enum.Enum):
    """What becomes of the ticket. ENTRY_ONLY: the words are kept, and nothing else changes."""

    CONTINUES = "continues"
    REOPENS = "reopens"
    FOLLOW_UP = "follow_up"
    ENTRY_ONLY = "entry_only"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands. `recent_reopenings`: within REOPENINGS_COUNTED_OVER."""

    status: TicketStatus
    resolved_at: datetime | None
    recent_reopenings: int


def effect_of_words(
    standing: Standing, text: str, *, now: datetime, window: timedelta = REOPEN_WINDOW
) -> Effect:
    """What `text`, written by the requester at `now`, does to a ticket standing so.

    Thanks do not reopen; too many reopenings become entries only; after the window a linked
    follow-up begins.
    """
    if is_open(standing.status):
        return Effect.CONTINUES
    if is_only_thanks(text):
        return Effect.ENTRY_ONLY
    if standing.resolved_at is not None and now - standing.resolved_at > window:
        return Effect.FOLLOW_UP
    if standing.recent_reopenings >= MOST_REOPENINGS:
        return Effect.ENTRY_ONLY
    return Effect.REOPENS
