"""The watcher: each second it claims what has come and asks for a job for each, in one commit.

A loop beside the worker and not a job, so that a full queue never makes it late.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.deadlines.actions import ClaimedDeadline, claim_due, lead_watch
from app.deadlines.queries import has_come
from app.gateways.queue import Queue, defer_each
from tenants.database import Database

log = logging.getLogger(__name__)

FIRED = "deadline_fired"
LOOK_S = 1.0
WHOLE_LOOK_S = 60.0
MARGIN = timedelta(minutes=1)  # a ticket's transaction may commit a due time that has just passed
AT_ONCE = 500
THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_PAUSE_S = 30.0  # after the database was away


class Watcher:
    """Remembers up to when everything was claimed, so that a look stays as short as it can be.

    `ticks`: seconds of a clock that nobody can set back.
    """

    def __init__(self, database: Database, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._ticks = ticks
        self._clean_at: datetime | None = None
        self._whole_look_at_s = 0.0

    def look(self, *, now: datetime) -> list[ClaimedDeadline]:
        """Claim all that has come by `now`; the list is empty while another watcher leads."""
        claimed: list[ClaimedDeadline] = []
        after = self._low_water_mark(now)
        while self._has_come(now, after):
            some = self._claim_some(now, after)
            if not some:
                return claimed
            claimed += some
        self._clean_at = now
        if after == THE_BEGINNING:
            self._whole_look_at_s = self._ticks() + WHOLE_LOOK_S
        return claimed

    def _has_come(self, now: datetime, after: datetime) -> bool:
        with self._database.across_tenants() as session:
            return has_come(session, now=now, after=after)

    def _claim_some(self, now: datetime, after: datetime) -> list[ClaimedDeadline] | None:
        """One transaction: claims and their jobs. None while another watcher leads."""
        with self._database.across_tenants() as session:
            if not lead_watch(session):
                return None
            some = claim_due(session, now=now, after=after, limit=AT_ONCE)
            asked = [{"tenant_id": each.tenant_id, "deadline_id": each.id} for each in some]
            defer_each(session, FIRED, asked, queue=Queue.DEADLINES)
            return some

    def _low_water_mark(self, now: datetime) -> datetime:
        """The beginning at the start and once a minute: then the whole index is looked at."""
        if self._clean_at is None or self._ticks() >= self._whole_look_at_s:
            return THE_BEGINNING
        return min(self._clean_at, now) - MARGIN


def watch_deadlines(database: Database, stopping: threading.Event) -> None:
    """Look each second until `stopping`; a database that goes away is waited for."""
    watcher = Watcher(database)
    pause_s = LOOK_S
    while not stopping.wait(pause_s):
        try:
            watcher.look(now=utc_now())
        except SQLAlchemyError:
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            log.warning("the watcher cannot look", extra={"again_in_s": pause_s})
        else:
            pause_s = LOOK_S
