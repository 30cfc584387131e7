"""Files by key: where attachments and documents are kept, whatever keeps them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]*(/[0-9A-Za-z][0-9A-Za-z_.-]*){0,4}")
KEY_LENGTH = 300


class Blobs(Protocol):
    """A store of files. A key is chosen by us, never by a sender: see `check_key`."""

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`; it survives a power cut once this returns. Raises GatewayError."""

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises NotFound, GatewayError."""

    def delete(self, key: str) -> None:
        """Forget `key`; nothing happens where it is unknown. Raises GatewayError."""

    def old_keys(self, before: datetime) -> Iterator[str]:
        """The keys last put before that instant, those that begin alike together."""

    def delete_old(self, key: str, before: datetime) -> None:
        """Forget `key` unless it was put again since `before`. Raises GatewayError."""


def check_key(key: str) -> str:
    """`key` itself. Raises ValueError for one that could leave the store: ours never do."""
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key) or ".." in key:
        raise ValueError("a blob key is made of plain parts between slashes")
    return key
