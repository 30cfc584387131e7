"""What the linters cannot say about the shape of the code; house style, rule 36."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

from migrations.tables import metadata

ROOT = Path(__file__).parents[1]
FLOORS = ("app", "billing", "tenants")
SHELL = {"commands", "flows", "gateways", "jobs", "web"}  # where effects live
EFFECTFUL = ("actions", "models", "queries")  # a room's modules, or folders, with effects
FILE_MAX_LINES = 299
FUNCTION_MAX_LINES = 40

# What brings a database, a clock, the network, files or chance into a module.
EFFECTS = {
    *("alembic", "boto3", "flask", "flask_babel", "flask_login", "imapclient", "procrastinate"),
    *("psycopg", "psycopg_pool", "smtplib", "sqlalchemy", "werkzeug"),
    *("os", "random", "secrets", "shutil", "socket", "subprocess", "tempfile", "threading", "time"),
    *("app.clock", "app.gateways", "app.services", "config", "tenants.database"),
}
CHANCE_ALLOWED = {
    "tenants/access/tokens.py",  # a token is chance; what is made of it is tested with it
    "tenants/access/totp.py",
    "tenants/access/passwords.py",
}
VALUES = {"tenants.database.HOUSE_ID"}  # a number, whatever stands around it
SQL_ALLOWED = {
    "app/commands/database.py",  # logins and extensions, before there are tables
    "app/commands/doctor.py",  # asks a server that may have no tables yet
    "app/web/probes.py",  # the same
    "app/web/signals.py",  # LISTEN has no other form
    "tenants/database.py",  # SET LOCAL, the wall between tenants
    "tenants/embedded_database.py",  # makes the database itself
}
# Words for which the table in CONTRIBUTING.md has another one.
OTHER_WORDS = ("customer", "roster", "tariff", "wizard", "flowchart", "business_hours", "end_user")


def python_files(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path):
    return path.relative_to(ROOT).as_posix()


def rooms():
    """The folders for one idea: all of the desk but its shell, all of tenants, and billing."""
    desk = [folder for folder in (ROOT / "app").iterdir() if folder.name not in SHELL]
    return [
        folder
        for folder in (*desk, *(ROOT / "tenants").iterdir(), ROOT / "billing")
        if (folder / "__init__.py").exists()
    ]


def pure_modules():
    for room in rooms():
        for path in sorted(room.rglob("*.py")):
            first = path.relative_to(room).parts[0].removesuffix(".py")
            if first not in {*EFFECTFUL, "flows", "gateways", "documents"}:
                yield path


def imported_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_effect(name):
    parts = name.split(".")
    prefixes = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    of_a_room = parts[0] in FLOORS and any(part in EFFECTFUL for part in parts[1:-1])
    return of_a_room or bool(prefixes & EFFECTS)


@pytest.mark.parametrize("path", list(pure_modules()), ids=named)
def test_a_pure_module_imports_nothing_effectful(path):
    effects = {name for name in imported_names(parsed(path)) if is_effect(name)} - VALUES

    allowed = {"os", "secrets"} if named(path) in CHANCE_ALLOWED else set()

    assert {name.split(".")[0] for name in effects} <= allowed, sorted(effects)


def test_no_file_is_long():
    long = {
        named(path): lines
        for path in (*python_files(*FLOORS, "migrations"), *ROOT.glob("*.py"))
        if (lines := len(path.read_text().splitlines())) > FILE_MAX_LINES
        and path.parent.name != "versions"
    }

    assert long == {}


def test_no_function_is_long():
    long = {
        f"{named(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in python_files(*FLOORS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_MAX_LINES
    }

    assert long == {}


def test_every_room_with_effects_stands_in_the_import_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    listed = next(c for c in contracts["contracts"] if c["name"] == "every room")["containers"]

    found = {
        named(room).replace("/", ".")
        for room in rooms()
        if any((room / name).exists() or (room / f"{name}.py").exists() for name in EFFECTFUL)
    }

    assert sorted(found - set(listed)) == []


def test_sql_is_written_in_migrations_only():
    found = {
        named(path)
        for path in python_files(*FLOORS)
        if path.stem != "models" and any(raw_sql(parsed(path)))  # conditions of indexes
    }

    assert sorted(found - SQL_ALLOWED) == []


def raw_sql(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            is_text = isinstance(node.args[0], ast.JoinedStr) or isinstance(
                getattr(node.args[0], "value", None), str
            )
            if is_text and called in {"text", "execute", "exec_driver_sql"}:
                yield node.lineno


def test_tables_are_named_in_the_plural():
    assert [name for name in metadata.tables if not name.endswith("s")] == []


def test_there_is_one_migration_head():
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")

    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_migrations_are_numbered_sentences_without_models():
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))

    assert [path.name[:4] for path in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    for path in files:
        assert re.fullmatch(r"\d{4}(_[a-z0-9]+)+", path.stem)
        assert not any(name.split(".")[0] in FLOORS for name in imported_names(parsed(path)))


def test_one_word_for_one_thing():
    found = Counter(
        f"{named(path)}: {word}"
        for path in python_files(*FLOORS)
        for word in OTHER_WORDS
        if re.search(rf"(?<![a-z]){word}", path.read_text().lower())
    )

    assert sorted(found) == []


def test_no_file_knows_the_machine_it_was_written_on():
    somewhere = re.compile(r"(?<![\w./:$}])/(?:home|root|work|Users)/\w")

    assert [named(path) for path in tracked_texts() if somewhere.search(path.read_text())] == []


def test_lock_files_name_no_registry():
    locks = [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json", ROOT / ".npmrc"]

    for path in locks:
        assert not re.search(
            r"--index-url|--find-links|\"resolved\": \"http|registry=", path.read_text()
        )


def tracked_texts():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".html", ".js", ".mjs", ".css", ".txt", ".in"}:
            yield path


def parsed(path):
    return ast.parse(path.read_text())
