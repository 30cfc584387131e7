"""The kill run: mails come in while processes are killed; afterwards nothing is lost or twice.

Source: security, 4.1. The same run is short in the ordinary suite and long in `tests/soak`.
"""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.faults.conservation import findings, is_quiet
from tests.faults.relay import Relay
from tests.faults.running_desk import Part, RunningDesk, wait_until
from tests.faults.sender import Sender

READY_S = 40.0  # a child that ended often is started again after 30 s at most
LOOK_S = 0.5
TWICE = 2
PASS_TIME = (
    """
    UPDATE outbound_messages
    SET claimed_at = claimed_at - interval '6 minutes', next_attempt_at = now()
    WHERE status IN ('pending', 'sending') AND coalesce(claimed_at, created_at) < now() - %s
    """,
    """
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND task_name IN ('deliver_outbox', 'take_mail') AND scheduled_at > now()
    """,
)


@dataclass(frozen=True)
class KillRun:
    """How many mails, over how many seconds, and who is killed meanwhile, evenly spread.

    `quiet_s`: how long the desk may take to be quiet after the last mail.
    """

    mails: int
    over_s: float
    kills: Sequence[Part]
    quiet_s: float
    seed: int = 1


@dataclass(frozen=True)
class Outcome:
    """What was found wrong, and what the run did. `doubled`: mails that left twice."""

    findings: list[str]
    killed: Counter[Part]
    tries: int
    doubled: int
    quiet_after_s: float


def kill_run(desk: RunningDesk, relay: Relay, run: KillRun, *, passing_time) -> Outcome:
    """Run it. `passing_time(desk)` is called now and then while the desk becomes quiet."""
    sender = Sender(desk.mail_port)
    sending = threading.Thread(target=sender.send, args=[range(run.mails)], kwargs=_over(run))
    sending.start()
    killed = _kill_all(desk, relay, run)
    sending.join()
    sent_at_s = time.monotonic()
    try:
        _become_quiet(desk, run.quiet_s, passing_time)
        late = []
    except AssertionError as error:
        late = [f"not quiet: {error}"]
    quiet_after_s = time.monotonic() - sent_at_s
    lost = sorted(set(range(run.mails)) - sender.accepted)
    unsent = [f"mails {lost} never got a 250"] if lost else []
    found = [*late, *unsent, *findings(desk, relay, sender)]
    doubled = sum(copies == TWICE for copies in relay.copies().values())
    return Outcome(found, killed, sender.tries, doubled, quiet_after_s)


@contextlib.contextmanager
def a_running_desk(var: Path) -> Iterator[tuple[RunningDesk, Relay]]:
    """A desk with Harbour's mailbox, and the relay that it sends by; both end afterwards."""
    relay = Relay()
    relay.start()
    desk = RunningDesk(var, relay.port)
    try:
        desk.start()
        desk.add_harbour()
        yield desk, relay
    finally:
        desk.stop()
        relay.stop()


def let_nothing_pass(_desk: RunningDesk) -> None:
    """Time passes by itself."""


def let_leases_pass(desk: RunningDesk) -> None:
    """What a dead worker claimed ten seconds ago looks as if that were six minutes ago."""
    claims, jobs = PASS_TIME
    desk.ask(claims.replace("%s", "interval '10 seconds'"))
    desk.ask(jobs)


def _over(run: KillRun) -> dict[str, float]:
    return {"over_s": run.over_s}


def _kill_all(desk: RunningDesk, relay: Relay, run: KillRun) -> Counter[Part]:
    """Kill one after the other; every second time the workers just when the relay took a mail."""
    choice = random.Random(run.seed)  # noqa: S311 - chance, no secret
    killed: Counter[Part] = Counter()
    pause_s = run.over_s / (len(run.kills) + 1)
    for part in run.kills:
        time.sleep(pause_s * choice.uniform(0.7, 1.3))
        if part is Part.JOBS and killed[part] % 2 == 0:
            relay.strike_after_next(lambda: desk.kill_each(Part.JOBS))
            killed[part] += 1
            continue
        with contextlib.suppress(AssertionError):  # nobody of it ran long enough: it is dead
            wait_until(lambda part=part: desk.kill(part, choice.choice), within_s=READY_S)
            killed[part] += 1
    return killed


def _become_quiet(desk: RunningDesk, within_s: float, passing_time) -> None:
    def is_so() -> bool:
        time.sleep(LOOK_S)
        with contextlib.suppress(psycopg.Error):
            passing_time(desk)
            return is_quiet(desk)
        return False

    wait_until(is_so, within_s=within_s)
