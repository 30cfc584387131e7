"""What every answer says about itself: whence scripts, who may frame it, who may keep it."""

from flask import Flask, Response, request

from app.web.services import services

CSP = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
HSTS = "max-age=63072000; includeSubDomains"


def content_policy(**changed: str) -> str:
    """The policy of ux.md B9; `changed` names directives with `_` for `-`."""
    directives = CSP | {name.replace("_", "-"): value for name, value in changed.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def init_headers(app: Flask) -> None:
    """Put the headers on every answer, error pages included."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
    if services().config.is_https:
        headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Cookie", "HX-Request", "HX-Target"))
    del headers["Server"]
    return response
