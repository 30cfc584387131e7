"""Migrations make what the models say, go down and up with rows, and pass the linter."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

from app.commands.database import alembic_config, become_owner, migrate
from tenants.database import Database
from tests import cast

# New tables need neither IF NOT EXISTS nor concurrent indices; closed sets are short on purpose.
EXCLUDED = "prefer-robust-stmts,require-concurrent-index-creation,prefer-text-field"
SQUAWK = Path(shutil.which("squawk") or Path(__file__).parents[2] / ".venv" / "bin" / "squawk")


def test_models_and_migrations_agree(owner):
    command.check(alembic_config(owner))


def test_there_is_one_head_and_numbers_have_no_hole(owner):
    script = ScriptDirectory.from_config(alembic_config(owner))
    revisions = [revision.revision for revision in script.walk_revisions()]

    assert len(script.get_heads()) == 1
    assert sorted(revisions) == [f"{number:04}" for number in range(1, len(revisions) + 1)]


def test_going_down_and_up_again_with_rows_present_ends_at_the_same_tables(
    fresh_url, owner_of_fresh
):
    database = Database(fresh_url, secret=cast.SECRET)
    cast.an_operator(database, cast.harbour(database))
    for role in cast.ROLES:
        database.engine(role).dispose()

    command.downgrade(alembic_config(owner_of_fresh), "base")
    owner_of_fresh.commit()
    left = owner_of_fresh.execute(
        text("SELECT relname FROM pg_stat_user_tables WHERE relname <> 'alembic_version'")
    )
    assert left.scalars().all() == []
    owner_of_fresh.commit()

    command.upgrade(alembic_config(owner_of_fresh), "head")
    owner_of_fresh.commit()
    command.check(alembic_config(owner_of_fresh))


def test_preparing_twice_changes_nothing(fresh_url):
    migrate(fresh_url, secret=cast.SECRET)
    migrate(fresh_url, secret=cast.SECRET)


def test_a_lock_is_awaited_a_second_and_no_longer(owner):
    assert owner.execute(text("SHOW lock_timeout")).scalar() == "1s"
    assert owner.execute(text("SHOW statement_timeout")).scalar() == "1min"


def test_the_linter_finds_nothing_that_would_block_others(owner):
    script = io.StringIO()
    config = alembic_config(owner, literal_binds=True, output_buffer=script)
    command.upgrade(config, "head", sql=True)

    found = subprocess.run(
        [SQUAWK, "--exclude", EXCLUDED, "--assume-in-transaction", "--pg-version", "15"],
        input=_ours(script.getvalue()),
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 0, found.stdout + found.stderr


def _ours(script: str) -> str:
    """The statements as they run: with the timeouts, and without the job queue's own."""
    before, _queue, after = script.partition("-- Running upgrade 0007 -> 0008")
    ours = before + after[after.index("-- Running upgrade 0008") :]
    kept = [line for line in ours.splitlines() if line not in {"BEGIN;", "COMMIT;"}]
    return "\n".join(["SET lock_timeout = '1s';", "SET statement_timeout = '60s';", *kept])


@pytest.fixture
def owner(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        become_owner(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def fresh_url(server_url: str, template_name: str, worker_name: str) -> Iterator[str]:
    name = f"{worker_name}_migrated"
    plain = server_url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name}"')
        yield server_url.replace("/app?", f"/{name}?")
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def owner_of_fresh(fresh_url: str) -> Iterator[Connection]:
    engine: Engine = create_engine(fresh_url)
    with engine.connect() as connection:
        become_owner(connection)
        yield connection
    engine.dispose()
