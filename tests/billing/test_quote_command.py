"""The command `quote` as scripts use it."""

import json
from copy import deepcopy

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.commands.quote import register

START = {
    "currency": "RUB",
    "fee": "4900.00",
    "first_period_fee": "4900.00",
    "tax_percent": "22",
    "rounding": "period_ceil_minute",
    "meters": {
        "tickets": {"included": 10, "overage": "350.00"},
        "call_seconds": {"included_s": 3000, "overage_per_minute": "9.00"},
    },
}


def test_a_month_beyond_the_allowance_is_quoted_line_by_line():
    usage = [tickets(f"t{number}") for number in range(13)]
    usage.append(talk("c1", 3000 + 12 * 60 - 59))

    *lines, totals = rows_of(request(usage))

    assert lines == [
        line("fee", None, 1, "4900.00", 490_000),
        line("allowance", "tickets", 10, "0.00", 0),
        line("overage", "tickets", 3, "350.00", 105_000),
        line("allowance", "call_seconds", 50, "0.00", 0),
        line("overage", "call_seconds", 12, "9.00", 10_800),
    ]
    assert totals == {
        "net_minor": 605_800,
        "tax_minor": 133_276,
        "total_minor": 739_076,
        "currency": "RUB",
    }


def test_an_empty_month_costs_the_fee():
    *lines, totals = rows_of(request([]))

    assert [each["amount_minor"] for each in lines] == [490_000, 0, 0]
    assert totals["net_minor"] == 490_000


def test_the_promotional_fee_is_for_the_first_period_only():
    optimum = {**START, "fee": "13900", "first_period_fee": "4900"}

    first = rows_of(request([], plan=optimum, first=True))
    later = rows_of(request([], plan=optimum, first=False))

    assert (first[0]["amount_minor"], later[0]["amount_minor"]) == (490_000, 1_390_000)


def test_usage_of_another_month_does_not_count():
    usage = [tickets(f"t{n}", at="2026-10-31T23:59:59Z") for n in range(20)]
    usage += [tickets(f"u{n}", at="2026-12-01T00:00:00Z") for n in range(20)]

    assert rows_of(request(usage))[-1]["net_minor"] == 490_000


def test_a_currency_without_minor_units_is_quoted_in_whole_ones():
    yen = {**START, "currency": "JPY", "fee": "4900", "tax_percent": "10"}

    assert rows_of(request([], plan=yen))[-1]["total_minor"] == 5390


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"plan": NaN}',
        b'{"plan": 1' + b"0" * 5000 + b"}",
        b'"\\ud800"',
    ],
)
def test_what_is_no_request_ends_with_65_and_one_line(raw):
    refuse(raw)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["plan"], None),
        (["plan", "currency"], "XXX"),
        (["plan", "currency"], "rub"),
        (["plan", "currency"], "\ud800\n"),
        (["plan", "fee"], "-1"),
        (["plan", "fee"], "1e400"),
        (["plan", "fee"], "NaN"),
        (["plan", "fee"], True),
        (["plan", "fee"], None),
        (["plan", "tax_percent"], "101"),
        (["plan", "rounding"], "up"),
        (["plan", "meters"], []),
        (["plan", "meters", "faxes"], {"included": 1, "overage": "1"}),
        (["plan", "meters", "tickets", "included"], -1),
        (["plan", "meters", "tickets", "included"], 1.5),
        (["plan", "meters", "call_seconds", "overage_per_minute"], ""),
        (["period"], "2026-13"),
        (["period"], "November"),
        (["zone"], "Mars/Olympus"),
        (["first"], "yes"),
        (["usage"], {}),
        (["usage", 0], 7),
        (["usage", 0, "meter"], "faxes"),
        (["usage", 0, "key"], ""),
        (["usage", 0, "key"], 5),
        (["usage", 0, "at"], "yesterday"),
        (["usage", 0, "at"], "2026-11-03T10:00:00"),
        (["usage", 0, "quantity"], 1.5),
        (["usage", 0, "quantity"], "many"),
        (["usage", 0, "quantity"], True),
        (["usage", 0, "quantity"], 10**30),
    ],
)
def test_a_request_with_a_wrong_field_ends_with_65_and_names_it(path, value):
    wrong = deepcopy(request([tickets("t1")]))
    place = wrong
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    refuse(json.dumps(wrong).encode())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
places = st.sampled_from(
    [
        ("plan",),
        ("usage",),
        ("period",),
        ("zone",),
        *(("plan", name) for name in START),
        *(("plan", "meters", "tickets", name) for name in START["meters"]["tickets"]),
        *(("usage", 0, name) for name in ("meter", "key", "at", "quantity", "voids")),
    ]
)


@given(places, anything)
def test_whatever_stands_in_a_field_is_priced_or_refused(path, value):
    document = deepcopy(request([tickets("t1")]))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    outcome = run(json.dumps(document).encode())

    assert outcome.exit_code in (0, 65)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)


def test_usage_of_a_meter_without_a_price_is_refused():
    plan = {**START, "meters": {"tickets": START["meters"]["tickets"]}}

    message = refuse(json.dumps(request([talk("c1", 60)], plan=plan)).encode())

    assert "call_seconds" in message


def test_an_unknown_option_ends_with_64():
    assert run(b"{}", "--fast").exit_code == 64
    assert run(b"{}", "surplus").exit_code == 64


def run(raw: bytes, *arguments: str):
    cli = click.Group("flask")
    register(cli)
    return CliRunner().invoke(cli, ["quote", *arguments], input=raw)


def rows_of(document: dict) -> list[dict]:
    outcome = run(json.dumps(document).encode())
    assert outcome.exit_code == 0, outcome.output
    return [json.loads(row) for row in outcome.stdout.splitlines()]


def refuse(raw: bytes) -> str:
    outcome = run(raw)
    assert outcome.exit_code == 65
    assert isinstance(outcome.exception, SystemExit)
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 1
    return outcome.stderr


def request(usage: list[dict], *, plan: dict = START, first: bool = False) -> dict:
    return {"plan": plan, "usage": usage, "period": "2026-11", "first": first}


def tickets(key: str, at: str = "2026-11-03T10:00:00Z") -> dict:
    return {"meter": "tickets", "key": key, "at": at, "quantity": 1}


def talk(key: str, seconds: int) -> dict:
    return {
        "meter": "call_seconds",
        "key": key,
        "at": "2026-11-03T12:00:00+02:00",
        "quantity": seconds,
    }


def line(*values: object) -> dict:
    names = ("kind", "meter", "quantity", "unit_price", "amount_minor")
    return dict(zip(names, values, strict=True))
