"""Files in a folder: whole or not at all, and on the disk before anybody is told."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
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
            _make_folder(path.parent)
            fresh = _beside(path)
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

    def old_keys(self, before: datetime) -> Iterator[str]:
        """Folder by folder; what a crash left half written is removed on the way."""
        for folder, _folders, names in sorted(os.walk(self._root)):
            for name in names:
                path = Path(folder, name)
                if not _is_older(path, before):
                    continue
                if name.startswith("."):
                    path.unlink(missing_ok=True)
                else:
                    yield path.relative_to(self._root).as_posix()

    def delete_old(self, key: str, before: datetime) -> None:
        """Forget `key` unless it was put again since `before`.

        Taken aside before it is looked at: what is put meanwhile is another file and stays.
        """
        path = self._root / check_key(key)
        aside = _beside(path)
        with contextlib.suppress(FileNotFoundError):
            path.replace(aside)
            if not _is_older(aside, before):
                with contextlib.suppress(FileExistsError):
                    os.link(aside, path)
            aside.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    """With the names of all that had to be made on the disk."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    _sync_folder(folder.parent)


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
