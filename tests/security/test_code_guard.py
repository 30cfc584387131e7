"""The code's half of isolation, with the database's half out of the way.

Each session here signs in as the superuser or as `app_ops`, which row-level security does not hold:
what keeps the tenants apart is `tenants/database.py` alone.
"""

import pytest
from sqlalchemy import create_engine, delete, func, select, text, update
from sqlalchemy.orm import Session, aliased

from migrations.tables import metadata
from tenants.brands.models import Brand
from tenants.clients import actions as clients
from tenants.clients.models import AddressState, Client, Requester
from tenants.database import Base, Role, TenantOwned, acting_tenant
from tenants.errors import Refused
from tests.cast import MONDAY

OWNED = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)),
    key=lambda model: model.__tablename__,
)


def test_the_wall_of_the_database_is_really_out_of_the_way(guarded, both):
    with guarded(both[0].tenant_id) as session:
        seen = set(session.scalars(text("SELECT tenant_id FROM brands")))

    assert seen == {cast.tenant_id for cast in both}


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__tablename__)
def test_a_query_that_forgot_its_condition_is_of_one_tenant(guarded, both, model):
    harbour, _ = both
    with guarded(harbour.tenant_id) as session:
        assert set(session.scalars(select(model.tenant_id))) <= {harbour.tenant_id}
        assert {row.tenant_id for row in session.scalars(select(model))} <= {harbour.tenant_id}


def test_joins_aliases_subqueries_and_counts_are_of_one_tenant(guarded, both):
    harbour, _ = both
    other = aliased(Requester)
    with guarded(harbour.tenant_id) as session:
        joined = session.execute(
            select(Client.tenant_id, other.tenant_id).join(other, other.client_id != -1)
        ).all()
        assert set(joined) == {(harbour.tenant_id, harbour.tenant_id)}
        assert session.scalar(select(func.count()).select_from(Requester)) == 1
        inside = select(Requester.tenant_id).subquery()
        assert set(session.scalars(select(inside.c.tenant_id))) == {harbour.tenant_id}
        assert session.scalar(select(select(func.count(Client.id)).scalar_subquery())) == 1


def test_a_row_of_another_tenant_is_not_found_by_its_key(guarded, both):
    harbour, meadow = both
    with guarded(harbour.tenant_id) as session:
        assert session.get(Brand, (harbour.tenant_id, harbour.brand_id)) is not None
        assert session.get(Brand, (meadow.tenant_id, meadow.brand_id)) is None


def test_updates_and_deletes_that_forgot_their_condition_reach_one_tenant(guarded, both):
    harbour, _ = both
    with guarded(harbour.tenant_id) as session:
        changed = update(Client).values(weight=5).returning(Client.tenant_id)
        dropped = delete(Requester).returning(Requester.tenant_id)
        assert session.scalars(changed).all() == [harbour.tenant_id]
        assert session.scalars(dropped).all() == [harbour.tenant_id]


def test_a_new_row_for_another_tenant_is_refused(guarded, both):
    harbour, meadow = both
    with guarded(harbour.tenant_id) as session:
        session.add(a_requester(meadow.tenant_id))
        with pytest.raises(Refused, match="another tenant"):
            session.flush()


def test_a_row_cannot_be_given_to_another_tenant(guarded, both):
    harbour, meadow = both
    with guarded(harbour.tenant_id) as session:
        session.scalars(select(Requester)).one().tenant_id = meadow.tenant_id
        with pytest.raises(Refused, match="another tenant"):
            session.flush()


@pytest.mark.parametrize("info", [{}, {"tenant_ids": ()}])
def test_a_session_without_a_tenant_writes_no_tenants_row(database, both, info):
    with Session(database.engine(Role.OPS), info=dict(info)) as session:
        session.add(a_requester(both[0].tenant_id))
        with pytest.raises(Refused, match="another tenant"):
            session.flush()
        with pytest.raises(LookupError):
            acting_tenant(session)


def test_a_list_over_many_tenants_is_of_those_and_no_others(database, both):
    harbour, meadow = (cast.tenant_id for cast in both)
    for assigned in ((), (harbour,), (meadow, harbour)):
        with Session(database.engine(Role.OPS), info={"tenant_ids": assigned}) as session:
            assert set(session.scalars(select(Brand.tenant_id))) == set(assigned)


def test_every_table_with_a_tenant_is_guarded_or_keyed_by_the_tenant_alone():
    owned = {model.__tablename__ for model in OWNED}
    with_tenant = {table.name for table in metadata.tables.values() if "tenant_id" in table.c}

    unguarded = with_tenant - owned
    assert all(
        [column.name for column in metadata.tables[name].primary_key] == ["tenant_id"]
        for name in unguarded
    )


def a_requester(tenant_id):
    return Requester(
        tenant_id=tenant_id,
        client_id=None,
        name="Planted",
        email="planted@quay.example",
        telephone=None,
        language=None,
        address_state=AddressState.GOOD,
        created_at=MONDAY,
    )


@pytest.fixture
def both(harbour, meadow):
    """Both tenants, each with a client and a requester."""
    for cast in (harbour, meadow):
        with cast.transaction() as session:
            client_id = clients.add_client(session, clients.NewClient("Quay"), now=MONDAY)
            request = clients.NewRequester("Olena", "olena@quay.example", client_id=client_id)
            clients.add_requester(session, request, now=MONDAY)
    return harbour, meadow


@pytest.fixture
def guarded(database, database_url):
    """Sessions of one tenant that nothing holds but the code's guard; nothing is kept."""
    engine = create_engine(database_url)
    yield lambda tenant_id: Session(engine, info={"tenant_id": tenant_id})
    engine.dispose()
