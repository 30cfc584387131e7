"""Errors become pages here, once: what failed, what is safe, what to do next; never a trace."""

import logging
import secrets

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.web.auth import become_stranger, settle_reader
from app.web.refusals import said
from tenants.errors import GatewayError, NotFound, Refused

log = logging.getLogger(__name__)
RETRY_AFTER_S = "5"
BAD_REQUEST = 400
FORBIDDEN = 403


def init_errors(app: Flask) -> None:
    """Translate every kind of error of the application."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(GatewayError, lambda _error: _page(502))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(PoolTimeout, lambda _error: _away())
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def _refused(refused: Refused) -> tuple[str, int]:
    settle_reader()  # whose language it is said in
    return _page(409, said(refused))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < BAD_REQUEST:
        return error.get_response()
    detail = (
        error.description
        if error.code == FORBIDDEN and type(error).description != error.description
        else ""
    )
    return _page(error.code, detail or "")


def _database(error: Exception) -> ResponseReturnValue:
    if isinstance(error, OperationalError) or getattr(error, "connection_invalidated", False):
        return _away()
    return _unexpected(error)


def _away() -> tuple[str, int, dict[str, str]]:
    log.warning("database away", extra={"endpoint": request.endpoint})
    become_stranger()
    page, status = _page(503)
    return page, status, {"Retry-After": RETRY_AFTER_S}


def _unexpected(error: Exception) -> tuple[str, int]:
    reference = secrets.token_hex(4)
    log.error("request failed", exc_info=error, extra={"reference": reference})
    return _page(500, reference=reference)


def _page(status: int, detail: str = "", *, reference: str = "") -> tuple[str, int]:
    """A page that needs no database: the layout is bare where the reader is unknown."""
    settle_reader()
    title, why = _words(status)
    page = render_template(
        "errors/error.html", status=status, title=title, why=detail or why, reference=reference
    )
    return page, status


def _words(status: int) -> tuple[str, str]:
    """Title and advice by status; a status without words of its own takes its class's."""
    table = {
        400: (
            _("This request was not understood"),
            _("Go back, check the page and send it again."),
        ),
        403: (_("You have no right to this page"), _("An administrator can give it to you.")),
        404: (
            _("There is no such page"),
            _("Check the address, or start again from the first page."),
        ),
        405: (
            _("This page cannot be used like that"),
            _("Go back and use the buttons of the page."),
        ),
        409: (_("This was not done"), _("Look at what changed and try again.")),
        413: (_("This is too large"), _("Send smaller files, or fewer at a time.")),
        429: (_("Too many tries"), _("Wait a few minutes and try again.")),
        502: (_("Another system did not answer"), _("Nothing was lost. Try again in a minute.")),
        503: (
            _("The page cannot be shown right now"),
            _("Nothing was lost. Try again in a few seconds."),
        ),
    }
    fallback = (
        _("Something went wrong"),
        _("Nothing was lost. Try again; if it happens again, tell us the reference."),
    )
    return table.get(status, fallback)
