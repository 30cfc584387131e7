"""Outlook's `winmail.dat`: the text and the files inside.

Apart, because the format is foreign and its reader raises whatever it meets.
"""

import logging
from dataclasses import dataclass

from app.inbox.charsets import decode
from app.inbox.cleaning import clean_text
from app.inbox.html_text import html_to_text
from app.inbox.sanitising import clean_html

_FILES = 50
_SIGNATURE = b"\x78\x9f\x3e\x22"


@dataclass(frozen=True, slots=True)
class TnefContent:
    """`files`: (name, content) in order."""

    text: str
    files: tuple[tuple[str, bytes], ...]


def read_tnef(content: bytes) -> TnefContent | None:
    """What a TNEF file holds, at most 50 files; None when it cannot be read. Never raises."""
    if not content.startswith(_SIGNATURE):
        return None
    # Imported here: few mails carry it.
    from tnefparse import TNEF  # noqa: PLC0415

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    try:
        tnef = TNEF(content)
        files = tuple(
            (str(attachment.long_filename()), bytes(attachment.data or b""))
            for attachment in tnef.attachments[:_FILES]
        )
        return TnefContent(_text(tnef), files)
    except Exception:  # noqa: BLE001 - the library raises whatever its parsers meet
        return None


def _text(tnef: object) -> str:
    plain = getattr(tnef, "body", None)
    if plain:
        return clean_text(plain if isinstance(plain, str) else decode(bytes(plain), "")[0])
    html = getattr(tnef, "htmlbody", None)
    if html:
        return html_to_text(
            clean_html(html if isinstance(html, str) else decode(bytes(html), "")[0])
        )
    return ""
