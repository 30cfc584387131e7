"""Provisioning without a browser: JSON out, exit codes for scripts, never a traceback."""

import json

import psycopg
import pytest

from billing.queries import subscriptions
from tenants.access import queries as people
from tenants.access.passwords import is_right_password
from tenants.access.tokens import login_digest
from tenants.brands import queries as brands
from tenants.brands.actions import add_sender_domain
from tenants.database import HOUSE_ID
from tenants.directory import queries as directory
from tenants.directory.models import TenantState
from tenants.directory.names import NameKind
from tenants.promises import queries as promises
from tenants.sealing import Sealer
from tests.cast import PASSWORD, SECRET

TENANT = {
    "--slug": "quay",
    "--name": "Quay",
    "--prefix": "QY",
    "--zone": "Europe/Kyiv",
    "--language": "uk",
    "--host": "quay.localhost",
    "--mailbox": "help@quay.example",
    "--brand-colour": "#15c",
    "--plan": "optimum",
}


@pytest.fixture
def run(app, database):
    """Run a command of the program; its result has `output`, `exit_code` and `stderr`."""
    runner = app.test_cli_runner()
    return lambda *arguments, **options: runner.invoke(args=list(arguments), **options)


def add_tenant(run, **changes):
    options = {**TENANT, **{f"--{name.replace('_', '-')}": text for name, text in changes.items()}}
    return run("add-tenant", *(part for pair in options.items() for part in pair))


def test_a_partner_is_ready_after_one_command(run, database):
    result = add_tenant(run)

    assert result.exit_code == 0, result.output
    ids = json.loads(result.output)
    with database.transaction(ids["tenant"]) as session:
        brand = brands.brand_words(session, ids["brand"])
        assert directory.tenant(session, ids["tenant"]).state is TenantState.ACTIVE
        assert len(promises.promises(session).levels) == 4
        assert brands.mail_place(session, ids["mailbox"]).address == "help@quay.example"
        (plan,) = subscriptions(session)
        owner = directory.find_name(session, NameKind.MAILBOX, "help@quay.example")
    assert (brand.prefix, brand.colour, brand.portal_host) == ("QY", "#1155cc", "quay.localhost")
    assert owner == directory.Owner(ids["tenant"], ids["mailbox"])
    assert plan.ends_before is None


def test_a_partner_is_added_once(run):
    add_tenant(run)

    result = add_tenant(run)

    assert result.exit_code == 65
    assert "already" in result.output


def test_a_command_that_was_interrupted_or_refused_is_finished_by_the_next(run):
    refused = add_tenant(run, mailbox="no address")
    finished = add_tenant(run)

    assert (refused.exit_code, finished.exit_code) == (65, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"plan": "free"},
        {"slug": "?"},
        {"prefix": "-"},
        {"zone": "X/Y"},
        {"host": "a b"},
        {"brand_colour": "red"},
    ],
)
def test_wrong_particulars_end_with_65_and_one_line(run, wrong):
    result = add_tenant(run, **wrong)

    assert result.exit_code == 65
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_missing_option_ends_with_64(run):
    assert run("add-tenant", "--slug", "quay").exit_code == 64
    assert add_tenant(run, language="xx").exit_code == 64


def test_an_operator_answers_for_the_named_partners(run, database):
    add_tenant(run)

    result = run(
        *("add-operator", "--email", "Ada@provider.example", "--name", "Ada"),
        *("--role", "supervisor", "--tenants", "quay"),
    )

    assert result.exit_code == 0, result.output
    with database.transaction(HOUSE_ID) as session:
        ada = people.user_by_email(session, "ada@provider.example")
    assert ada.assigned == tuple(json.loads(result.output)["tenants"])
    assert ada.role.value == "supervisor"


def test_an_operator_for_nobody_we_know_is_not_added(run, database):
    result = run(
        *("add-operator", "--email", "ada@provider.example", "--name", "Ada"),
        *("--tenants", "nobody"),
    )

    assert result.exit_code == 65
    with database.transaction(HOUSE_ID) as session:
        assert people.users(session) == []


def test_a_partners_person_gets_a_password_from_standard_input(run, database):
    add_tenant(run)
    added = run("add-user", "--tenant", "quay", "--email", "eve@quay.example", "--name", "Eve")

    result = run("set-password", "--email", "EVE@quay.example", input=f"{PASSWORD}\n")

    assert (added.exit_code, result.exit_code) == (0, 0), result.output
    assert PASSWORD not in result.output
    with database.directory() as session:
        place = people.find_login(session, login_digest("eve@quay.example", secret=SECRET))
    with database.transaction(place.tenant_id) as session:
        known = people.credentials(session, place.user_id)
    assert is_right_password(PASSWORD, known.password_hash)


@pytest.mark.parametrize("password", ["", "short", "password"])
def test_a_weak_password_ends_with_65(run, password):
    run("add-operator", "--email", "ada@provider.example", "--name", "Ada")

    result = run("set-password", "--email", "ada@provider.example", input=f"{password}\n")

    assert result.exit_code == 65
    assert run("set-password", "--email", "x@provider.example", input=PASSWORD).exit_code == 65


def test_a_sound_audit_trail_is_told_with_its_heads(run):
    tenant_id = json.loads(add_tenant(run).output)["tenant"]
    run("add-operator", "--email", "ada@provider.example", "--name", "Ada")

    result = run("verify-audit")

    rows = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert [row["tenant"] for row in rows] == [HOUSE_ID, tenant_id]
    assert all(row["records"] >= 1 and len(row["head"]) == 64 for row in rows)
    assert all(row["first_bad_row"] is None for row in rows)


@pytest.mark.parametrize(
    ("key", "exit_code"), [(b"\xab" * 32, 0), (b"lost" * 8, 65)], ids=["known", "lost"]
)
def test_secrets_are_rotated_or_the_missing_key_is_named(run, database, key, exit_code):
    ids = json.loads(add_tenant(run).output)
    with database.transaction(ids["tenant"]) as session:
        add_sender_domain(session, "quay.example", sealer=Sealer([key]))

    result = run("rotate-secrets")

    assert result.exit_code == exit_code
    assert ("ENCRYPTION_KEYS" in result.output) == bool(exit_code)


def test_a_changed_audit_trail_names_the_first_bad_row_and_ends_with_65(run, database_url):
    add_tenant(run)
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE audit_records SET actor = 'nobody'")

    result = run("verify-audit", "--tenant", "quay")

    assert result.exit_code == 65
    found = json.loads(result.output)["first_bad_row"]
    assert found == {"sequence": 1, "reason": "its content was changed"}
