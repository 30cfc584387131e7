"""Only the named server's topmost results count."""

import pytest

from app.inbox.authentication import SenderResults, trusted_results

OURS = (
    "mx.desk.example; spf=pass smtp.mailfrom=a@b.example; dkim=fail; dkim=pass; dmarc=pass (p=none)"
)


def test_the_named_servers_results_are_read():
    assert trusted_results([OURS], "mx.desk.example") == SenderResults(
        spf="pass", dkim="pass", dmarc="pass", policy="none"
    )


@pytest.mark.parametrize(
    "header",
    [
        "mx.evil.example; dmarc=pass",
        "mx.desk.example.evil.example; dmarc=pass",
        "evil (mx.desk.example); dmarc=pass",
        "; dmarc=pass",
        "",
    ],
)
def test_another_servers_results_are_ignored(header):
    assert trusted_results([header], "mx.desk.example") == SenderResults()


def test_of_several_the_topmost_counts():
    older = "mx.desk.example; dmarc=pass"

    found = trusted_results(["mx.desk.example; dmarc=fail (p=reject)", older], "mx.desk.example")

    assert (found.dmarc, found.policy) == ("fail", "reject")
