"""Mails are read in long-lived children with limits, so that a poisoned one harms only itself.

Starting a process for each mail would cost more than reading it. The pool knows bytes only: what
the children run is named below, what their answer means is told by the caller.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from queue import LifoQueue
from typing import IO, Generic, TypeVar

from app.gateways.limited_child import LENGTH_BYTES, OUT_OF_MEMORY

PARSER = "app.inbox.wire:parsed_as_wire"
WALL_S = 20.0  # on a busy machine 2 s of processor time take longer

_CHUNK_BYTES = 1 << 18
_ROOT = Path(__file__).resolve().parents[2]
_REPLY_BYTES = 1 << 30
_START_S = 30.0

Parsed = TypeVar("Parsed")


class FailureReason(StrEnum):
    """Why a child gave no answer."""

    CPU = "cpu"
    MEMORY = "memory"
    CRASH = "crash"


class ChildFailed(Exception):
    """A child ended or was ended before it answered."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(reason)
        self.reason = reason


class MailParsing(Generic[Parsed]):
    """Children that read mails; at most `children` at once. Safe for several threads.

    `read`: turns a child's bytes into the value of a mail. `program`: what the children run.
    `wall_s`: how long an answer may take on the clock. The children start when first needed.
    """

    def __init__(
        self,
        read: Callable[[bytes], Parsed],
        *,
        children: int = 2,
        program: str = PARSER,
        wall_s: float = WALL_S,
    ) -> None:
        self._read = read
        self._program = program
        self._wall_s = wall_s
        self._places: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(children):
            self._places.put(None)

    def parse(self, raw: bytes) -> Parsed | FailureReason:
        """The value of a mail, or why it could not be read within its limits. Never raises."""
        child = self._places.get()
        try:
            if child is None or not child.is_alive():
                child = _Child(self._program, self._wall_s)
            return self._read(child.ask(raw))
        except ChildFailed as failed:
            return failed.reason
        except (ValueError, OSError):
            if child:
                child.end()
            return FailureReason.CRASH
        finally:
            self._places.put(child if child and child.is_alive() else None)

    def close(self) -> None:
        """End the children; a later `parse` starts new ones."""
        idle = [self._places.get() for _ in range(self._places.qsize())]
        for child in idle:
            if child:
                child.end()
            self._places.put(None)


class _Child:
    """One child process and the pipes to it."""

    def __init__(self, program: str, wall_s: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no word from outside
            [sys.executable, "-m", "app.gateways.limited_child", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "random", "LC_ALL": "C.UTF-8"},
            bufsize=0,
        )
        self._questions = _descriptor(self._process.stdin)
        self._answers = _descriptor(self._process.stdout)
        os.set_blocking(self._questions, False)
        os.set_blocking(self._answers, False)
        self._wall_s = wall_s
        self._allowed_s = wall_s + _START_S

    def is_alive(self) -> bool:
        """Whether it can be asked; one that ended by itself is cleared away."""
        if self._process.poll() is None:
            return True
        self.end()
        return False

    def ask(self, question: bytes) -> bytes:
        """The child's answer. Raises ChildFailed, after which the child is gone."""
        deadline = time.monotonic() + self._allowed_s
        try:
            self._send(len(question).to_bytes(LENGTH_BYTES, "big") + question, deadline)
            head = self._receive(LENGTH_BYTES, deadline)
            answer = self._receive(int.from_bytes(head, "big"), deadline)
        except (BrokenPipeError, EOFError):
            raise ChildFailed(self._why_it_ended()) from None
        except TimeoutError:
            self.end()
            raise ChildFailed(FailureReason.CPU) from None
        self._allowed_s = self._wall_s
        return answer

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self._questions, select.POLLOUT, deadline)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(self._questions, view[:_CHUNK_BYTES]) :]

    def _receive(self, length: int, deadline: float) -> bytes:
        if length > _REPLY_BYTES:
            raise TimeoutError
        pieces: list[bytes] = []
        missing = length
        while missing:
            _wait(self._answers, select.POLLIN, deadline)
            with contextlib.suppress(BlockingIOError):
                piece = os.read(self._answers, min(missing, _CHUNK_BYTES))
                if not piece:
                    raise EOFError
                pieces.append(piece)
                missing -= len(piece)
        return b"".join(pieces)

    def _why_it_ended(self) -> FailureReason:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)  # the pipe closes a moment before the status is there
        self.end()
        status = self._process.returncode
        if status in {-signal.SIGPROF, -signal.SIGXCPU}:
            return FailureReason.CPU
        return FailureReason.MEMORY if status == OUT_OF_MEMORY else FailureReason.CRASH


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ValueError("The child has no pipes.")
    return pipe.fileno()


def _wait(descriptor: int, event: int, deadline: float) -> None:
    """Wait until a pipe is ready. Raises TimeoutError at the deadline."""
    poll = select.poll()  # unlike `select`, it knows descriptors above 1 023
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
