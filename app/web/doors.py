"""What is refused at the door, before any page reads it: bodies too large, and NUL in words."""

from flask import Flask, abort, request

FORM_MAX_BYTES = 1024 * 1024
WITH_FILES = "multipart/form-data"


def init_doors(app: Flask) -> None:
    """Look at the body and the words of every request before anything else does."""
    app.before_request(bound_body)
    app.before_request(refuse_nul)


def bound_body() -> None:
    """Only a form that may carry files may be large.

    Werkzeug bounds the words of a form with files itself, and of no other since 3.1.9.
    """
    if request.mimetype != WITH_FILES:
        request.max_content_length = FORM_MAX_BYTES


def refuse_nul() -> None:
    """A 400 where any value of the address or the form holds NUL; files may."""
    for values in (request.args, request.form):
        if any("\0" in value for _name, value in values.items(multi=True)):
            abort(400)
