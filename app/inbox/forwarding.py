"""Who wrote a mail that the tenant's own people passed on to us.

Apart, because such a mail's requester is the first sender, not the colleague who forwarded it;
the flow asks only when the sender is the tenant's own.
"""

import re

from app.inbox.addresses import Address, read_addresses

_LINES = 200
_LINE_CHARS = 400
_HEADERS = 6
_FROM = re.compile(
    r"(?i)[>\s*]{0,6}(?:from|von|de|da|от|от кого|від|van|od|från|fra)\s?\*?\s?:\s*\*?\s*(\S.*)"
)
_ANOTHER = re.compile(
    r"(?i)[>\s*]{0,6}(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|fecha|para|"
    r"asunto|отправлено|дата|кому|тема|надіслано|data|do|temat)\s?\*?\s?:"
)


def forwarded_sender(text: str) -> Address | None:
    """The sender named by the first forwarded header block in `text`, or None.

    Never raises; reads 200 lines. A name that two careful readers could read differently is none.
    """
    lines = [line[:_LINE_CHARS] for line in text.split("\n", _LINES)[:_LINES]]
    for index, line in enumerate(lines):
        match = _FROM.match(line)
        if match and _is_block(lines[index + 1 : index + _HEADERS]):
            return _address(match[1])
    return None


def _is_block(following: list[str]) -> bool:
    """Whether at least two more headers stand below, so that it is no sentence of a letter."""
    return sum(bool(_ANOTHER.match(line)) for line in following) > 1


def _address(written: str) -> Address | None:
    cleaned = re.sub(r"\[mailto:([^\]]{1,320})\]", r"<\1>", written.strip().strip("*").strip())
    reading = read_addresses(cleaned)
    is_sure = len(reading.addresses) == 1 and not reading.ambiguous
    return reading.addresses[0] if is_sure else None
