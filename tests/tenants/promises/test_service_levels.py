"""Which targets a ticket is promised, and why."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import Refused
from tenants.promises.levels_json import (
    condition_from_json,
    condition_to_json,
    targets_from_json,
    targets_to_json,
)
from tenants.promises.priority import Priority
from tenants.promises.service_levels import (
    Condition,
    ConditionField,
    PromisedTo,
    ServiceLevel,
    Targets,
    Verdict,
    choice_in_words,
    choose_service_level,
    default_service_levels,
)
from tenants.promises.target import (
    Target,
    TargetKind,
    opening_hours,
    round_the_clock,
    target_from_json,
    working_days,
)


@pytest.mark.parametrize(
    ("priority", "first_response", "resolution"),
    [
        (Priority.P1, round_the_clock(minutes=15), round_the_clock(hours=4)),
        (Priority.P2, opening_hours(hours=1), opening_hours(hours=8)),
        (Priority.P3, opening_hours(hours=4), working_days(3)),
        (Priority.P4, opening_hours(hours=8), working_days(5)),
    ],
)
def test_a_new_tenant_promises_the_usual_times(priority, first_response, resolution):
    choice = choose_service_level(default_service_levels(), a_request(priority=priority))

    assert choice.targets.first_response == first_response
    assert choice.targets.resolution == resolution


def test_the_first_row_that_fits_wins_and_says_why():
    levels = (a_level("VIP", vip=True), a_level("Bank", client_ids={7}), a_level("All"))

    choice = choose_service_level(levels, a_request(client_id=7))

    assert choice.level is levels[1]
    assert choice.position == 1
    assert choice.verdicts == (Verdict("VIP", ConditionField.VIP), Verdict("Bank", None))
    assert choice_in_words(choice) == (
        "1. “VIP”: for other requesters (VIP)",
        "2. “Bank”: applies",
    )


def test_a_ticket_that_no_row_fits_is_measured_without_a_deadline():
    choice = choose_service_level((a_level("Mail", channels={"mail"}),), a_request())

    assert choice.level is None
    assert choice.targets == Targets()
    assert choice_in_words(choice)[-1].startswith("No service level fits")


@pytest.mark.parametrize(
    ("condition", "mismatch"),
    [
        ({"priorities": {Priority.P1}}, ConditionField.PRIORITY),
        ({"brand_ids": {99}}, ConditionField.BRAND),
        ({"client_ids": {99}}, ConditionField.CLIENT),
        ({"service_ids": {99}}, ConditionField.SERVICE),
        ({"channels": {"mail"}}, ConditionField.CHANNEL),
        ({"vip": True}, ConditionField.VIP),
    ],
)
def test_each_condition_keeps_others_out(condition, mismatch):
    assert a_level("x", **condition).condition.mismatch(a_request()) is mismatch


def test_a_condition_for_clients_keeps_out_a_ticket_without_one():
    level = a_level("Bank", client_ids={7})

    assert level.condition.mismatch(a_request(client_id=None)) is ConditionField.CLIENT


targets = st.none() | st.builds(Target, st.sampled_from(TargetKind), st.integers(1, 366))
ids = st.frozensets(st.integers(1, 9), max_size=2)
level_rows = st.builds(
    ServiceLevel,
    st.text(max_size=8),
    st.builds(
        Condition,
        st.frozensets(st.sampled_from(Priority)),
        ids,
        ids,
        ids,
        st.frozensets(st.sampled_from(["mail", "phone"])),
        st.sampled_from([None, True, False]),
    ),
    st.builds(Targets, *[targets] * 6),
)


@given(level_rows)
def test_a_service_level_survives_storage(level):
    condition = json.loads(json.dumps(condition_to_json(level.condition)))
    promised = json.loads(json.dumps(targets_to_json(level.targets)))

    assert condition_from_json(condition) == level.condition
    assert targets_from_json(promised) == level.targets


@given(
    st.lists(level_rows, max_size=5).map(tuple),
    st.integers(0, 5),
    st.builds(
        PromisedTo,
        st.sampled_from(Priority),
        st.integers(1, 9),
        st.none() | st.integers(1, 9),
        st.none() | st.integers(1, 9),
        st.sampled_from(["mail", "phone"]),
        st.booleans(),
    ),
)
def test_rows_after_the_chosen_one_change_nothing(levels, cut, ticket):
    choice = choose_service_level(levels, ticket)

    upto = len(choice.verdicts)
    assert choose_service_level(levels[: upto + cut], ticket) == choice
    assert all(verdict.mismatch for verdict in choice.verdicts[: upto - 1])


@pytest.mark.parametrize("stored", [None, [], {}, {"version": 2}, {"version": 1}])
def test_a_stored_service_level_that_is_malformed_is_refused(stored):
    with pytest.raises(Refused):
        condition_from_json(stored)
    with pytest.raises(Refused):
        targets_from_json(stored)


@pytest.mark.parametrize("amount", [0, -1, 367])
def test_an_absurd_target_is_refused(amount):
    with pytest.raises(Refused):
        Target(TargetKind.WORKING_DAYS, amount)


def test_a_malformed_target_is_refused():
    with pytest.raises(Refused):
        target_from_json({"kind": "fortnights", "amount": 1})


def a_request(**known) -> PromisedTo:
    usual = PromisedTo(
        Priority.P3, brand_id=1, client_id=2, service_id=3, channel="phone", is_vip=False
    )
    return replace(usual, **known)


def a_level(name: str, **condition) -> ServiceLevel:
    frozen = {
        key: frozenset(value) if isinstance(value, set) else value
        for key, value in condition.items()
    }
    return ServiceLevel(name, Condition(**frozen), Targets(resolution=opening_hours(hours=8)))
