"""The stop for a write that did not see the newest state of its ticket.

Apart from the actions, because pages catch it to show what is new and to keep the draft.
"""

from dataclasses import dataclass
from datetime import datetime

from app.tickets.kinds import EventKind
from tenants.errors import Refused
from tenants.promises.wording import N_


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened meanwhile: an entry with its text, or an event with its kind."""

    at: datetime
    author_name: str
    text: str = ""
    event: EventKind | None = None


class Stale(Refused):
    """The ticket moved on since its writer looked. `news`: oldest first; `revision`: the new."""

    def __init__(self, revision: int, news: tuple[News, ...]) -> None:
        super().__init__(N_("The ticket has changed since you opened it."))
        self.revision = revision
        self.news = news


def is_stale(revision: int, seen_revision: int | None) -> bool:
    """Whether a write that saw `seen_revision` must stop; None writes whatever happened."""
    return seen_revision is not None and seen_revision != revision
