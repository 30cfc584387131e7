"""Held mail: somebody decides, once, and the audit trail says who."""

import pytest
from sqlalchemy import select

from app.inbox.models import RawMail
from app.inbox.states import MailState
from tenants.access.queries import audit_trail
from tests import browsers, cast
from tests.cast import HARBOUR_CANARY
from tests.security.everything import a_harbour_with_everything


def test_what_is_held_is_listed_with_why(ada, held):
    page = ada.get("/desk/held-mail").get_data(as_text=True)

    assert HARBOUR_CANARY in page
    assert "answers a ticket from an unknown address" in page


def test_a_released_mail_is_taken_next_and_the_list_is_empty(ada, harbour, held):
    answer = decide(ada, held, "release")

    page = ada.get(answer.location).get_data(as_text=True)
    assert "Released." in page
    assert "No mail is held" in page
    assert state_of(harbour, held) is MailState.RELEASED


def test_a_discarded_mail_is_kept_but_waits_no_longer(ada, harbour, held):
    answer = decide(ada, held, "discard")

    assert "Discarded." in ada.get(answer.location).get_data(as_text=True)
    assert state_of(harbour, held) is MailState.DISCARDED


def test_who_decided_stands_in_the_audit_trail(ada, ada_id, harbour, held):
    decide(ada, held, "release")

    with harbour.transaction() as session:
        [newest, *_] = audit_trail(session, before=None, limit=1)
    assert newest.action == "release_held_mail"
    assert newest.actor.endswith(str(ada_id))


def test_a_second_decision_comes_too_late(ada, harbour, held):
    decide(ada, held, "release")

    answer = decide(ada, held, "discard")

    assert answer.status_code == 409
    assert "somebody has decided already" in answer.get_data(as_text=True)
    assert state_of(harbour, held) is MailState.RELEASED


@pytest.fixture
def held(harbour):
    """The id of a held mail of Harbour, and its tenant's."""
    known = a_harbour_with_everything(harbour)
    return known["tenant_id"], known["raw_mail_id"]


@pytest.fixture
def ada_id(database, harbour):
    return cast.an_operator(database, harbour)


@pytest.fixture
def ada(ada_id, sign_in):
    return sign_in("ada@provider.example")


def decide(client, held, decision):
    tenant_id, raw_mail_id = held
    path = f"/desk/held-mail/{tenant_id}/{raw_mail_id}/{decision}"
    return browsers.send(client, path, {}, seen_at="/account")


def state_of(tenant, held):
    with tenant.transaction() as session:
        return session.scalar(select(RawMail.state).where(RawMail.id == held[1]))
