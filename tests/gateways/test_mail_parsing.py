import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.gateways.mail_parsing import FailureReason, MailParsing
from app.inbox.limits import Limit
from app.inbox.parsing import parse_mail
from app.inbox.wire import from_wire

PAYLOADS = Path(__file__).parents[1] / "payloads" / "mail"
SAMPLES = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.eml"))]
TEN_MEGABYTES = 10_000_000
BOMB = "tests.gateways.bombs"


def test_a_child_reads_what_the_parser_reads(parsing):
    assert [parsing.parse(raw) for raw in SAMPLES] == [parse_mail(raw) for raw in SAMPLES]


def test_several_threads_share_the_children(parsing):
    with ThreadPoolExecutor(4) as threads:
        mails = list(threads.map(parsing.parse, SAMPLES * 5))

    assert mails == [parse_mail(raw) for raw in SAMPLES] * 5


def test_closing_is_not_the_end(parsing):
    parsing.parse(SAMPLES[0])
    parsing.close()

    assert parsing.parse(SAMPLES[0]) == parse_mail(SAMPLES[0])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("endless_work", FailureReason.CPU),
        ("endless_sleep", FailureReason.CPU),
        ("endless_memory", FailureReason.MEMORY),
        ("sudden_end", FailureReason.CRASH),
        ("exception", FailureReason.CRASH),
    ],
    ids=str,
)
def test_a_bomb_ends_its_child_and_the_next_mail_is_read(name, reason):
    bombs = MailParsing(bytes.decode, children=1, program=f"{BOMB}:{name}", wall_s=4)
    begun = time.monotonic()

    assert bombs.parse(b"harmless") == "harmless"
    assert bombs.parse(b"bomb") is reason
    assert bombs.parse(b"harmless") == "harmless"
    assert time.monotonic() - begun < 12
    bombs.close()


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("text/plain", b"one line of words\n"),
        ("text/plain", b"> x\n"),
        ("text/html", b"<div>"),
        ("text/html", b"<p class=MsoNormal><span lang=EN-US>Hello &nbsp;<o:p></o:p></span></p>\n"),
        ("text/html", b"<"),
        ("text/html", b"&"),
        ("text/html", b"<a href='data:"),
        ("multipart/mixed; boundary=x", b"--x\n"),
        ("multipart/mixed; boundary=-", b"-"),
        ("multipart/mixed; boundary=-", b"---\n-\n"),
        ("application/ms-tnef", b"\x78\x9f\x3e\x22"),
        ("text/calendar", b"BEGIN:VEVENT\n"),
        ("text/plain; charset=utf-7", b"+AGEAYg-"),
        ("text/plain", b"x"),
    ],
    ids=ascii,
)
def test_ten_poisoned_megabytes_are_read_within_the_limits(parsing, head, piece):
    raw = f"From: a@b.org\nContent-Type: {head}\n\n".encode() + piece * (
        TEN_MEGABYTES // len(piece)
    )

    assert not isinstance(parsing.parse(raw), FailureReason)


def test_one_line_of_sixty_megabytes_is_cut_not_refused(parsing):
    mail = parsing.parse(b"From: a@b.org\n\n" + b"x" * 60_000_000)

    assert Limit.MESSAGE_BYTES in mail.limits_hit


@pytest.fixture(scope="module")
def parsing():
    pool = MailParsing(from_wire)
    yield pool
    pool.close()
