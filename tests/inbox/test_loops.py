import pytest

from app.inbox.headers import split_message
from app.inbox.loops import automatic, is_own_loop
from app.inbox.mail import AutomaticReason as Why


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("Auto-Submitted: auto-replied", Why.AUTO_SUBMITTED),
        ("Auto-Submitted: auto-generated (alarm)", Why.AUTO_SUBMITTED),
        ("Auto-Submitted: no", None),
        ("Precedence: bulk", Why.PRECEDENCE),
        ("Precedence: First-Class", None),
        ("List-Id: <news.example.org>", Why.MAILING_LIST),
        ("List-Unsubscribe: <mailto:x@example.org>", Why.MAILING_LIST),
        ("X-Auto-Response-Suppress: All", Why.RESPONSE_SUPPRESSED),
        ("X-Auto-Response-Suppress: None", None),
        ("X-Autoreply: yes", Why.AUTO_RESPONSE),
        ("Return-Path: <>", Why.NULL_SENDER),
        ("Return-Path: <ada@x.org>", None),
        ("From: MAILER-DAEMON@x.org", Why.MAILER_DAEMON),
        ("From: Ada <ada@mailer-daemon.org>", None),
        ("Content-Type: multipart/report; report-type=disposition-notification", Why.REPORT),
        ("Content-Type: multipart/report; report-type=feedback-report", Why.REPORT),
        ("Received: by x\n" * 51 + "To: a", Why.TOO_MANY_HOPS),
        ("Received: by x\n" * 50 + "To: a", None),
        ("Subject: Automatic reply: away", Why.SUBJECT),
        ("Subject: Автоответ: отпуск", Why.SUBJECT),
        ("Subject: Out of office does not work", None),
        ("Subject: Re: hello", None),
    ],
    ids=ascii,
)
def test_a_machine_is_known_by_its_headers(headers, reason):
    read, _ = split_message(f"{headers}\n\n".encode())

    assert automatic(read) is reason


def test_our_own_loop_header_is_known_whoever_else_added_one():
    assert is_own_loop(["other", " mine "], "mine")
    assert not is_own_loop(["other", "Mine", "не"], "mine")
