"""The identity of a mail: the same one twice is one mail.

Apart, because a Message-ID may repeat and the raw bytes change on each way of delivery.
"""

import hashlib
from collections.abc import Iterator

from app.inbox.limits import HEADER_BYTES

# Written by servers on the way, so that a second delivery of one mail differs in them.
_TRACE = frozenset(
    {
        b"authentication-results",
        b"delivered-to",
        b"envelope-to",
        b"received",
        b"received-spf",
        b"return-path",
        b"status",
        b"x-original-to",
        b"x-delivered-to",
        b"x-envelope-from",
        b"x-envelope-to",
        b"x-virus-scanned",
    }
)
_TRACE_PREFIXES = (b"arc-", b"x-spam", b"x-received", b"x-rspamd")


def mail_identity(mailbox: str, raw: bytes) -> str:
    """SHA-256 in hex of the mailbox (any case) and the content without trace headers.

    Line ends count as equal whichever they are. Never raises; linear.
    """
    digest = hashlib.sha256(mailbox.strip().lower().encode("utf-8", errors="surrogatepass"))
    content = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    head, blank, body = content.partition(b"\n\n")
    for field in _lasting_fields(head):
        digest.update(b"\0" + field)
    digest.update(b"\0\0" + blank + body)
    return digest.hexdigest()


def _lasting_fields(head: bytes) -> Iterator[bytes]:
    """The fields of a header block that no server adds, each with its continuation lines.

    A block over the limit is taken whole: no mail program writes one.
    """
    if len(head) > 4 * HEADER_BYTES:
        yield head
        return
    is_trace = False
    for line in head.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            name = line.partition(b":")[0].strip().lower()
            is_trace = name in _TRACE or name.startswith(_TRACE_PREFIXES)
        if not is_trace:
            yield line
