"""The signed link by which a requester opens their ticket without an account.

Apart from pages, because acknowledgements carry the link too. Whoever has the link may read and
answer this one ticket, so it is as long as a key and is never logged.
"""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass

_VERSION = 1
_PLACE = struct.Struct(">BQQQ")
_SIGNATURE_LENGTH = 16  # bytes: 128 bits


@dataclass(frozen=True, slots=True)
class RequestLink:
    """Which ticket is opened for whom. `number`: of the ticket within its tenant."""

    tenant_id: int
    number: int
    requester_id: int


def request_token(link: RequestLink, *, secret: str) -> str:
    """The token of `link`, safe in an address."""
    place = _PLACE.pack(_VERSION, link.tenant_id, link.number, link.requester_id)
    return base64.urlsafe_b64encode(place + _signature(place, secret)).decode().rstrip("=")


def read_request_token(token: str, *, secret: str) -> RequestLink | None:
    """The link that `token` was made of; None for anything that was not made with `secret`."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        version, tenant_id, number, requester_id = _PLACE.unpack(raw[: _PLACE.size])
    except (ValueError, UnicodeEncodeError, struct.error):
        return None
    signature = _signature(raw[: _PLACE.size], secret)
    is_ours = hmac.compare_digest(raw[_PLACE.size :], signature) and version == _VERSION
    return RequestLink(tenant_id, number, requester_id) if is_ours else None


def _signature(place: bytes, secret: str) -> bytes:
    key = secret.encode()
    return hmac.new(key, b"request link:" + place, hashlib.sha256).digest()[:_SIGNATURE_LENGTH]
