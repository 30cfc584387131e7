"""M1 to M5 and checks 4 to 8, 17: what the database itself enforces, over every table there is.

The catalogue is asked, not the migrations: a table that somebody adds is held to the same rules.
"""

import random

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from tenants.clients import actions as clients
from tenants.database import Role, role_url
from tests.cast import MONDAY, SECRET

# Tables of nobody: directories, counters, the provider's own lists, and the job queue.
SHARED = {
    "alembic_version",
    "directory_names",
    "logins",
    "sign_in_sessions",
    "throttles",
    "plans",
    "plan_versions",
    "tax_rates",
    "sellers",
    "doc_series",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
}
ONE_ROW_EACH = {"audit_heads", "ticket_series", "billing_profiles"}  # keyed by the tenant alone
DEFINERS = {"take_document_number(bigint,text,bigint)"}
ADDED_ONLY = {
    "audit_records",
    "entries",
    "attachments",
    "ticket_events",
    "ticket_links",
    "usage_entries",
    "invoice_lines",
    "line_entries",
}
APPLICATION = ("app_user", "app_desk", "app_ops")


def test_every_table_is_of_a_tenant_or_known_to_be_of_nobody(catalogue):
    assert catalogue.tables() - catalogue.tenant_tables() == SHARED


def test_every_tenant_table_has_row_level_security_on_its_owner_too(catalogue):
    rows = catalogue.rows(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )

    assert {name for name, is_walled in rows if not is_walled} <= SHARED


def test_every_policy_of_a_tenant_table_names_the_tenant_and_survives_an_empty_setting(catalogue):
    rows = catalogue.rows("SELECT tablename, roles, qual, with_check FROM pg_policies")
    policies = {name: [] for name in catalogue.tenant_tables()}
    for table, roles, using, check in rows:
        if table in policies:
            policies[table].append(roles)
            key = "id" if table == "tenants" else "tenant_id"
            setting = "app.tenant_ids" if roles == ["app_desk"] else "app.tenant_id'"
            for condition in filter(None, (using, check)):
                assert condition.startswith((f"({key} = ", f"({key} IN ")), (table, condition)
                assert "NULLIF(current_setting(" in condition, (table, condition)
                assert setting in condition, (table, condition)

    assert all(["app_user"] in roles for roles in policies.values())
    assert all(roles != ["public"] for each in policies.values() for roles in each)


def test_every_key_of_a_tenant_table_begins_with_the_tenant(catalogue):
    rows = catalogue.rows(
        "SELECT c.relname, i.indexrelid::regclass::text, i.indisprimary, "
        " (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey) "
        "   WITH ORDINALITY AS k (number, place) "
        "   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace"
    )
    tables = catalogue.tenant_tables() - {"tenants"}

    assert [row for row in rows if row[0] in tables and row[3][0] != "tenant_id"] == []
    primary = {row[0]: row[3] for row in rows if row[2] and row[0] in tables}
    assert primary.keys() == tables
    assert {name for name, columns in primary.items() if columns == ["tenant_id"]} == ONE_ROW_EACH
    others = tables - ONE_ROW_EACH
    assert all(primary[name] == ["tenant_id", "id"] for name in others)


