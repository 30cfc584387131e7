"""Fills a database: tenants and one ticket each by the real journey, the rest as copies in SQL.

Copies of what the journey wrote stay true when tables grow columns: only what must differ from
row to row is named here.
"""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from app.flows.correspondence import Correspondence
from app.flows.form_to_ticket import FormRequest, form_to_ticket
from app.tickets.actions import add_note
from app.tickets.changes import Author
from app.tickets.kinds import AuthorKind
from tenants.database import Database
from tenants.promises.priority import Priority
from tests import cast

ENTRIES_OF_LONG = 10
OPERATOR = "ada@provider.example"
SPREAD_MIN = 20_000  # deadlines lie within a fortnight from tomorrow on, none in this run
AUTHOR = Author(AuthorKind.OPERATOR, 1, "Ada")

# Another one of each first ticket: id and number are `k`, urgency is spread.
LATER = f"make_interval(mins => ((k * 37 + t.tenant_id * 91) % {SPREAD_MIN})::int)"
TICKET_ID = "t.tenant_id * 1000000 + k"
COPIED: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "tickets",
        {
            "id": TICKET_ID,
            "number": "k",
            "source_ref": "'form:' || k",
            "subject": "t.subject || ' ' || k",
            "created_at": "t.created_at - make_interval(secs => k)",
            "updated_at": "t.updated_at - make_interval(secs => k)",
            "next_due_at": f"t.next_due_at + {LATER}",
            "status": "CASE WHEN k % 3 = 0 THEN 'new' ELSE 'in_progress' END",
            "assignee_id": "CASE WHEN k % 20 = 1 THEN {operator_id} END",
        },
    ),
    ("entries", {"ticket_id": TICKET_ID}),
    ("ticket_events", {"ticket_id": TICKET_ID}),
    ("clock_cycles", {"ticket_id": TICKET_ID, "due_at": f"t.due_at + {LATER}"}),
    ("deadlines", {"ticket_id": TICKET_ID, "due_at": f"t.due_at + {LATER}"}),
    ("usage_entries", {"ref_id": TICKET_ID, "event_key": f"'ticket:' || ({TICKET_ID})"}),
    (
        "outbound_messages",
        {
            "ticket_id": TICKET_ID,
            "idempotency_key": "t.idempotency_key || '-' || k",
            "message_ref": "k || '-' || t.message_ref",
            "recipient": "k || '-' || t.recipient",
        },
    ),
)
# What the journeys left to do is done, and nothing falls due while we measure.
SETTLED = (
    "UPDATE outbound_messages SET status = 'sent', sent_at = created_at",
    "DELETE FROM procrastinate_jobs",
    "UPDATE tickets SET next_due_at = next_due_at + interval '1 day'",
    "UPDATE clock_cycles SET due_at = due_at + interval '1 day'",
    "UPDATE deadlines SET due_at = due_at + interval '1 day'",
)
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
  AND (is_identity = 'NO' OR column_name = ANY (%s))
ORDER BY ordinal_position
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """What pages are asked for. `tenants`: all of them; `long_ref`: a ticket with ten entries."""

    tenants: tuple[cast.Cast, ...]
    operator_id: int
    long_ref: str


def add_tenants(database: Database, *, tenants: int, now: datetime) -> Filled:
    """Tenants with a ticket each, and an operator who answers for them all."""
    made = tuple(_tenant(database, number) for number in range(tenants))
    operator_id = cast.an_operator(database, *made, email=OPERATOR)
    correspondence = Correspondence(cast.SECRET, "http://localhost")
    for each in made:
        with each.transaction() as session:
            form_to_ticket(session, _form(each), correspondence=correspondence, now=now)
    with made[0].transaction() as session:
        for number in range(2, ENTRIES_OF_LONG):  # the journey wrote the first two
            add_note(session, 1, f"Looked at it, note {number}.", author=AUTHOR, now=now)
    return Filled(made, operator_id, f"{made[0].prefix}-1")


def multiply(url: str, *, tickets_each: int, operator_id: int) -> None:
    """Make the first ticket of each tenant so many, as the superuser, and gather statistics."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = 'replica'")
            for statement in SETTLED:
                connection.execute(statement)
            for table, changed in COPIED:
                _copy(connection, table, changed, (tickets_each, operator_id))
            connection.execute("UPDATE ticket_series SET last_number = %s", (tickets_each,))
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _copy(
    connection: psycopg.Connection, table: str, changed: dict[str, str], amount: tuple[int, int]
) -> None:
    tickets_each, operator_id = amount
    columns = [row[0] for row in connection.execute(COLUMNS, (table, list(changed)))]
    values = [
        sql.SQL(changed[name].format(operator_id=operator_id))
        if name in changed
        else sql.Identifier("t", name)
        for name in columns
    ]
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS t "
            "CROSS JOIN generate_series(2, {last}) AS copies(k) ORDER BY k"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(values),
            last=sql.Literal(tickets_each),
        )
    )


def _tenant(database: Database, number: int) -> cast.Cast:
    name = f"partner{number:03d}"
    prefix = f"P{chr(65 + number // 26)}{chr(65 + number % 26)}"
    return cast.a_tenant(database, slug=name, name=name.capitalize(), prefix=prefix)


def _form(tenant: cast.Cast) -> FormRequest:
    return FormRequest(
        brand_id=tenant.brand_id,
        name="Dora",
        email="dora@client.example",
        subject="No network in the office",
        text="The office has no network since this morning. Forty people wait.",
        priority=Priority.P3,
        language="en",
        key="first",
    )
