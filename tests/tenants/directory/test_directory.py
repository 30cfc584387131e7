"""Outside names exist once in the installation, and only their owner changes them."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tenants.directory import actions, queries
from tenants.directory.models import TenantState
from tenants.directory.names import NameKind
from tenants.errors import NotFound, Refused
from tests.cast import MONDAY


def test_a_new_tenant_owns_its_short_name(database, harbour):
    with database.directory() as session:
        assert queries.tenant_by_slug(session, "Harbour") == harbour.tenant_id
        assert queries.tenant_by_slug(session, "nobody") is None


def test_a_short_name_is_given_once(database, harbour):
    request = actions.NewTenant(slug=harbour.slug, name="Other", zone="UTC", language="en")

    with pytest.raises(Refused, match="taken"), database.across_tenants() as session:
        actions.add_tenant(session, request, now=MONDAY)

    with database.across_tenants() as session:
        assert [row.name for row in queries.all_tenants(session)] == ["Harbour Hosting"]


@pytest.mark.parametrize(
    "wrong", [{"zone": "Europe/Atlantis"}, {"language": "xx"}, {"name": " "}, {"slug": "?"}]
)
def test_a_tenant_with_wrong_particulars_is_refused(database, wrong):
    right = {"slug": "quay", "name": "Quay", "zone": "UTC", "language": "en"}

    with pytest.raises(Refused), database.across_tenants() as session:
        actions.add_tenant(session, actions.NewTenant(**{**right, **wrong}), now=MONDAY)


def test_a_name_of_another_tenant_is_not_to_be_had(harbour, meadow):
    with pytest.raises(Refused, match="taken"), meadow.transaction() as session:
        actions.claim_name(
            session,
            NameKind.MAILBOX,
            harbour.address,
            owner_id=meadow.tenant_id,
            target_id=meadow.mailbox_id,
        )


def test_claiming_for_another_tenant_fails_in_the_database(harbour, meadow):
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        meadow.transaction() as session,
    ):
        actions.claim_name(
            session, NameKind.HOST, "new.example", owner_id=harbour.tenant_id, target_id=None
        )


def test_claiming_twice_is_claiming_once(harbour):
    for _ in range(2):
        with harbour.transaction() as session:
            actions.claim_name(
                session,
                NameKind.HOST,
                "help.harbour.example",
                owner_id=harbour.tenant_id,
                target_id=harbour.brand_id,
            )

    with harbour.transaction() as session:
        assert queries.names_of(session, harbour.tenant_id, NameKind.HOST) == [
            "harbour.localhost",
            "help.harbour.example",
        ]


def test_only_its_owner_gives_a_name_back(harbour, meadow):
    for name_owner in (harbour.tenant_id, meadow.tenant_id):
        with meadow.transaction() as session:
            actions.release_name(session, NameKind.MAILBOX, harbour.address, owner_id=name_owner)

    with harbour.transaction() as session:
        assert queries.find_name(session, NameKind.MAILBOX, harbour.address) == queries.Owner(
            harbour.tenant_id, harbour.mailbox_id
        )
        actions.release_name(session, NameKind.MAILBOX, harbour.address, owner_id=harbour.tenant_id)
        assert queries.find_name(session, NameKind.MAILBOX, harbour.address) is None


def test_a_tenant_changes_only_itself(harbour, meadow):
    with harbour.transaction() as session:
        actions.change_tenant_state(session, harbour.tenant_id, TenantState.LEFT)
        assert queries.tenant(session, harbour.tenant_id).state is TenantState.LEFT
        assert queries.tenant(session, meadow.tenant_id) is None
        with pytest.raises(NotFound):
            actions.change_tenant(
                session, meadow.tenant_id, name="Taken over", zone="UTC", language="en"
            )
