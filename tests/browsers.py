"""What tests do in place of a browser: read the form's token, sign in, send forms."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import cast

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
META = re.compile(r'name="csrf-token" content="([^"]+)"')


def signed_in(app: Flask, email: str, *, host: str = "localhost:8000") -> FlaskClient:
    """A browser in which the person of `email` went through the sign-in form."""
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = host
    answer = send(client, "/sign-in", {"login": email, "password": cast.PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


def send(
    client: FlaskClient, path: str, form: dict[str, Any], *, seen_at: str | None = None, **more: Any
) -> TestResponse:
    """Open the page that has the form (`seen_at`, else `path`), then post it with its token."""
    return client.post(path, data={"csrf_token": token(client, seen_at or path), **form}, **more)


def token(client: FlaskClient, path: str) -> str:
    """The form token of this browser, as the page at `path` carries it."""
    page = client.get(path).get_data(as_text=True)
    found = TOKEN.search(page) or META.search(page)
    assert found is not None, f"{path} carries no form token"
    return found[1]
