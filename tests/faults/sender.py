"""A client that sends mails with known ids over SMTP and repeats what got no 250."""

import smtplib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.faults.running_desk import HOST, MAILBOX

AT_ONCE = 3
PAUSE_S = 0.3
GIVEN_UP_AFTER_S = 120.0
EVERY_FOLLOWS = 6  # the sixth mail of each six is an answer to the first
PERMANENT_FROM = 500


def envelope_sender(number: int) -> str:
    """By which mail `number` is known on its whole way."""
    return f"mail-{number:05}@client.example"


def a_numbered_mail(number: int) -> bytes:
    """Mail `number`, the same bytes each time: a new request, or an answer to an earlier one."""
    follows = number - EVERY_FOLLOWS + 1 if number % EVERY_FOLLOWS == EVERY_FOLLOWS - 1 else None
    person = envelope_sender(number if follows is None else follows)
    mail = EmailMessage()
    mail["From"], mail["To"] = person, MAILBOX
    mail["Subject"] = f"Request {number if follows is None else follows}"
    mail["Message-ID"] = f"<{number:05}@client.example>"
    if follows is not None:
        mail["In-Reply-To"] = f"<{follows:05}@client.example>"
    mail.set_content(f"This is mail {number}. The printer does not print.")
    mail.add_attachment(
        f"log {number}".encode(), maintype="application", subtype="octet-stream", filename="log.txt"
    )
    return mail.as_bytes()


@dataclass
class Sender:
    """Sends to the listener at `port`, `at_once` mails at the same time.

    `refused`: answers that no repetition mends.
    """

    port: int
    at_once: int = AT_ONCE
    accepted: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    tries: int = 0

    def send(self, numbers: range, *, over_s: float) -> None:
        """Send the mails evenly within `over_s` seconds, each until it got its 250."""
        began_s = time.monotonic()
        with ThreadPoolExecutor(self.at_once) as pool:
            for place, number in enumerate(numbers):
                time.sleep(max(0.0, began_s + over_s * place / len(numbers) - time.monotonic()))
                pool.submit(self.send_one, number)

    def send_one(self, number: int) -> None:
        """Send mail `number` until it got its 250, two minutes at most."""
        until_s = time.monotonic() + GIVEN_UP_AFTER_S
        for attempt in range(10_000):
            if time.monotonic() > until_s or self._is_accepted(number, attempt):
                return
            time.sleep(PAUSE_S)

    def _is_accepted(self, number: int, attempt: int) -> bool:
        trace = f"Received: from client.example by mx.example id {number}.{attempt}; now\r\n"
        self.tries += 1
        try:
            with smtplib.SMTP(HOST, self.port, timeout=20) as smtp:
                raw = trace.encode() + a_numbered_mail(number)
                smtp.sendmail(envelope_sender(number), [MAILBOX], raw)
        except smtplib.SMTPServerDisconnected:
            return False
        except smtplib.SMTPException as error:
            if f"({PERMANENT_FROM // 100}" in str(error):
                self.refused.append(f"mail {number}: {error}")
            return False
        except OSError:
            return False
        self.accepted.add(number)
        return True
