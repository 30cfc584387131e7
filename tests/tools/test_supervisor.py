import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S, pause_s

ROOT = Path(__file__).parents[2]
SUPERVISE = """
import os, pathlib, sys
from app.commands.supervisor import Child, Supervisor
folder = pathlib.Path(sys.argv[1])
supervisor = Supervisor(os.environ, folder=folder)
pairs = zip(sys.argv[2::2], sys.argv[3::2])
children = [Child(name, (sys.executable, "-c", code)) for name, code in pairs]
supervisor.keep(children, lambda: None)
"""
NOTE = "import os, time; open('{name}', 'a').write(f'{{os.getpid()}}\\n'); "
SLEEP = NOTE + "time.sleep(60)"
FAIL = NOTE + "raise SystemExit(3)"


@given(failures=st.integers(1, 10_000))
def test_a_child_is_never_started_again_at_once_nor_left_waiting_for_long(failures):
    assert FIRST_PAUSE_S <= pause_s(failures) <= pause_s(failures + 1) <= LONGEST_PAUSE_S


def test_a_killed_child_is_started_again(supervise):
    folder, _ = supervise(steady=SLEEP)
    first = _pids(folder / "steady", count=1)[0]

    os.kill(first, signal.SIGKILL)

    again = _pids(folder / "steady", count=2)[1]
    assert again != first
    assert _lives(again)


def test_a_child_that_always_fails_does_not_spin_and_is_named(supervise):
    folder, supervisor = supervise(broken=FAIL)
    _pids(folder / "broken", count=2)

    time.sleep(0.6)

    assert len((folder / "broken").read_text().split()) == 2
    supervisor.terminate()
    assert "child ended" in supervisor.communicate(timeout=10)[1]


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_all_children_end_with_the_supervisor(supervise, order):
    folder, supervisor = supervise(one=SLEEP, two=SLEEP)
    pids = [_pids(folder / name, count=1)[0] for name in ("one", "two")]

    supervisor.send_signal(order)

    assert supervisor.wait(10) == 0
    assert not any(_lives(pid) for pid in pids)


def test_no_child_outlives_a_killed_supervisor(supervise):
    folder, supervisor = supervise(steady=SLEEP)
    pid = _pids(folder / "steady", count=1)[0]

    supervisor.kill()

    assert _within(5, lambda: not _lives(pid))


@pytest.fixture
def supervise(tmp_path):
    """Starts a supervisor over children given as name=code; ends it after the test."""
    started = []

    def start(**children):
        words = [part for name, code in children.items() for part in (name, code.format(name=name))]
        command = [sys.executable, "-c", SUPERVISE, str(tmp_path), *words]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return tmp_path, process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def _pids(file, *, count):
    assert _within(10, lambda: file.exists() and len(file.read_text().split()) >= count)
    return [int(line) for line in file.read_text().split()]


def _within(seconds, holds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def _lives(pid):
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
