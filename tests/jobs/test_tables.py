"""Every task and every schedule exists, and no job without a tenant is done."""

import importlib
import inspect

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.queue import Queue
from app.jobs import (
    ATTEMPTS,
    LANES,
    LONGEST_PAUSE_S,
    SCHEDULES,
    TASKS,
    JobRefused,
    checked_arguments,
    pause_after,
)

NAMES = sorted(each.name for each in (*TASKS, *SCHEDULES))


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_a_module_with_one_function_of_that_name(name):
    function = getattr(importlib.import_module(f"app.jobs.{name}"), name)

    given = inspect.signature(function).parameters.values()
    about = [each.about for each in TASKS if each.name == name]
    wanted = ["services", *(["tenant_id", *about] if about else [])]
    assert [each.name for each in given if each.default is each.empty] == wanted


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: each.name)
def test_each_schedule_is_a_time_that_comes(schedule):
    assert croniter(schedule.cron).get_next() > 0


def test_each_queue_has_a_lane_and_only_one():
    assert sorted(queue for lane in LANES for queue in lane.queues) == sorted(Queue)


@pytest.mark.parametrize("task", TASKS, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "args",
    [
        {},
        {"about": 7},
        {"tenant_id": None, "about": 7},
        {"tenant_id": "3", "about": 7},
        {"tenant_id": True, "about": 7},
        {"tenant_id": -1, "about": 7},
        {"tenant_id": 3},
        {"tenant_id": 3, "about": [7]},
        {"tenant_id": 3, "about": 7, "more": 1},
    ],
    ids=str,
)
def test_a_job_without_a_tenant_or_with_more_than_its_thing_is_refused(task, args):
    named = {task.about if name == "about" else name: value for name, value in args.items()}

    with pytest.raises(JobRefused):
        checked_arguments(task, named)


@given(st.integers(1, 10_000))
def test_pauses_grow_up_to_five_minutes(attempt):
    assert 2 <= pause_after(attempt) <= pause_after(attempt + 1) <= LONGEST_PAUSE_S


def test_a_job_is_tried_over_some_minutes_before_a_person_has_to_look():
    assert sum(pause_after(attempt) for attempt in range(1, ATTEMPTS)) > 120
