"""Who is writing: one person per address, companies by confirmed domains, one statement."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from tenants.clients import actions, queries
from tenants.clients.models import AddressState
from tenants.database import Role
from tenants.errors import NotFound, Refused
from tests.cast import MONDAY

OLENA = actions.NewRequester("Olena", "Olena@Quay.example")


@pytest.fixture
def quay(harbour):
    """A client of Harbour with a confirmed domain."""
    with harbour.transaction() as session:
        client_id = actions.add_client(
            session, actions.NewClient("Quay", weight=3, is_vip=True), now=MONDAY
        )
        actions.confirm_domain(session, client_id, "Quay.example")
    return client_id


def test_a_stranger_is_not_known(harbour):
    with harbour.transaction() as session:
        assert queries.sender(session, "x@nowhere.example") == queries.Sender(None, None)
        assert not queries.is_known(session, "x@nowhere.example")


def test_an_address_at_a_clients_domain_is_of_that_client(harbour, quay):
    with harbour.transaction() as session:
        found = queries.sender(session, "New.Person@QUAY.example")
        assert queries.client_by_domain(session, "quay.example") == found.client

    assert found.requester is None
    assert found.is_known
    assert found.client == queries.ClientValue(quay, "Quay", weight=3, is_vip=True)


def test_a_requesters_own_client_goes_before_the_domains(harbour, quay):
    with harbour.transaction() as session:
        other = actions.add_client(session, actions.NewClient("Field"), now=MONDAY)
        request = actions.NewRequester("Ivan", "ivan@quay.example", client_id=other)
        ivan = actions.add_requester(session, request, now=MONDAY)

    with harbour.transaction() as session:
        found = queries.sender(session, "ivan@quay.example")
    assert found.requester == ivan
    assert found.client.name == "Field"
    assert quay != other


def test_a_sender_is_looked_up_in_one_statement(database, harbour, quay):
    statements = []
    engine = database.engine(Role.USER)

    def count(*args):
        statements.append(args[2])

    with harbour.transaction() as session:
        session.connection()
        event.listen(engine, "before_cursor_execute", count)
        queries.sender(session, "olena@quay.example")
        event.remove(engine, "before_cursor_execute", count)

    assert len(statements) == 1
    assert quay


def test_two_mails_at_once_make_one_requester(harbour):
    def add(_):
        with harbour.transaction() as session:
            return actions.add_requester(session, OLENA, now=MONDAY)

    with ThreadPoolExecutor(6) as threads:
        added = list(threads.map(add, range(12)))

    assert len({requester.id for requester in added}) == 1
    assert added[0].email == "olena@quay.example"


def test_the_same_address_is_another_person_in_another_tenant(harbour, meadow):
    ids = []
    for cast in (harbour, meadow):
        with cast.transaction() as session:
            ids.append(actions.add_requester(session, OLENA, now=MONDAY).id)

    with harbour.transaction() as session:
        assert queries.requester_by_email(session, "olena@quay.example").id == ids[0]
        with pytest.raises(NotFound):
            queries.requester(session, ids[1])


def test_people_without_an_address_are_as_many_as_are_added(harbour):
    with harbour.transaction() as session:
        caller = actions.NewRequester("A caller", telephone="+380441234567")
        first, second = (actions.add_requester(session, caller, now=MONDAY) for _ in range(2))

    assert first.id != second.id


def test_a_domain_is_confirmed_for_one_client_and_withdrawn(harbour, quay):
    with harbour.transaction() as session:
        other = actions.add_client(session, actions.NewClient("Field"), now=MONDAY)
        actions.confirm_domain(session, quay, "quay.example")
        with pytest.raises(Refused, match="another client"):
            actions.confirm_domain(session, other, "quay.example")
        with pytest.raises(Refused, match="Anybody"):
            actions.confirm_domain(session, other, "Gmail.com")
        with pytest.raises(NotFound):
            actions.confirm_domain(session, 999_999, "new.example")
        actions.withdraw_domain(session, quay, "quay.example")
        actions.confirm_domain(session, other, "quay.example")
        assert [(row.name, row.domains) for row in queries.clients(session)] == [
            ("Field", ("quay.example",)),
            ("Quay", ()),
        ]


@pytest.mark.parametrize("wrong", [{"name": " "}, {"weight": 0}, {"weight": 6}, {"name": "Quay"}])
def test_a_client_that_cannot_be_is_refused(harbour, quay, wrong):
    with pytest.raises(Refused), harbour.transaction() as session:
        actions.add_client(session, actions.NewClient(**{"name": "New", **wrong}), now=MONDAY)
    assert quay


def test_what_is_learnt_of_an_address_is_kept(harbour):
    with harbour.transaction() as session:
        actions.add_requester(session, OLENA, now=MONDAY)
        assert actions.mark_address(session, "OLENA@quay.example", AddressState.FAILING)
        assert not actions.mark_address(session, "x@quay.example", AddressState.NOTED)

    with harbour.transaction() as session:
        known = queries.requester_by_email(session, "olena@quay.example")
    assert known.address_state is AddressState.FAILING


def test_a_person_is_corrected_but_not_into_another_tenants_client(harbour, meadow, quay):
    with meadow.transaction() as session:
        foreign = actions.add_client(session, actions.NewClient("Field"), now=MONDAY)
    with harbour.transaction() as session:
        olena = actions.add_requester(session, OLENA, now=MONDAY)
        better = actions.NewRequester("Olena K.", client_id=quay, language="uk")
        actions.change_requester(session, olena.id, better)
        with pytest.raises(NotFound):
            actions.change_requester(
                session, olena.id, actions.NewRequester("Olena", client_id=foreign)
            )
        assert [found.name for found in queries.find_requesters(session, "olena k")] == ["Olena K."]
        assert queries.find_requesters(session, "%") == []
