"""What a tenant promises, as rows: defaults at once, and a version with every change."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tenants.errors import NotFound, Refused
from tenants.promises import actions, queries
from tenants.promises.priority import Priority
from tenants.promises.service_hours import always_open, is_open
from tenants.promises.service_levels import PromisedTo, choose_service_level
from tenants.promises.target import opening_hours
from tests.cast import MONDAY


def kept(cast):
    with cast.transaction() as session:
        return queries.promises(session)


def test_a_new_tenant_promises_by_priority_within_office_hours(harbour):
    promises = kept(harbour)

    assert [level.level.name for level in promises.levels] == ["P1", "P2", "P3", "P4"]
    assert {calendar.name for calendar in promises.calendars.values()} == {"Service hours", "24x7"}
    by_priority = {level.level.name: level.calendar_id for level in promises.levels}
    assert promises.calendars[by_priority["P1"]].calendar.is_always_open
    hours = promises.calendars[by_priority["P2"]].calendar
    assert is_open(hours, datetime(2026, 11, 2, 7, 0, tzinfo=UTC))  # Monday, 09:00 in Kyiv
    assert not is_open(hours, datetime(2026, 11, 2, 16, 0, tzinfo=UTC))
    assert not is_open(hours, datetime(2026, 11, 7, 10, 0, tzinfo=UTC))  # Saturday


def test_the_place_of_a_choice_is_the_place_of_its_row(harbour):
    promises = kept(harbour)
    ticket = PromisedTo(Priority.P3, harbour.brand_id, None, None, "mail", is_vip=False)

    choice = choose_service_level(promises.rules, ticket)

    assert promises.levels[len(choice.verdicts) - 1].level == choice.level
    assert choice.level.name == "P3"


def test_defaults_given_twice_are_given_once(harbour):
    before = kept(harbour)

    with harbour.transaction() as session:
        actions.add_default_promises(session, zone="UTC", now=MONDAY)

    assert kept(harbour) == before


def test_changed_hours_have_a_new_version(harbour):
    with harbour.transaction() as session:
        hours = queries.service_hours(session)
        version = actions.change_calendar(session, hours.id, always_open("Europe/Kyiv"), now=MONDAY)

    with harbour.transaction() as session:
        changed = queries.calendar(session, hours.id)
    assert (hours.version, version, changed.version) == (1, 2, 2)
    assert changed.calendar.is_always_open


def test_only_what_changed_gets_a_new_version_and_a_moved_row_keeps_its_own(harbour):
    rows = kept(harbour).levels
    first = replace(
        rows[0].level, targets=replace(rows[0].level.targets, next_update=opening_hours(hours=2))
    )
    placed = [
        actions.PlacedLevel(rows[1].id, rows[1].calendar_id, rows[1].level),
        actions.PlacedLevel(rows[0].id, rows[0].calendar_id, first),
        actions.PlacedLevel(None, rows[2].calendar_id, replace(rows[2].level, name="New")),
    ]

    with harbour.transaction() as session:
        actions.replace_service_levels(session, placed, now=MONDAY)

    after = kept(harbour).levels
    assert [(row.level.name, row.version, row.position) for row in after] == [
        ("P2", 1, 1),
        ("P1", 2, 2),
        ("New", 1, 3),
    ]
    assert after[1].level.targets.next_update == opening_hours(hours=2)


def test_nothing_of_another_tenant_is_named_in_a_promise(harbour, meadow):
    theirs, ours = kept(meadow).levels[0], kept(harbour).levels[0]
    for placed in (
        actions.PlacedLevel(theirs.id, ours.calendar_id, ours.level),
        actions.PlacedLevel(ours.id, theirs.calendar_id, ours.level),
    ):
        with pytest.raises(NotFound), harbour.transaction() as session:
            actions.replace_service_levels(session, [placed], now=MONDAY)
    with pytest.raises(NotFound), harbour.transaction() as session:
        actions.change_calendar(session, theirs.calendar_id, always_open("UTC"), now=MONDAY)


@pytest.mark.parametrize("name", ["", "Service hours"])
def test_service_hours_have_a_name_of_their_own(harbour, name):
    with pytest.raises(Refused), harbour.transaction() as session:
        actions.add_calendar(session, name, always_open("UTC"), now=MONDAY)
