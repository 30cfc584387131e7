"""The program of a limited child: one pure function from bytes to bytes, asked again and again.

Run as `python -m app.gateways.limited_child package.module:function`. Each question gets 2 s of
processor time; memory is limited once, above what the loaded program needs. A question beyond
its limits ends the child, and the parent starts another.
"""

import gc
import importlib
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

CPU_S = 2
MEMORY_BYTES = 256 * 1024 * 1024
LENGTH_BYTES = 8
OUT_OF_MEMORY = 70  # exit status

_COLLECT_BYTES = 1_000_000


def main(dotted: str) -> None:
    """Answer questions from standard input on standard output until it closes."""
    module, _, name = dotted.partition(":")
    function: Callable[[bytes], bytes] = getattr(importlib.import_module(module), name)
    function(b"")  # what it imports on first use belongs to the base, not to the first question
    gc.freeze()
    _limit_memory()
    try:
        _answer_all(function, sys.stdin.buffer, sys.stdout.buffer)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing that needs memory may run now


def _answer_all(function: Callable[[bytes], bytes], questions: BinaryIO, answers: BinaryIO) -> None:
    while len(head := questions.read(LENGTH_BYTES)) == LENGTH_BYTES:
        question = questions.read(int.from_bytes(head, "big"))
        _arm()
        answer = function(question)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(len(answer).to_bytes(LENGTH_BYTES, "big"))
        answers.write(answer)
        answers.flush()
        if len(question) > _COLLECT_BYTES:
            del question, answer
            gc.collect()


def _arm() -> None:
    """Let the kernel end this process after 2 s of work from now."""
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    # The second line of defence counts whole seconds from the start of the process.
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used_s = math.ceil(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used_s + CPU_S, hard))


def _limit_memory() -> None:
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return  # no Linux: the processor limit and the parent's watch remain
    base = int(pages.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (base + MEMORY_BYTES, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(sys.argv[1])
