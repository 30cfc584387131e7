"""The kill run of `tests/soak` in a minute: nothing lost and nothing twice, whoever dies."""

import pytest

from tests.faults.kill_run import KillRun, a_running_desk, kill_run, let_leases_pass
from tests.faults.running_desk import Part

KILLS = (Part.JOBS, Part.MAIL, Part.JOBS, Part.PARSING, Part.DATABASE, Part.WEB)


@pytest.mark.xdist_group("kill run")
def test_whoever_is_killed_each_mail_becomes_one_ticket_or_entry_and_is_answered(tmp_path):
    run = KillRun(mails=60, over_s=16, kills=KILLS, quiet_s=60)

    with a_running_desk(tmp_path / "var") as (desk, relay):
        outcome = kill_run(desk, relay, run, passing_time=let_leases_pass)

    assert outcome.findings == []
    assert outcome.killed.total() == len(KILLS)
    assert outcome.doubled  # by a worker killed between the relay's 250 and its own commit
