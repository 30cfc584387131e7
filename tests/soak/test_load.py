"""Ten times the ordinary load for a while: nothing is refused, and the backlog empties."""

import time

from tests.faults.conservation import findings, is_quiet
from tests.faults.kill_run import a_running_desk
from tests.faults.running_desk import wait_until
from tests.faults.sender import Sender
from tests.soak.length import seconds_of

ORDINARY = 2  # mails a second
EMPTY_S = 120.0


def test_the_backlog_of_ten_times_the_load_empties(tmp_path):
    span_s = max(10.0, seconds_of(0.05))
    calm, burst = int(span_s * ORDINARY), int(span_s * ORDINARY * 10)

    with a_running_desk(tmp_path / "var") as (desk, relay):
        sender = Sender(desk.mail_port, at_once=10)
        sender.send(range(calm), over_s=span_s)
        began_s = time.monotonic()
        sender.send(range(calm, calm + burst), over_s=span_s)
        taken_s = time.monotonic() - began_s
        wait_until(lambda: is_quiet(desk), within_s=EMPTY_S)
        found = findings(desk, relay, sender)

    assert found == []
    assert len(sender.accepted) == calm + burst
    assert taken_s < 2 * span_s  # the door itself keeps up
