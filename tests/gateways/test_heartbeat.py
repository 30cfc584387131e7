"""The sign of life: heard, refused, and not heard."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.gateways.heartbeat import beat
from tenants.errors import GatewayError


class Watcher(BaseHTTPRequestHandler):
    """Answers as its server's `status` says and remembers the paths it was asked."""

    def do_GET(self):
        self.server.heard.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_words):
        """Keep quiet."""


def test_a_beat_is_heard(watcher):
    beat(f"http://127.0.0.1:{watcher.server_port}/alive")

    assert watcher.heard == ["/alive"]


def test_a_watcher_that_refuses_is_said_to_have_heard_nothing(watcher):
    watcher.status = 500

    with pytest.raises(GatewayError) as refused:
        beat(f"http://127.0.0.1:{watcher.server_port}/alive")

    assert not refused.value.permanent


def test_only_the_web_is_called():
    with pytest.raises(GatewayError) as refused:
        beat("file:///etc/passwd")

    assert refused.value.permanent


@pytest.fixture
def watcher():
    server = HTTPServer(("127.0.0.1", 0), Watcher)
    server.heard, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
