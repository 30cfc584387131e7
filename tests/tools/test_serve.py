import contextlib
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from config import child_environment
from tenants import embedded_database

ROOT = Path(__file__).parents[2]


def test_serve_says_where_everything_is_and_leaves_nothing_behind(serve):
    process, port, var = serve()

    assert process.stdout.readline() == f"firstline http://127.0.0.1:{port}\n"
    assert process.stdout.readline().startswith("mail smtp://127.0.0.1:")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=30) as answer:
        assert answer.status == 200

    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0
    assert not (var / "pg" / "postmaster.pid").exists()
    assert processes_that_name(str(port)) == []


def test_a_taken_port_is_refused_with_what_to_do(serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, port, _ = serve(port=taken.getsockname()[1])

        assert process.wait(60) == 75
        assert f"127.0.0.1:{port} cannot be used" in process.stderr.read()


@pytest.fixture
def serve(tmp_path):
    """Starts `flask serve` on free ports over a folder of its own; ends it after the test."""
    started = []

    def start(port=None):
        port = port or free_port()
        var = tmp_path / "var"
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
        process = subprocess.Popen(
            [*command, "--mail-port", str(free_port())],
            cwd=ROOT,
            env=child_environment(VAR_DIR=str(var), DATABASE_URL="", PUBLIC_BASE_URL=""),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, port, var

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=40)
    embedded_database.stop(tmp_path / "var")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def processes_that_name(text):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it just ended
            found += [path.parent.name] if f":{text}".encode() in path.read_bytes() else []
    return found
