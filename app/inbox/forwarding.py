"""Who wrote a mail that the tenant's own people only passed on.

Apart from the parsing, because it is asked for a handful of senders: anybody else's "forwarded
message" is a claim, and claims about other people's names open no tickets.
"""

import re

from app.inbox.addresses import Address, read_sender
from app.inbox.headers import split_message
from app.inbox.mail import Attachment, ParsedMail
from app.inbox.quote_marks import CutKind, first_cut

_LINES_READ = 400
_HEADER_LINES = 10
_LINE_CHARS = 400
_ATTACHED_BYTES = 65_536  # of an attached mail, to find its headers
_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|пересл|пер|переслано|перенаправлено)\s*:", re.IGNORECASE
)
_FROM = re.compile(
    r"[\s*>]{0,4}(?:from|von|de|от|от кого|від|від кого)\s?\*?\s?:(.+)", re.IGNORECASE
)
_HEADED = frozenset({CutKind.FORWARD, CutKind.SEPARATOR, CutKind.HEADER_BLOCK})


def original_sender(mail: ParsedMail) -> Address | None:
    """The one person a forwarded mail names as its writer; None for a mail that is no forward.

    Looks at the headers of an attached mail, else at the first block of headers in the text.
    """
    attached = next((file for file in mail.attachments if file.type == "message/rfc822"), None)
    is_forward = bool(_SUBJECT.match(mail.subject))
    if attached is not None and is_forward:
        return _of_attached(attached)
    return _of_text(mail.bodies.text, is_forward=is_forward)


def _of_attached(file: Attachment) -> Address | None:
    headers, _body = split_message(file.content[:_ATTACHED_BYTES])
    return _only([headers.first("from")])


def _of_text(text: str, *, is_forward: bool) -> Address | None:
    lines = text.splitlines(keepends=True)[:_LINES_READ]
    cut = first_cut(lines)
    if cut is None or cut.kind not in _HEADED:
        return None
    if cut.kind is not CutKind.FORWARD and not is_forward:
        return None
    for line in lines[cut.line : cut.line + _HEADER_LINES]:
        match = _FROM.match(line[:_LINE_CHARS])
        if match:
            return _only([match[1]])
    return None


def _only(values: list[str]) -> Address | None:
    reading = read_sender(values)
    return reading.addresses[0] if len(reading.addresses) == 1 and not reading.ambiguous else None
