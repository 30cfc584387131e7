"""Secrets at rest: sealed with AES-GCM and bound to the tenant, column and row they belong to.

Apart from the rooms because each of them keeps some secret, and none may read another's. A sealed
value that is copied into another row, column or tenant no longer opens.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
KEY_LENGTH = 32
_NONCE_LENGTH = 12  # of AES-GCM; random, so that one key may seal 2**32 values
_HEAD_LENGTH = 2  # the format, then the id of the key


class Unreadable(Exception):
    """A sealed value was damaged, moved, or made with a key that is not set any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret is kept. `column`: "users.totp_secret"; `row`: what names the row for good."""

    tenant_id: int
    column: str
    row: str

    def associated_data(self) -> bytes:
        """The bytes that a sealed value is bound to."""
        return f"{self.tenant_id}\n{self.column}\n{self.row}".encode()


class Sealer:
    """Seals with the first key, opens with any: a new key is put in front of the old ones.

    `keys`: 32 random bytes each, the newest first. Raises ValueError without a usable key.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_LENGTH for key in keys):
            raise ValueError("sealing needs keys of 32 bytes each")
        self._keys = tuple(keys)

    def seal(self, plaintext: bytes, *, tenant_id: int, column: str, row: str | int) -> bytes:
        """`plaintext` as bytes that only this place can be opened from."""
        key, nonce = self._keys[0], secrets.token_bytes(_NONCE_LENGTH)
        bound = Place(tenant_id, column, str(row)).associated_data()
        head = bytes((FORMAT, _key_id(key)))
        return head + nonce + _cipher(key).encrypt(nonce, plaintext, head + bound)

    def open(self, sealed: bytes, *, tenant_id: int, column: str, row: str | int) -> bytes:
        """The plaintext of `sealed`. Raises Unreadable for a wrong place, key or byte."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - heavy, seldom needed

        head, nonce = sealed[:_HEAD_LENGTH], sealed[_HEAD_LENGTH : _HEAD_LENGTH + _NONCE_LENGTH]
        body = sealed[_HEAD_LENGTH + _NONCE_LENGTH :]
        bound = head + Place(tenant_id, column, str(row)).associated_data()
        for key in self._keys:
            if head == bytes((FORMAT, _key_id(key))):
                try:
                    return _cipher(key).decrypt(nonce, body, bound)
                except (InvalidTag, ValueError):
                    continue  # two keys may share an id: the other one may open it
        raise Unreadable("this secret cannot be opened here")

    def reseal(self, sealed: bytes, *, tenant_id: int, column: str, row: str | int) -> bytes:
        """The same secret for the same place, sealed with the newest key. Raises Unreadable."""
        plaintext = self.open(sealed, tenant_id=tenant_id, column=column, row=row)
        return self.seal(plaintext, tenant_id=tenant_id, column=column, row=row)

    def is_current(self, sealed: bytes) -> bool:
        """Whether `sealed` was made with the newest key, so that a rotation may pass it by."""
        return sealed[:_HEAD_LENGTH] == bytes((FORMAT, _key_id(self._keys[0])))


def _key_id(key: bytes) -> int:
    """One byte that says which key to try first; it tells nothing about the key."""
    return hashlib.sha256(b"key id:" + key).digest()[0]


def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - heavy

    return AESGCM(key)