def test_every_foreign_key_between_tenant_tables_carries_the_tenant(catalogue):
    tables = catalogue.tenant_tables() - {"tenants"}
    rows = catalogue.rows(
        "SELECT conrelid::regclass::text, confrelid::regclass::text, conname, confdeltype, "
        " (SELECT array_agg(a.attname::text) FROM pg_attribute a "
        "   WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey)) "
        "FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )

    inside = [row for row in rows if row[1] in tables]
    assert [row for row in inside if row[0] not in tables or "tenant_id" not in row[4]] == []
    assert [row for row in inside if row[3] in {"n", "d"}] == []  # "set null" would drop the tenant


@pytest.mark.parametrize("role", APPLICATION)
def test_no_application_role_owns_creates_or_stands_above_the_wall(catalogue, role):
    ((can_all, bypasses, memberships),) = catalogue.rows(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication, rolbypassrls, "
        "(SELECT count(*) FROM pg_auth_members WHERE member = r.oid) "
        "FROM pg_roles r WHERE rolname = %s",
        role,
    )

    assert not can_all
    assert bypasses == (role == "app_ops")
    assert memberships == 0
    assert catalogue.rows("SELECT relname FROM pg_class WHERE relowner = %s::regrole", role) == []
    assert catalogue.value("SELECT has_schema_privilege(%s, 'public', 'CREATE')", role) is False


@pytest.mark.parametrize("role", APPLICATION)
@pytest.mark.parametrize("privilege", ["TRUNCATE", "REFERENCES", "TRIGGER"])
def test_no_application_role_holds_a_privilege_that_ignores_the_wall(catalogue, role, privilege):
    held = {
        table
        for table in catalogue.tables()
        if catalogue.value("SELECT has_table_privilege(%s, %s, %s)", role, table, privilege)
    }

    assert held == set()


def test_the_desk_only_reads(catalogue):
    for table in catalogue.tables():
        for privilege in ("INSERT", "UPDATE", "DELETE"):
            query = "SELECT has_any_column_privilege('app_desk', %s, %s)"
            if privilege == "DELETE":
                query = "SELECT has_table_privilege('app_desk', %s, %s)"
            assert not catalogue.value(query, table, privilege), (table, privilege)


@pytest.mark.parametrize("table", sorted(ADDED_ONLY))
@pytest.mark.parametrize("role", APPLICATION)
def test_history_is_only_ever_added(catalogue, table, role):
    query = "SELECT has_any_column_privilege(%s, %s, 'UPDATE') OR has_table_privilege(%s, %s, %s)"

    assert catalogue.value(query, role, table, role, table, "DELETE") is False


def test_there_is_no_view_that_shows_what_its_owner_sees(catalogue):
    rows = catalogue.rows(
        "SELECT relname, relkind, coalesce(reloptions, '{}') FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
    )

    assert [row for row in rows if row[1] == "m" or "security_invoker=true" not in row[2]] == []


def test_functions_with_their_owners_rights_are_listed_and_keep_their_search_path(catalogue):
    rows = catalogue.rows(
        "SELECT oid::regprocedure::text, proconfig FROM pg_proc "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )

    assert {name for name, _ in rows} == DEFINERS
    assert all(any(item.startswith("search_path=") for item in config) for _, config in rows)


def test_no_tenant_table_has_a_trigger(catalogue):
    rows = catalogue.rows("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")

    assert {name for (name,) in rows} & catalogue.tenant_tables() == set()


def test_without_a_tenant_every_table_is_empty_and_nothing_fails(both, catalogue, one_connection):
    engine = one_connection(Role.USER)
    tables = readable(catalogue, "app_user")
    with Session(engine, info={"tenant_id": both[0].tenant_id}) as session:
        assert seen(session, "brands") == {both[0].tenant_id}

    with Session(engine) as session:  # the setting is now an empty text, not absent
        assert [table for table in tables if seen(session, table)] == []


def test_a_tenant_sees_its_own_rows_in_every_table_and_no_other(both, catalogue, one_connection):
    tables = readable(catalogue, "app_user")

    for cast in both:
        with Session(one_connection(Role.USER), info={"tenant_id": cast.tenant_id}) as session:
            found = {table: seen(session, table) for table in tables}
        assert {"brands", "requesters", "users", "tenants"} - {
            table for table, owners in found.items() if owners
        } <= {"users"}
        assert all(owners <= {cast.tenant_id} for owners in found.values()), found


def test_the_desk_sees_the_assigned_tenants_and_no_other(both, catalogue, one_connection):
    harbour, meadow = (cast.tenant_id for cast in both)
    engine, tables = one_connection(Role.DESK), readable(catalogue, "app_desk")

    for assigned in ((), (harbour,), (harbour, meadow)):
        with Session(engine, info={"tenant_ids": assigned}) as session:
            assert all(seen(session, table) <= set(assigned) for table in tables)
            assert seen(session, "brands") == set(assigned)


def test_a_thousand_interleaved_transactions_on_one_connection_never_mix(both, one_connection):
    engine, chance = one_connection(Role.USER), random.Random(715)  # noqa: S311 - an order only
    harbour, meadow = (cast.tenant_id for cast in both)

    for _ in range(1000):
        tenant_id = chance.choice((harbour, meadow, None))
        info = {} if tenant_id is None else {"tenant_id": tenant_id}
        with Session(engine, info=info) as session:
            assert seen(session, "brands") == ({tenant_id} if tenant_id else set())
            if chance.random() < 0.2:
                session.rollback()
                assert seen(session, "brands") == ({tenant_id} if tenant_id else set())


def test_the_tenant_cannot_be_set_for_longer_than_a_transaction_by_accident(both, one_connection):
    engine = one_connection(Role.USER)
    with Session(engine, info={"tenant_id": both[0].tenant_id}) as session, session.begin():
        session.execute(text("SELECT 1"))

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_setting('app.tenant_id', true)")) == ""


def test_no_row_points_into_another_tenant(both):
    harbour, meadow = both
    with meadow.transaction() as session:
        foreign = clients.add_client(session, clients.NewClient("Field"), now=MONDAY)

    request = clients.NewRequester("X", "x@quay.example", client_id=foreign)
    with pytest.raises(IntegrityError), harbour.transaction() as session:
        clients.add_requester(session, request, now=MONDAY)


def test_a_row_for_another_tenant_is_refused_by_the_database(both, one_connection):
    harbour, meadow = both
    statement = (
        "INSERT INTO clients (tenant_id, name, weight, is_vip, created_at) "
        "VALUES (:other, 'Planted', 1, false, now())"
    )
    with (
        Session(one_connection(Role.USER), info={"tenant_id": harbour.tenant_id}) as session,
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        session.execute(text(statement), {"other": meadow.tenant_id})


def test_emptying_a_table_is_refused_by_the_database(both, one_connection):
    with (
        Session(one_connection(Role.USER), info={"tenant_id": both[0].tenant_id}) as session,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        session.execute(text("TRUNCATE clients CASCADE"))


class Catalogue:
    """The database's own account of itself, asked as the superuser."""

    def __init__(self, connection):
        self._connection = connection

    def rows(self, query, *values):
        return self._connection.execute(query, values or None).fetchall()

    def value(self, query, *values):
        return self.rows(query, *values)[0][0]

    def tables(self):
        return {
            name
            for (name,) in self.rows(
                "SELECT relname FROM pg_class "
                "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            )
        }

    def tenant_tables(self):
        owned = self.rows(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
            "AND a.attname = 'tenant_id' AND NOT a.attisdropped"
        )
        return {name for (name,) in owned} | {"tenants"}


def readable(catalogue, role):
    query = "SELECT has_table_privilege(%s, %s, 'SELECT')"
    return {name for name in catalogue.tenant_tables() if catalogue.value(query, role, name)}


def seen(session, table):
    """The tenants whose rows a statement that forgot its condition gets to see."""
    key = "id" if table == "tenants" else "tenant_id"
    statement = sql.SQL("SELECT DISTINCT {} FROM {}").format(
        sql.Identifier(key), sql.Identifier(table)
    )
    return set(session.scalars(text(statement.as_string())))


@pytest.fixture
def catalogue(database, database_url):
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        yield Catalogue(connection)


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
def one_connection(database_url):
    """Engines whose pool is a single connection, so that every transaction re-uses it."""
    engines = []

    def engine(role):
        url = role_url(database_url, role, secret=SECRET)
        engines.append(create_engine(url, pool_size=1, max_overflow=0, pool_timeout=5))
        return engines[-1]

    yield engine
    for each in engines:
        each.dispose()
