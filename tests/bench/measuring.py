"""How things are timed: in turns, so that a noisy minute of the machine hits all of them alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

Contenders = Mapping[str, Callable[[], Any]]
MS = 1000
WARM_ROUNDS = 5


def interleaved(contenders: Contenders, *, rounds: int) -> dict[str, float]:
    """The median time of each contender in ms; each runs once a round, each round begins later."""
    times = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(WARM_ROUNDS + rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            took_ms = timed(contenders[name])
            if number >= WARM_ROUNDS:
                times[name].append(took_ms)
    return {name: median(each) for name, each in times.items()}


def timed(work: Callable[[], Any]) -> float:
    """How long `work` took, in ms."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * MS
