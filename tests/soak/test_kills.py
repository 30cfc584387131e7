"""The kill run at length, leases and all in their own time."""

from itertools import cycle, islice

from tests.faults.kill_run import KillRun, a_running_desk, kill_run, let_nothing_pass
from tests.faults.running_desk import Part
from tests.soak.length import seconds_of

KILLS = (
    *(Part.JOBS, Part.MAIL, Part.PARSING, Part.WEB, Part.JOBS, Part.DATABASE),
    *(Part.MAIL, Part.PARSING, Part.JOBS, Part.ALL),
)
KILL_EACH_S = 18  # 200 an hour
MAILS_A_SECOND = 2.8  # 10 000 an hour
QUIET_S = 1_500.0  # three leases of six minutes, and the job that looks for lost messages


def test_whoever_is_killed_nothing_is_lost_and_nothing_is_twice(tmp_path):
    over_s = seconds_of(0.6)
    run = KillRun(
        mails=int(over_s * MAILS_A_SECOND),
        over_s=over_s,
        kills=tuple(islice(cycle(KILLS), max(len(KILLS), int(over_s / KILL_EACH_S)))),
        quiet_s=QUIET_S,
    )

    with a_running_desk(tmp_path / "var") as (desk, relay):
        outcome = kill_run(desk, relay, run, passing_time=let_nothing_pass)

    assert outcome.findings == []
    assert outcome.killed.total() == len(run.kills)
