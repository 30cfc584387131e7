import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.commands.mail_tools import register

PAYLOADS = Path(__file__).parents[1] / "payloads" / "mail"


def test_a_mail_on_standard_input_is_one_json_line(run):
    result = run("inspect-mail", given=(PAYLOADS / "plain_request.eml").read_bytes())

    assert result.exit_code == 0
    assert set(json.loads(result.stdout)) == {
        "from_email",
        "from_name",
        "sender_ambiguous",
        "to",
        "cc",
        "reply_to",
        "subject",
        "date_utc",
        "message_id",
        "in_reply_to",
        "references",
        "text",
        "html_clean",
        "visible_text",
        "quoted_text",
        "attachments",
        "automatic",
        "bounce",
        "calendar",
        "defects",
        "limits_hit",
    }


def test_each_file_is_one_json_line(run):
    paths = [str(path) for path in sorted(PAYLOADS.glob("*.eml"))]

    result = run("inspect-mail", *paths)

    assert len(result.stdout.splitlines()) == len(paths)
    assert all(json.loads(line) for line in result.stdout.splitlines())


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\r\r", b"From: \xff"], ids=repr)
def test_any_bytes_are_inspected(run, raw):
    assert run("inspect-mail", given=raw).exit_code == 0


def test_a_reply_is_trimmed(run):
    result = run("trim-reply", given=b"Yes\n\n> No?\n")

    assert json.loads(result.stdout) == {
        "visible": "Yes\n",
        "quoted": "\n> No?\n",
        "confidence": 0.85,
    }


def test_markup_a_url_and_an_address_are_checked(run):
    assert json.loads(run("clean-html", given=b"<b onclick=x>a").stdout) == {"html": "<b>a</b>"}
    urls = run("check-url", "http://127.1/", "https://example.org/").stdout.splitlines()
    assert [json.loads(line)["allowed"] for line in urls] == [False, True]
    assert json.loads(run("parse-address", "Ada <ada@x.org>").stdout) == {
        "ambiguous": False,
        "addresses": [{"name": "Ada", "address": "ada@x.org"}],
    }


@pytest.mark.parametrize(
    ("arguments", "given", "code"),
    [
        (["inspect-mail", "no-such-file.eml"], b"", 65),
        (["inspect-mail", "."], b"", 65),
        (["inspect-mail"], b"x" * 10_240_001, 65),
        (["trim-reply", "no-such-file"], b"", 65),
        (["check-url"], b"", 64),
        (["parse-address"], b"", 64),
    ],
    ids=["missing", "folder", "too large", "missing text", "no url", "no text"],
)
def test_what_cannot_be_read_is_refused_in_one_line(run, arguments, given, code):
    result = run(*arguments, given=given)

    assert result.exit_code == code
    assert "Traceback" not in result.output


@pytest.fixture
def run():
    group = click.Group()
    register(group)
    return lambda *arguments, given=b"": CliRunner().invoke(group, list(arguments), input=given)
