# ruff: noqa: RUF001, S311 - mails in their own alphabets, dice that guard nothing
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.limits import Defect, Limit
from app.inbox.mail import AutomaticReason, BounceAction
from app.inbox.parsing import parse_mail
from app.inbox.wire import from_wire, to_json, to_wire

PAYLOADS = Path(__file__).parents[1] / "payloads" / "mail"
SAMPLES = sorted(PAYLOADS.glob("*.eml"))


def test_a_plain_request_is_read_whole():
    mail = parse_mail(sample("plain_request"))

    assert (mail.from_email, mail.from_name) == ("ada@client.example", "Ada Lovelace")
    assert not mail.sender_ambiguous
    assert mail.subject == "The printer on floor 2 is offline"
    assert mail.sent_at == datetime(2024, 3, 5, 8, 15, tzinfo=UTC)
    assert mail.visible_text.startswith("Hello,\n\nthe printer")
    assert "Client Ltd" in mail.quoted_text
    assert mail.bodies.language == "en"
    assert mail.automatic is None
    assert mail.bounce is None


def test_a_koi8_reply_is_read_and_trimmed():
    mail = parse_mail(sample("russian_reply_koi8"))

    assert mail.from_name == "Иван Петров"
    assert mail.subject == "Re: HB-10481 Не работает принтер"
    assert mail.visible_text.strip() == "Спасибо, теперь печатает."
    assert mail.references[-1] == mail.in_reply_to == "<7.9.aaaaaaaaaaaaaaaa@harbour.example>"
    assert mail.bodies.language == "ru"


def test_a_mail_with_markup_only_gets_text_and_loads_nothing():
    mail = parse_mail(sample("html_with_inline_image"))

    assert mail.bodies.text.startswith("See the picture:")
    assert "<https://client.example/log>" in mail.bodies.text
    assert 'data-content-id="shot@client.example"' in mail.bodies.html_clean
    assert 'data-remote-src="https://tracker.example/pixel.gif"' in mail.bodies.html_clean
    assert "alert" not in mail.bodies.html_clean
    assert [(file.name, file.inline) for file in mail.attachments] == [
        ("shot.png", True),
        ("отчёт.txt", False),
    ]
    assert mail.attachments[1].content == b"report"


def test_a_delivery_report_names_each_recipient_and_the_mail_that_came_back():
    mail = parse_mail(sample("bounce_dsn"))

    assert mail.automatic is AutomaticReason.REPORT
    assert [(r.address, r.hard) for r in mail.bounce.recipients] == [
        ("gone@client.example", True),
        ("full@client.example", False),
    ]
    assert mail.bounce.message_id == "<7.9.bbbbbbbbbbbbbbbb@harbour.example>"


def test_reports_in_words_are_understood():
    qmail = parse_mail(sample("bounce_qmail")).bounce
    exim = parse_mail(sample("bounce_exim_delayed")).bounce

    assert [(r.address, r.status, r.hard) for r in qmail.recipients] == [
        ("gone@client.example", "5.1.1", True)
    ]
    assert qmail.message_id == "<7.9.cccccccccccccccc@harbour.example>"
    assert [(r.address, r.action, r.hard) for r in exim.recipients] == [
        ("slow@client.example", BounceAction.DELAYED, False)
    ]


def test_an_absence_note_is_automatic_and_an_invitation_is_only_shown():
    assert parse_mail(sample("out_of_office")).automatic is AutomaticReason.AUTO_SUBMITTED

    mail = parse_mail(sample("invitation"))
    assert mail.automatic is None
    assert mail.calendar[0].summary == "Maintenance window"
    assert mail.calendar[0].starts == "2024-03-10T20:00:00+00:00"
    assert mail.bodies.text.strip() == "You are invited."


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_parsed_mail_travels_over_the_wire_unchanged(path):
    mail = parse_mail(path.read_bytes())

    assert from_wire(to_wire(mail)) == mail
    assert "content" not in to_json(mail)


@given(raw=st.binary(max_size=2_000))
def test_any_bytes_can_be_parsed(raw):
    mail = parse_mail(raw)

    assert from_wire(to_wire(mail)) == mail


