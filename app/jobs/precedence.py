"""Which jobs of a worker go first: its threads share one processor core, and mail comes in bursts.

A mail that is taken makes a ticket and a promise that runs; an answer may leave a moment later.
"""

import contextlib
import threading
from collections.abc import Iterator

GIVE_WAY_S = 0.25  # so that answers leave, slowly, also while mail never stops arriving


class Precedence:
    """Counts the jobs that go first, and lets others wait a moment for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._going_first = 0

    @contextlib.contextmanager
    def going_first(self) -> Iterator[None]:
        """Others wait while this runs."""
        with self._changed:
            self._going_first += 1
        try:
            yield
        finally:
            with self._changed:
                self._going_first -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def giving_way(self) -> Iterator[None]:
        """Runs when nobody goes first, or after GIVE_WAY_S."""
        with self._changed:
            self._changed.wait_for(lambda: self._going_first == 0, GIVE_WAY_S)
        yield
