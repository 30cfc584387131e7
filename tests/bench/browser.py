"""A browser over one kept-alive connection: cookies, the form's token, nothing else."""

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests import cast
from tests.browsers import META, TOKEN

HOST = "127.0.0.1"
COOKIE = re.compile(r"^([^=;]+)=([^;]*)")
FORM = "application/x-www-form-urlencoded"
OK, SEE_OTHER = 200, 303


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `encoding`: of the body, "" for none."""

    status: int
    body: bytes
    encoding: str


@dataclass(slots=True)
class Browser:
    """Speaks to the server at `port` as `host`, the name a site is known by."""

    port: int
    host: str = "localhost"
    token: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **headers: str) -> Answer:
        """The page at `path`."""
        return self._send("GET", path, None, headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        """The answer to a form with this browser's token."""
        body = urlencode({"csrf_token": self.token, **form}).encode()
        return self._send("POST", path, body, {"Content-Type": FORM, **headers})

    def read_token(self, path: str) -> None:
        """Open the page at `path` and keep the form token that it carries."""
        page = self.get(path).body.decode()
        found = TOKEN.search(page) or META.search(page)
        assert found is not None, f"{path} carries no form token"
        self.token = found[1]

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        sent = {"Host": f"{self.host}:{self.port}", "Cookie": self._cookie_header(), **headers}
        try:
            return self._answer(method, path, body, sent)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection = None  # idle for longer than the server keeps it
            return self._answer(method, path, body, sent)

    def _answer(self, method: str, path: str, body: bytes | None, sent: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        self._connection.request(method, path, body, sent)
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            found = COOKIE.match(cookie)
            if found:
                self._cookies[found[1]] = found[2]
        encoding = response.headers.get("Content-Encoding", "")
        return Answer(response.status, response.read(), encoding)

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())


def operator(port: int, email: str) -> Browser:
    """A browser in which the operator of `email` is signed in."""
    browser = Browser(port)
    browser.read_token("/sign-in")
    answer = browser.post("/sign-in", {"login": email, "password": cast.PASSWORD})
    assert answer.status == SEE_OTHER, answer.body.decode()
    browser.read_token("/desk/queue")
    return browser


def expect(answer: Answer, status: int = OK) -> Answer:
    """`answer`, when it has that status: a refused request is no figure."""
    assert answer.status == status, f"{answer.status}: {answer.body[:2000].decode()}"
    return answer