@given(seed=st.integers(0, 2**32), path=st.sampled_from(SAMPLES))
def test_a_mutated_mail_can_be_parsed(seed, path):
    mail = parse_mail(mutated(path.read_bytes(), random.Random(seed)))

    assert is_clean(mail.bodies.text)
    assert is_clean(mail.subject)
    assert "\n" not in mail.subject


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (b"To: a@b.c\n\nx", Defect.NO_FROM),
        (b"From: a@b.c\nFrom: d@e.f\n\nx", Defect.TWO_FROM),
        (b"From: a@b.c\nDate: yesterday\n\nx", Defect.BAD_DATE),
        (b"From: a@b.c\n\nx", Defect.NO_MESSAGE_ID),
        (b"From: a@b.c\nMessage-ID: []\n\nx", Defect.BAD_MESSAGE_ID),
        (b"Content-Type: text/plain; charset=x-none\n\n\xff", Defect.UNKNOWN_CHARSET),
        (b"Content-Type: text/plain; charset=koi8-r\n\n\xd0\x90\xd0\x91", Defect.WRONG_CHARSET),
        (b"Content-Type: multipart/mixed; boundary=x\n\nhello", Defect.BOUNDARY_NOT_FOUND),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhi", Defect.TRUNCATED_MULTIPART),
        (b"Content-Transfer-Encoding: base64\n\naGVsbG8*=", Defect.BAD_BASE64),
        (b"From: a@b.c\n\nnul\x00 here", Defect.CONTROL_CHARACTERS),
        (b"From: a@b.c\nnot a header\n\nx", Defect.HEADERS_END_EARLY),
    ],
    ids=str,
)
def test_what_is_malformed_is_named_and_read_all_the_same(raw, defect):
    assert defect in parse_mail(raw).defects


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        (b"A: b\n" * 100_000 + b"\nbody", Limit.HEADER_BYTES),
        (b"Subject: " + b"x" * 1_000_000 + b"\n\nbody", Limit.HEADER_BYTES),
        (b"To: " + b"a@b.c, " * 4_000 + b"\n\nx", Limit.ADDRESSES_PER_HEADER),
        (b"References: " + b"<a@b> " * 5_000 + b"\n\nx", Limit.REFERENCES),
        (b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 50_000, Limit.PARTS),
        (b"Content-Type: multipart/mixed; boundary=" + b"x" * 3_000, Limit.BOUNDARY_CHARS),
        (b"From: a@b.c\n\n" + b"x" * 10_240_001, Limit.MESSAGE_BYTES),
    ],
    ids=["headers", "header", "recipients", "references", "parts", "boundary", "message"],
)
def test_what_is_too_much_is_cut_and_named(raw, limit):
    assert limit in parse_mail(raw).limits_hit


def test_a_thousand_nested_parts_are_cut_at_thirty():
    raw = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(1_000)
    )

    assert Limit.MIME_DEPTH in parse_mail(raw + b"\nhi").limits_hit


def test_a_thousand_nested_messages_are_one_file():
    mail = parse_mail(b"Content-Type: message/rfc822\n\n" * 1_000 + b"hi")

    assert [file.type for file in mail.attachments] == ["message/rfc822"]


def test_more_than_two_hundred_files_are_cut():
    part = b"--x\nContent-Disposition: attachment; filename=a.txt\n\na\n"
    mail = parse_mail(b"Content-Type: multipart/mixed; boundary=x\n\n" + part * 250 + b"--x--\n")

    assert len(mail.attachments) == 200
    assert Limit.ATTACHMENTS in mail.limits_hit


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_line_ends_do_not_matter(end):
    mail = parse_mail(end.join([b"From: a@b.c", b"Subject: one", b" two", b"", b"hello", b"you"]))

    assert mail.subject == "one two"
    assert mail.bodies.text == "hello\nyou"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Café au lait, déjà vu à la carte", "cp1252"),
        ("Здравствуйте, у нас не работает почта", "cp1251"),
        ("Здравствуйте, у нас не работает почта", "koi8-r"),
        ("Здравствуйте, у нас не работает почта", "cp866"),
        ("Доброго дня, у нас не працює її пошта", "koi8-u"),
        ("プリンタが動きません。よろしくお願いします。", "iso2022_jp"),
        ("Grüße aus München", "utf-8"),
    ],
    ids=ascii,
)
def test_a_text_without_a_label_is_read(text, charset):
    raw = b"From: a@b.org\nSubject: " + text.encode(charset) + b"\n\n" + text.encode(charset)

    mail = parse_mail(raw)

    assert (mail.subject, mail.bodies.text) == (text, text)


def test_a_subject_that_decodes_to_two_lines_is_one_line():
    mail = parse_mail(b"Subject: =?utf-8?q?a=0D=0ABcc:_x@y.z?=\n\n")

    assert mail.subject == "a Bcc: x@y.z"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\Windows\\evil.exe", "a\x00b.txt", "\u202egpj.exe", "x" * 500, "..."],
    ids=["path", "drive", "nul", "direction", "long", "dots"],
)
def test_a_file_name_is_only_a_name(name):
    raw = f'Content-Disposition: attachment; filename="{name}"\n\nx'.encode()

    kept = parse_mail(raw).attachments[0].name

    assert 0 < len(kept) <= 200
    assert not set(kept) & set("/\\:\0\u202e")


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """`raw` with a few bytes changed, a stretch doubled and another taken out."""
    data = bytearray(raw)
    for _ in range(dice.randint(0, 20)):
        data[dice.randrange(len(data))] = dice.choice(b'\0\r\n"<>()=?;:-\xff\x80 @')
    start = dice.randrange(len(data))
    piece = data[start : start + dice.randint(0, 200)]
    place = dice.randrange(len(data))
    data[place:place] = piece
    gap = dice.randrange(len(data))
    del data[gap : gap + dice.randint(0, 50)]
    return bytes(data)


def is_clean(text: str) -> bool:
    text.encode()  # a lone surrogate would raise
    return not any(char < " " and char not in "\n\t" for char in text)


def sample(name: str) -> bytes:
    return (PAYLOADS / f"{name}.eml").read_bytes()
