"""A relay that remembers what it was given, and fails as it is told to."""

from collections import deque
from typing import TYPE_CHECKING

from app.gateways.mail import OutgoingMail, SigningKey, UnknownOutcome
from tenants.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Callable

BUSY = GatewayError("451 greylisted", permanent=False)
REFUSED = GatewayError("550 no such person", permanent=True)
SILENT = UnknownOutcome("silence after the dot")


class FakeMailer:
    """`failing`: what the next attempts meet, in order; afterwards all goes well."""

    def __init__(self, *failing: GatewayError) -> None:
        self.given: list[OutgoingMail] = []
        self.keys: list[SigningKey | None] = []
        self.before: Callable[[], None] = lambda: None
        self._failing = deque(failing)

    def send(self, mail: OutgoingMail, key: SigningKey | None) -> None:
        """Take `mail`. A relay that goes silent has it all the same."""
        self.before()
        error = self._failing.popleft() if self._failing else None
        if error is None or isinstance(error, UnknownOutcome):
            self.given.append(mail)
            self.keys.append(key)
        if error is not None:
            raise error
