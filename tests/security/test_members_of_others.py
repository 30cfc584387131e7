"""To a tenant, people of another tenant and those it shut out are strangers: also in its mail."""

import pytest

from app.clock import utc_now
from app.flows.email_to_ticket import OutcomeAction
from tenants.access import actions as access
from tenants.access.models import UserState
from tenants.access.roles import UserRole
from tenants.database import HOUSE_ID
from tests import cast
from tests.journeys.conftest import parsing, post  # noqa: F401 - fixtures
from tests.journeys.mails import a_mail


def test_a_member_of_another_tenant_who_quotes_a_number_is_held_like_any_stranger(
    harbour,
    meadow,
    post,  # noqa: F811
):
    eve = "eve@meadow.example"
    cast.a_person(meadow.database, meadow.tenant_id, email=eve, role=UserRole.ENGINEER)
    ticket = post.send(a_mail(), harbour.address).ticket

    outcome = post.send(a_mail(sender=eve, subject=f"Re: [{ticket}] tell me more"), harbour.address)

    assert outcome.action is OutcomeAction.HELD
    assert outcome.reason == "unknown_sender"


@pytest.mark.parametrize(
    ("state", "action"),
    [(UserState.ACTIVE, OutcomeAction.APPENDED), (UserState.DISABLED, OutcomeAction.HELD)],
)
def test_an_engineer_who_was_shut_out_joins_no_ticket_by_mail(harbour, post, state, action):  # noqa: F811
    ben = "ben@harbour.example"
    ben_id = cast.a_person(harbour.database, harbour.tenant_id, email=ben, role=UserRole.ENGINEER)
    with harbour.transaction() as session:
        access.change_state(session, ben_id, state, by="test", now=utc_now())
    ticket = post.send(a_mail(), harbour.address).ticket

    outcome = post.send(a_mail(sender=ben, subject=f"Re: [{ticket}] it is done"), harbour.address)

    assert outcome.action is action


@pytest.mark.parametrize(
    ("is_assigned", "state", "action"),
    [
        (True, UserState.ACTIVE, OutcomeAction.APPENDED),
        (False, UserState.ACTIVE, OutcomeAction.HELD),
        (True, UserState.DISABLED, OutcomeAction.HELD),
    ],
)
def test_only_an_operator_who_answers_for_the_tenant_now_joins_by_mail(
    harbour,
    post,  # noqa: F811
    is_assigned,
    state,
    action,
):
    ada = "ada@provider.example"
    ada_id = cast.an_operator(harbour.database, *([harbour] if is_assigned else []), email=ada)
    with harbour.database.transaction(HOUSE_ID) as session:
        access.change_state(session, ada_id, state, by="test", now=utc_now())
    ticket = post.send(a_mail(), harbour.address).ticket

    outcome = post.send(a_mail(sender=ada, subject=f"Re: [{ticket}] look at this"), harbour.address)

    assert outcome.action is action
