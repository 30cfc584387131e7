"""Who may be added where, and that every change of rights takes effect at once."""

import pytest

from tenants.access import actions, queries
from tenants.access.models import UserState
from tenants.access.passwords import is_right_password
from tenants.access.roles import STAFF_ROLES, TENANT_ROLES, UserRole
from tenants.access.tokens import login_digest
from tenants.database import HOUSE_ID
from tenants.errors import NotFound, Refused
from tests.cast import MONDAY, PASSWORD, SECRET, a_person, an_operator

BROWSER = actions.Browser(host="localhost", agent="a browser", address="192.0.2.1")


def add(database, tenant_id, email="new@harbour.example", role=UserRole.VIEWER):
    with database.transaction(tenant_id) as session:
        request = actions.NewUser(email, "New", role)
        return actions.add_user(session, request, by="test", secret=SECRET, now=MONDAY)


def test_nobody_can_sign_in_before_somebody_was_added(database):
    with database.transaction(HOUSE_ID) as session:
        assert queries.users(session) == []


def test_a_new_person_is_found_by_their_login_and_has_no_password_yet(database, harbour):
    user_id = add(database, harbour.tenant_id)

    with database.directory() as session:
        place = queries.find_login(session, login_digest("New@Harbour.example", secret=SECRET))
    assert place == queries.LoginPlace(harbour.tenant_id, user_id)
    with harbour.transaction() as session:
        known = queries.credentials(session, user_id)
    assert not known.is_active
    assert known.password_hash is None


@pytest.mark.parametrize("role", sorted(STAFF_ROLES, key=str))
def test_staff_are_never_members_of_a_partner(database, harbour, role):
    with pytest.raises(Refused, match="Staff"):
        add(database, harbour.tenant_id, role=role)


@pytest.mark.parametrize("role", sorted(TENANT_ROLES, key=str))
def test_a_partners_roles_are_never_given_to_staff(database, role):
    with pytest.raises(Refused, match="Staff"):
        add(database, HOUSE_ID, role=role)


def test_an_address_signs_in_once_in_the_installation(database, harbour, meadow):
    add(database, harbour.tenant_id)

    for tenant_id in (harbour.tenant_id, meadow.tenant_id):
        with pytest.raises(Refused, match="signs in already"):
            add(database, tenant_id, email="NEW@harbour.example")

    with meadow.transaction() as session:
        assert queries.users(session) == []


def test_a_weak_password_is_refused_and_a_good_one_lets_in(database, harbour):
    user_id = add(database, harbour.tenant_id)

    with pytest.raises(Refused), harbour.transaction() as session:
        actions.set_password(session, user_id, "password", by="test", now=MONDAY)
    with harbour.transaction() as session:
        actions.set_password(session, user_id, PASSWORD, by="test", now=MONDAY)

    with harbour.transaction() as session:
        known = queries.credentials(session, user_id)
    assert known.is_active
    assert is_right_password(PASSWORD, known.password_hash)


@pytest.mark.parametrize(
    "change",
    [
        lambda session, who: actions.set_password(session, who, "x" + PASSWORD, by="t", now=MONDAY),
        lambda session, who: actions.change_role(
            session, who, UserRole.ENGINEER, by="t", now=MONDAY
        ),
        lambda session, who: actions.change_state(
            session, who, UserState.DISABLED, by="t", now=MONDAY
        ),
    ],
    ids=["password", "role", "state"],
)
def test_a_change_of_rights_ends_all_sign_ins(database, harbour, change):
    who = a_person(database, harbour.tenant_id, email="eve@harbour.example", role=UserRole.VIEWER)
    with harbour.transaction() as session:
        tokens = [
            actions.start_session(session, who, BROWSER, is_complete=True, now=MONDAY)
            for _ in range(2)
        ]
    with harbour.transaction() as session:
        assert len(queries.browsers(session, who)) == 2
        change(session, who)

    with harbour.transaction() as session:
        assert [queries.session_user(session, each, now=MONDAY) for each in tokens] == [None, None]


def test_a_disabled_person_gets_no_new_password(database, harbour):
    who = a_person(database, harbour.tenant_id, email="eve@harbour.example", role=UserRole.VIEWER)
    with harbour.transaction() as session:
        actions.change_state(session, who, UserState.DISABLED, by="test", now=MONDAY)

    with pytest.raises(Refused), harbour.transaction() as session:
        actions.set_password(session, who, PASSWORD, by="test", now=MONDAY)


def test_nobody_of_another_tenant_is_reached(database, harbour, meadow):
    cleo = a_person(database, meadow.tenant_id, email="cleo@meadow.example", role=UserRole.ENGINEER)

    with harbour.transaction() as session:
        assert queries.credentials(session, cleo) is None
        for change in (
            lambda: actions.set_password(session, cleo, PASSWORD, by="test", now=MONDAY),
            lambda: actions.change_role(session, cleo, UserRole.VIEWER, by="test", now=MONDAY),
            lambda: actions.remove_totp(session, cleo, by="test", now=MONDAY),
            lambda: actions.change_settings(
                session, cleo, name="X", language="en", zone="UTC", theme="dark"
            ),
        ):
            with pytest.raises(NotFound):
                change()


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"zone": "Nowhere"}, {"name": ""}])
def test_settings_that_cannot_be_are_refused(database, harbour, wrong):
    right = {"name": "Eve", "language": "uk", "zone": "Europe/Kyiv", "theme": "dark"}
    who = a_person(database, harbour.tenant_id, email="eve@harbour.example", role=UserRole.VIEWER)

    with pytest.raises(Refused), harbour.transaction() as session:
        actions.change_settings(session, who, **{**right, **wrong})
    with harbour.transaction() as session:
        actions.change_settings(session, who, **right)
        assert queries.user_by_email(session, "eve@harbour.example").name == "Eve"


def test_an_assignment_holds_from_the_next_request_on_and_so_does_its_end(
    database, harbour, meadow
):
    ada = an_operator(database, harbour)
    with database.transaction(HOUSE_ID) as session:
        token = actions.start_session(session, ada, BROWSER, is_complete=True, now=MONDAY)

    def assigned():
        with database.transaction(HOUSE_ID) as session:
            return queries.session_user(session, token, now=MONDAY).assigned

    assert assigned() == (harbour.tenant_id,)
    for _ in range(2):  # twice is once
        with database.transaction(HOUSE_ID) as session:
            actions.assign_operator(session, ada, meadow.tenant_id, by="test", now=MONDAY)
    assert assigned() == tuple(sorted((harbour.tenant_id, meadow.tenant_id)))
    with database.transaction(HOUSE_ID) as session:
        actions.end_assignment(session, ada, harbour.tenant_id, by="test", now=MONDAY)
    assert assigned() == (meadow.tenant_id,)


def test_only_what_exists_is_assigned(database, harbour):
    ada = an_operator(database, harbour)

    for operator_id, tenant_id in ((ada, 999_999), (999_999, harbour.tenant_id), (ada, HOUSE_ID)):
        with pytest.raises(NotFound), database.transaction(HOUSE_ID) as session:
            actions.assign_operator(session, operator_id, tenant_id, by="test", now=MONDAY)


def test_each_change_of_rights_is_in_the_audit_trail(database, harbour):
    an_operator(database, harbour)

    with database.transaction(HOUSE_ID) as session:
        trail = queries.audit_trail(session, before=None, limit=10)
        assert [link.action for link in reversed(trail)] == [
            "add_user",
            "set_password",
            "assign_operator",
        ]
        assert queries.verify_audit(session, HOUSE_ID) is None
