"""Mail that arrives goes before mail that leaves, which is late but never stopped."""

import contextlib
import threading
import time

from app.jobs.precedence import GIVE_WAY_S, Precedence


def test_who_gives_way_begins_when_nobody_goes_first_any_more():
    precedence, begun, order = Precedence(), threading.Event(), []

    def leaving():
        begun.set()
        with precedence.giving_way():
            order.append("leaves")

    with precedence.going_first():
        other = threading.Thread(target=leaving)
        other.start()
        begun.wait()
        order.append("arrives")
    other.join()

    assert order == ["arrives", "leaves"]


def test_who_gives_way_waits_a_moment_and_no_longer():
    precedence = Precedence()

    with precedence.going_first():
        began_s = time.monotonic()
        with precedence.giving_way():
            waited_s = time.monotonic() - began_s

    assert waited_s >= GIVE_WAY_S * 0.9


def test_nobody_waits_for_a_job_that_failed():
    precedence = Precedence()
    with contextlib.suppress(RuntimeError), precedence.going_first():
        raise RuntimeError

    began_s = time.monotonic()
    with precedence.giving_way():
        assert time.monotonic() - began_s < GIVE_WAY_S / 2
