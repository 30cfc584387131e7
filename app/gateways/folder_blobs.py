"""Files in a folder: whole or not at all, and on the disk before anybody is told."""

import os
import secrets
from pathlib import Path

from app.gateways.blobs import check_key
from tenants.errors import GatewayError, NotFound

FILE_MODE = 0o600
FOLDER_MODE = 0o700


class FolderBlobs:
    """`root`: a folder outside everything that is served."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`; the same key again replaces it."""
        path = self._root / check_key(key)
        try:
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            _write(fresh, content)
            fresh.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise GatewayError(
                f"a file could not be kept: {error.strerror}", permanent=False
            ) from error

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises NotFound."""
        try:
            return (self._root / check_key(key)).read_bytes()
        except FileNotFoundError:
            raise NotFound from None
        except OSError as error:
            raise GatewayError(
                f"a file could not be read: {error.strerror}", permanent=False
            ) from error

    def delete(self, key: str) -> None:
        """Forget `key`."""
        (self._root / check_key(key)).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A new name is lost in a power cut until its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
