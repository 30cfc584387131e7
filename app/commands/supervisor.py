"""Keeps a few processes running: starts them, starts again what ended, ends them all together.

Knows nothing of what they do. A child has a session of its own, so that Ctrl-C reaches only the
supervisor, and is told to end by the kernel when the supervisor is killed.
"""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOOK_S = 0.25
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
FAILURES_COUNTED = 8  # by then the longest pause is reached
STEADY_S = 60.0
END_S = 20.0
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h

libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Child:
    """What to keep running, and the name it has in the log."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child that was run once ended, and what it wrote to standard output."""

    exit_code: int
    output: str


@dataclass(slots=True)
class Seat:
    """The place of one child: its process, or when the next one is started."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    start_at_s: float = 0.0
    failures: int = 0


class Supervisor:
    """Runs commands in `folder` with `environment` until a stop signal comes."""

    def __init__(self, environment: Mapping[str, str], *, folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._stopping = threading.Event()
        for number in STOP_SIGNALS:
            signal.signal(number, lambda _number, _frame: self._stopping.set())

    @property
    def is_stopping(self) -> bool:
        """Whether a stop signal came."""
        return self._stopping.is_set()

    def run_once(self, child: Child) -> Ended:
        """Run `child` to its end, or to a stop signal if that comes first."""
        with tempfile.TemporaryFile() as output:
            process = self._spawn(child, output)
            while process.poll() is None and not self._stopping.wait(LOOK_S):
                pass
            _end([process])
            output.seek(0)
            return Ended(process.returncode, output.read().decode(errors="replace"))

    def keep(self, children: Sequence[Child], tend: Callable[[], None]) -> None:
        """Keep `children` running until a stop signal, then end them; `tend` between looks."""
        seats = [Seat(child) for child in children]
        try:
            while not self._stopping.is_set():
                for seat in seats:
                    self._look_after(seat, now_s=time.monotonic())
                tend()
                self._stopping.wait(LOOK_S)
        finally:
            _end([seat.process for seat in seats if seat.process])

    def _look_after(self, seat: Seat, *, now_s: float) -> None:
        if seat.process is None:
            if now_s >= seat.start_at_s:
                seat.process = self._spawn(seat.child)
                seat.started_at_s = now_s
            return
        code = seat.process.poll()
        if code is None:
            return
        _signal_group(seat.process, signal.SIGTERM)  # what it left behind
        steady = now_s - seat.started_at_s >= STEADY_S
        seat.process, seat.failures = None, 1 if steady else seat.failures + 1
        pause = pause_s(seat.failures)
        seat.start_at_s = now_s + pause
        facts = {"child": seat.child.name, "exit_code": code, "again_in_s": pause}
        log.warning("child ended", extra=facts)

    def _spawn(self, child: Child, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - commands of this program, no shell
            child.command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
            preexec_fn=_end_with_the_parent,  # noqa: PLW1509 - the supervisor has one thread
        )


def pause_s(failures: int) -> float:
    """Seconds before the next start after `failures` ends in a row (1 or more)."""
    doubled = FIRST_PAUSE_S * 2.0 ** (min(failures, FAILURES_COUNTED) - 1)
    return min(doubled, LONGEST_PAUSE_S)


def _end_with_the_parent() -> None:
    if sys.platform == "linux":
        libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, and kill with all they started those that take longer than END_S."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + END_S
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)  # a session's leader gives its group the number
