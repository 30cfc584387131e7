"""What in a mail points to a ticket: tokens, Message-IDs, references, numbers.

Apart, because finding the clues needs a key and no database; finding the tickets is a query.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.inbox.mail import ParsedMail
from app.inbox.reply_tokens import (
    OwnMessageId,
    ReplyToken,
    read_message_id,
    read_reply_token,
    token_in,
)
from app.inbox.subject_numbers import SubjectNumber, subject_numbers

_REFERENCES = 50
_TOKENS = 5


@dataclass(frozen=True, slots=True)
class Clues:
    """Clues of one mail, strongest first; `references`: ids that may be stored, newest first."""

    tokens: tuple[ReplyToken, ...]
    own_ids: tuple[OwnMessageId, ...]
    references: tuple[str, ...]
    numbers: tuple[SubjectNumber, ...]


def find_clues(
    mail: ParsedMail,
    *,
    recipients: Iterable[str],
    tenant_id: int,
    prefixes: Iterable[str],
    key: bytes,
) -> Clues:
    """The clues to tickets of one tenant. `recipients`: of the envelope; headers count too."""
    addresses = [*recipients, *(address.address for address in (*mail.to, *mail.cc))]
    written = dict.fromkeys(token for address in addresses if (token := token_in(address)))
    tokens = [read_reply_token(t, tenant_id=tenant_id, key=key) for t in list(written)[:_TOKENS]]
    threaded = answered_ids(mail)
    own = [read_message_id(each, tenant_id=tenant_id, key=key) for each in threaded]
    return Clues(
        tokens=tuple(token for token in tokens if token),
        own_ids=tuple(dict.fromkeys(each for each in own if each)),
        references=threaded,
        numbers=subject_numbers(mail.subject, prefixes),
    )


def answered_ids(mail: ParsedMail) -> tuple[str, ...]:
    """The ids a mail answers, newest first, at most 50; for a bounce those of the returned mail."""
    returned = (mail.bounce.message_id, mail.bounce.in_reply_to) if mail.bounce else ()
    ids = (*returned, mail.in_reply_to, *reversed(mail.references))
    return tuple(dict.fromkeys(each for each in ids if each))[:_REFERENCES]
