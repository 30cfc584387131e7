"""What tests do in place of a browser: read the form's token, sign in, send forms."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import cast

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
META = re.compile(r'name="csrf-token" content="([^"]+)"')


class HostBrowser(FlaskClient):
    """A browser that stays on one host; `environ_base` cannot say it, as the address wins."""

    def __init__(self, *args: Any, host: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.base_url = f"http://{host}"

    def open(self, *args: Any, **more: Any) -> TestResponse:
        return super().open(*args, base_url=self.base_url, **more)


def at(app: Flask, host: str) -> FlaskClient:
    """A browser without cookies on the pages of `host`."""
    return HostBrowser(app, app.response_class, host=host)


def signed_in(app: Flask, email: str, *, host: str = "localhost:8000") -> FlaskClient:
    """A browser in which the person of `email` went through the sign-in form."""
    client = at(app, host)
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
