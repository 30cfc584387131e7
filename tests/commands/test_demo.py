"""The demo: played once into an empty database through the real journeys, its sign-ins told."""

from sqlalchemy import func, select

from app.inbox.models import RawMail
from app.inbox.states import MailState
from app.tickets.models import Ticket
from billing.models import UsageEntry
from tenants.access.roles import UserRole
from tenants.database import Database
from tenants.directory.names import NameKind
from tenants.directory.queries import find_name


def test_the_demo_plays_a_day_into_tickets_answers_and_usage(app, database):
    told = app.test_cli_runner().invoke(args=["demo", "--if-empty"])

    assert told.exit_code == 0, told.output
    lines = [line.split() for line in told.output.splitlines() if "@" in line]
    assert {line[0] for line in lines} == {role.value for role in UserRole}
    assert all(len(line) >= 3 for line in lines)
    assert len({line[2] for line in lines}) == 1
    harbour = tenant(database, "harbour")
    with database.transaction(harbour) as session:
        tickets = session.scalar(select(func.count()).select_from(Ticket))
        usage = session.scalar(select(func.count()).select_from(UsageEntry))
        states = set(session.scalars(select(RawMail.state)))
    assert tickets == usage == 4
    assert states == {MailState.OPENED, MailState.APPENDED, MailState.HELD}


def test_the_demo_is_played_once_and_its_sign_ins_are_told_again(app, database):
    first = app.test_cli_runner().invoke(args=["demo", "--if-empty"])
    again = app.test_cli_runner().invoke(args=["demo", "--if-empty"])
    refused = app.test_cli_runner().invoke(args=["demo"])

    assert sign_ins(again.output) == sign_ins(first.output)
    assert refused.exit_code == 65


def sign_ins(output: str) -> list[str]:
    """The `role login password` lines."""
    return [line for line in output.splitlines() if "@" in line and not line.startswith("{")]


def tenant(database: Database, slug: str) -> int:
    """The id of a demo partner."""
    with database.directory() as session:
        owner = find_name(session, NameKind.SLUG, slug)
    assert owner is not None
    return owner.tenant_id
