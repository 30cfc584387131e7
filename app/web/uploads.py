"""Files that come with a form: bounded, named as data only, in the blob store before the words."""

import hashlib

from flask import request
from flask_babel import gettext as _

from app.tickets.changes import NewFile
from app.web.services import services
from tenants.errors import Refused

FILES_MAX = 20
FILE_MAX_BYTES = 10 * 1024 * 1024
NAME_MAX = 200


def kept_files(tenant_id: int, field: str) -> tuple[NewFile, ...]:
    """Store the files of form `field` for `tenant_id`. Raises Refused, naming the file."""
    uploads = [upload for upload in request.files.getlist(field) if upload.filename]
    if len(uploads) > FILES_MAX:
        raise Refused(_("At most %(most)s files at a time.", most=FILES_MAX))
    return tuple(
        _kept(tenant_id, upload.filename or "", upload.stream.read()) for upload in uploads
    )


def _kept(tenant_id: int, filename: str, content: bytes) -> NewFile:
    name = clean_name(filename)
    if len(content) > FILE_MAX_BYTES:
        raise Refused(_("%(name)s is larger than 10 MB.", name=name))
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"{tenant_id}/{sha256}"
    services().blobs.put(key, content)
    return NewFile(name=name, type=type_of(content), size=len(content), sha256=sha256, blob_key=key)


def clean_name(filename: str) -> str:
    """A file's name as data: no path, no control characters, bounded."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(letter for letter in name if letter.isprintable()).strip(". ")
    return printable[:NAME_MAX] or "file"


def type_of(content: bytes) -> str:
    """The MIME type by content, never by name or by what the sender says."""
    import puremagic  # noqa: PLC0415 - heavy; only uploads pay for it

    try:
        matches = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"
    return next(
        (match.mime_type for match in matches if match.mime_type), "application/octet-stream"
    )
