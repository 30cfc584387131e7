"""Mailboxes over IMAP, by TLS only. Source: RFC 9051."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from app.gateways.mailbox import FolderState, MailboxAccess
from tenants.errors import GatewayError

TIMEOUT_S = 30.0
MESSAGE_BYTES = 10_240_000  # of a mail that are read; what is longer is cut here
_BODY = f"BODY.PEEK[]<0.{MESSAGE_BYTES}>"
_ANSWERED_AS = b"BODY[]<0>"


class ImapMailboxes:
    """The real way."""

    def __init__(self, *, use_tls: bool = True) -> None:
        self._use_tls = use_tls  # tests speak to a server of their own without it

    @contextmanager
    def open(self, access: MailboxAccess) -> Iterator["ImapFolder"]:
        """Sign in and open the folder. Raises GatewayError, permanent for refused credentials."""
        try:
            client = IMAPClient(access.host, port=access.port, ssl=self._use_tls, timeout=TIMEOUT_S)
        except (OSError, IMAPClientError) as failure:
            raise GatewayError(f"{access.host} does not answer", permanent=False) from failure
        try:
            with _our_errors():
                client.login(access.login, access.password)
                chosen = client.select_folder(access.folder)
            yield ImapFolder(client, int(chosen[b"UIDVALIDITY"]))
        finally:
            _leave(client)


class ImapFolder:
    """An open folder. A mail counts as taken once it has the flag "Seen"."""

    def __init__(self, client: IMAPClient, validity: int) -> None:
        self._client = client
        self._validity = validity

    @property
    def state(self) -> FolderState:
        """What lies in it. Raises GatewayError."""
        with _our_errors():
            found = self._client.search(["UNSEEN"])
        return FolderState(self._validity, tuple(sorted(int(number) for number in found)))

    def fetch(self, numbers: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
        """The mails of `numbers`, one in memory at a time. Raises GatewayError."""
        for number in numbers:
            with _our_errors():
                answer = self._client.fetch([number], [_BODY])
            content = answer.get(number, {}).get(_ANSWERED_AS)
            if content is not None:
                yield number, bytes(content)

    def mark_taken(self, number: int) -> None:
        """Set the flag. Raises GatewayError."""
        with _our_errors():
            self._client.add_flags([number], [SEEN], silent=True)


def _leave(client: IMAPClient) -> None:
    """Say goodbye, and close the socket where nobody listens any more."""
    try:
        client.logout()
    except (OSError, IMAPClientError):
        with suppress(OSError, IMAPClientError):
            client.shutdown()


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except LoginError as refused:
        raise GatewayError("the mailbox refuses the sign-in", permanent=True) from refused
    except (OSError, IMAPClientError, imaplib.IMAP4.error) as failure:
        raise GatewayError(f"the mailbox failed: {failure}", permanent=False) from failure
