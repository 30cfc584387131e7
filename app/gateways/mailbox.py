"""A mailbox elsewhere from which mail is fetched."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    """Where the mail lies and how to get in."""

    host: str
    port: int
    login: str
    password: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class FolderState:
    """`validity`: another one means that the server numbered all mails anew."""

    validity: int
    new: tuple[int, ...]  # numbers of the mails nobody has taken, oldest first


class OpenMailbox(Protocol):
    """A folder that is open."""

    @property
    def state(self) -> FolderState:
        """What lies in it."""

    def fetch(self, numbers: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
        """The mails of `numbers`, one in memory at a time; one that is gone is left out."""

    def mark_taken(self, number: int) -> None:
        """Let everybody see that a mail was taken."""


class Mailboxes(Protocol):
    """A way to mailboxes elsewhere."""

    def open(self, access: MailboxAccess) -> AbstractContextManager[OpenMailbox]:
        """Sign in and open the folder. All calls raise GatewayError, permanent for a refusal."""
