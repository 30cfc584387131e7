"""To a tenant, the people of another tenant are strangers: also in its mail."""

from app.flows.email_to_ticket import OutcomeAction
from tenants.access.roles import UserRole
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
