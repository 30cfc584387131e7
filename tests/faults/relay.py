"""A relay that takes all mail and remembers what it took; it can strike before it answers."""

import threading
from collections import Counter
from collections.abc import Callable
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller

from tests.faults.running_desk import HOST, free_port


class Relay:
    """Counts mails by Message-ID, without brackets."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._strike: Callable[[], object] | None = None
        self._controller = Controller(self, hostname=HOST, port=free_port())

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop()

    def copies(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        with self._guard:
            return self._taken.copy()

    def strike_after_next(self, strike: Callable[[], object]) -> None:
        """Take the next mail, call `strike`, and only then answer 250."""
        self._strike = strike

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        headers = BytesHeaderParser().parsebytes(envelope.content)
        with self._guard:
            self._taken[str(headers["Message-ID"]).strip().strip("<>")] += 1
        if strike := self._strike:
            self._strike = None
            strike()
        return "250 2.0.0 Taken"
