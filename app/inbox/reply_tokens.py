"""The marks by which an answer finds its ticket: reply tokens and our own Message-IDs.

Apart, because only the holder of the key can make one; nothing here trusts what it reads.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass

_VERSION = 1
_MAC_BYTES = 10
_RECIPIENT_BYTES = 5
_TICKET_BYTES = 5
_TICKETS = 1 << (8 * _TICKET_BYTES)
_TOKEN = re.compile(r"[a-z2-7]{34,36}")
_TOKEN_IN_LOCAL = re.compile(r"[^@]{1,64}\+([a-zA-Z2-7]{34,36})@")
_OWN_ID = re.compile(r"<?\s*(\d{1,18})\.(\d{1,18})\.([a-z2-7]{16})@([\w.-]{1,255})\s*>?")


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """A token whose signature is ours. `recipient_mark`: stands for the address it was made for."""

    ticket_id: int
    version: int
    recipient_mark: bytes


@dataclass(frozen=True, slots=True)
class OwnMessageId:
    """A Message-ID that we wrote."""

    ticket_id: int
    entry_id: int


def make_reply_token(*, tenant_id: int, ticket_id: int, recipient: str, key: bytes) -> str:
    """35 letters and digits, safe in any case, that lead an answer to its ticket.

    Raises ValueError for a ticket id that is negative or beyond 40 bits.
    """
    if not 0 <= ticket_id < _TICKETS:
        raise ValueError("A ticket id has 40 bits.")
    payload = bytes([_VERSION]) + ticket_id.to_bytes(_TICKET_BYTES, "big")
    payload += _recipient_mark(recipient, tenant_id=tenant_id, key=key)
    mac = _mac(key, b"reply", tenant_id, payload)[:_MAC_BYTES]
    return _base32(payload + mac)


def read_reply_token(token: str, *, tenant_id: int, key: bytes) -> ReplyToken | None:
    """What a token of this tenant says, or None when it was not made with `key`. Never raises."""
    lowered = token.strip().lower()
    if not _TOKEN.fullmatch(lowered):
        return None
    try:
        data = base64.b32decode(lowered.upper() + "=" * (-len(lowered) % 8))
    except binascii.Error:
        return None
    payload, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
    expected = _mac(key, b"reply", tenant_id, payload)[:_MAC_BYTES]
    is_ours = hmac.compare_digest(mac, expected) and _base32(data) == lowered
    if not is_ours or payload[0] != _VERSION:
        return None
    ticket_id = int.from_bytes(payload[1 : 1 + _TICKET_BYTES], "big")
    return ReplyToken(ticket_id, payload[0], payload[1 + _TICKET_BYTES :])


def is_for(token: ReplyToken, address: str, *, tenant_id: int, key: bytes) -> bool:
    """Whether `token` was made for `address`; constant time."""
    mark = _recipient_mark(address, tenant_id=tenant_id, key=key)
    return hmac.compare_digest(token.recipient_mark, mark)


def reply_address(mailbox: str, token: str) -> str:
    """`help@example.org` with the token in it: `help+<token>@example.org`."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local.partition('+')[0]}+{token}@{domain}"


def token_in(address: str) -> str:
    """The token within an address that `reply_address` made, or ""."""
    match = _TOKEN_IN_LOCAL.match(address)
    return match[1].lower() if match else ""


def mailbox_of(address: str) -> str:
    """`address` without what stands after a plus sign; lower case."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def make_message_id(
    *, tenant_id: int, ticket_id: int, entry_id: int, domain: str, key: bytes
) -> str:
    """A Message-ID, with its brackets, that `read_message_id` knows again."""
    mac = _id_mac(key, tenant_id, ticket_id, entry_id)
    return f"<{ticket_id}.{entry_id}.{mac}@{domain.lower()}>"


def read_message_id(message_id: str, *, tenant_id: int, key: bytes) -> OwnMessageId | None:
    """What a Message-ID of ours names, or None when this tenant never sent it. Never raises."""
    match = _OWN_ID.fullmatch(message_id.strip().lower())
    if match is None:
        return None
    ticket_id, entry_id = int(match[1]), int(match[2])
    expected = _id_mac(key, tenant_id, ticket_id, entry_id)
    is_ours = hmac.compare_digest(match[3].encode(), expected.encode())
    return OwnMessageId(ticket_id, entry_id) if is_ours else None


def loop_hash(key: bytes) -> str:
    """The value of our loop header: the same for all our mail, and it names nobody."""
    return _base32(_mac(key, b"loop", 0, b"")[:_MAC_BYTES])


def _recipient_mark(address: str, *, tenant_id: int, key: bytes) -> bytes:
    canonical = address.strip().lower().encode("utf-8", errors="surrogatepass")
    return _mac(key, b"recipient", tenant_id, canonical)[:_RECIPIENT_BYTES]


def _id_mac(key: bytes, tenant_id: int, ticket_id: int, entry_id: int) -> str:
    payload = f"{ticket_id}.{entry_id}".encode()
    return _base32(_mac(key, b"message", tenant_id, payload)[:_MAC_BYTES])


def _mac(key: bytes, purpose: bytes, tenant_id: int, payload: bytes) -> bytes:
    return hmac.digest(key, purpose + b"\0" + str(tenant_id).encode() + b"\0" + payload, "sha256")


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()
