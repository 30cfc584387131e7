"""NUL is refused at the door: no browser sends it in words, and the database keeps none."""

from flask import Flask, abort, request


def init_odd_signs(app: Flask) -> None:
    """Look at the words of every request before anything else does."""
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """A 400 where any value of the address or the form holds NUL; files may."""
    for values in (request.args, request.form):
        if any("\0" in value for _name, value in values.items(multi=True)):
            abort(400)
