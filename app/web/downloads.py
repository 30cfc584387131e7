"""Files leave as downloads: never shown in the page's own origin, never by the name's type."""

from urllib.parse import quote

from flask import Response

from app.web.services import services


def blob_download(blob_key: str, *, name: str) -> Response:
    """A stored file as an attachment. Raises NotFound when its bytes are gone."""
    return download(services().blobs.get(blob_key), name=name)


def download(content: bytes, *, name: str, mimetype: str = "application/octet-stream") -> Response:
    """`content` under `name`, any alphabet, in a sandbox should a browser show it after all."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
