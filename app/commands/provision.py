"""`flask add-tenant` and its like: partners, people and the audit trail without a browser."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.commands.exits import BAD_INPUT, BadInput, Command, TryAgainLater
from app.flows.request_to_partner import PartnerRequest, request_to_partner
from app.web.services import services
from tenants.access import actions as access
from tenants.access import queries as people
from tenants.access.roles import STAFF_ROLES, TENANT_ROLES, UserRole
from tenants.access.tokens import login_digest
from tenants.brands import actions as brands
from tenants.brands import queries as brand_queries
from tenants.database import HOUSE_ID
from tenants.directory import actions as directory
from tenants.directory import queries as names
from tenants.directory.languages import LANGUAGES
from tenants.embedded_database import EmbeddedDatabaseError
from tenants.errors import NotFound, Refused
from tenants.sealing import Unreadable

ACTOR = "command:provision"
COLOUR = "#1757c2"


def register(cli: click.Group) -> None:
    """Add the commands to `flask`."""
    for command in (add_tenant, add_operator, add_user, set_password, verify_audit, rotate_secrets):
        cli.add_command(command)


@click.command("add-tenant", cls=Command)
@click.option("--slug", required=True, help="Short name, also of its first brand.")
@click.option("--name", required=True)
@click.option("--prefix", required=True, help="Of ticket numbers, as HB.")
@click.option("--zone", default="UTC", show_default=True, help="IANA time zone.")
@click.option("--language", default="en", type=click.Choice(list(LANGUAGES)), show_default=True)
@click.option("--host", default=None, help="Host name of its own pages.")
@click.option("--mailbox", required=True, help="Address at which its clients write.")
@click.option("--brand-colour", default=COLOUR, show_default=True)
@click.option("--plan", default="start", show_default=True, help="Short name of a plan.")
@with_appcontext
def add_tenant(**options: Any) -> None:
    """Add a partner with its brand, mailbox, service hours and targets."""
    with _plain_answers():
        tenant_id = _new_or_unfinished_tenant(options)
        answer = _settle_tenant(tenant_id, options)
    click.echo(json.dumps(answer))


@click.command("add-operator", cls=Command)
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option(
    "--role", default="operator", type=click.Choice(sorted(role.value for role in STAFF_ROLES))
)
@click.option("--tenants", default="", help="Short names of partners to answer for, as a,b.")
@click.option("--language", default="en", type=click.Choice(list(LANGUAGES)), show_default=True)
@click.option("--zone", default="UTC", show_default=True)
@with_appcontext
def add_operator(tenants: str, **options: str) -> None:
    """Add one of the provider's people; `set-password` lets them in."""
    now = utc_now()
    with _plain_answers():
        served = [_tenant_id(slug) for slug in tenants.replace(",", " ").split()]
        with services().database.transaction(HOUSE_ID) as session:
            user_id = _add_user(session, options, now=now)
            for tenant_id in served:
                access.assign_operator(session, user_id, tenant_id, by=ACTOR, now=now)
    click.echo(json.dumps({"user": user_id, "tenants": served}))


@click.command("add-user", cls=Command)
@click.option("--tenant", required=True, help="Short name of the partner.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option(
    "--role",
    default="tenant_administrator",
    type=click.Choice(sorted(role.value for role in TENANT_ROLES)),
)
@click.option("--language", default="en", type=click.Choice(list(LANGUAGES)), show_default=True)
@click.option("--zone", default="UTC", show_default=True)
@with_appcontext
def add_user(tenant: str, **options: str) -> None:
    """Add one of a partner's people; `set-password` lets them in."""
    with _plain_answers(), services().database.transaction(_tenant_id(tenant)) as session:
        user_id = _add_user(session, options, now=utc_now())
    click.echo(json.dumps({"user": user_id}))


@click.command("set-password", cls=Command)
@click.option("--email", required=True)
@with_appcontext
def set_password(email: str) -> None:
    """Set a person's password, from standard input or asked for; all their sign-ins end."""
    with _plain_answers():
        place = _login_place(email)
        password = _password()
        with services().database.transaction(place.tenant_id) as session:
            access.set_password(session, place.user_id, password, by=ACTOR, now=utc_now())


@click.command("verify-audit", cls=Command)
@click.option("--tenant", default=None, help="Short name of one partner; otherwise all.")
@with_appcontext
def verify_audit(tenant: str | None) -> None:
    """Check the audit trail: a JSON line per chain with its head, to be kept elsewhere."""
    is_sound = True
    with _plain_answers(), services().database.across_tenants() as session:
        chains = [_tenant_id(tenant)] if tenant else people.audited_tenants(session)
        for tenant_id in chains:
            bad_row = people.verify_audit(session, tenant_id)
            head = people.audit_head(session, tenant_id)
            is_sound = is_sound and bad_row is None
            finding = {"sequence": bad_row.sequence, "reason": bad_row.reason} if bad_row else None
            row = {"records": head.sequence, "head": head.hash.hex(), "first_bad_row": finding}
            click.echo(json.dumps({"tenant": tenant_id, **row}))
    if not is_sound:
        raise SystemExit(BAD_INPUT)


@click.command("rotate-secrets", cls=Command)
@with_appcontext
def rotate_secrets() -> None:
    """Seal every kept secret with the newest of ENCRYPTION_KEYS; then older keys may go."""
    database, sealer = services().database, services().sealer
    resealed = 0
    with _plain_answers():
        with database.across_tenants() as session:
            tenant_ids = [HOUSE_ID, *(row.id for row in names.all_tenants(session))]
        for tenant_id in tenant_ids:
            with database.transaction(tenant_id) as session:
                resealed += access.reseal_second_factors(session, sealer=sealer)
                resealed += brands.reseal_mail_secrets(session, sealer=sealer)
    click.echo(json.dumps({"resealed": resealed}))


@contextmanager
def _plain_answers() -> Iterator[None]:
    """Refusals end with 65, an absent database with 75; nobody sees a traceback."""
    try:
        yield
    except (Refused, NotFound) as refused:
        raise BadInput(str(refused)) from None
    except Unreadable:
        raise BadInput("A secret was sealed with a key that ENCRYPTION_KEYS lacks.") from None
    except (OperationalError, EmbeddedDatabaseError):
        raise TryAgainLater("The database does not answer now.") from None


def _new_or_unfinished_tenant(options: dict[str, Any]) -> int:
    """A new tenant, or the one that an interrupted `add-tenant` has left without a brand."""
    request = directory.NewTenant(
        slug=options["slug"],
        name=options["name"],
        zone=options["zone"],
        language=options["language"],
    )
    database = services().database
    with database.across_tenants() as session:
        known = names.tenant_by_slug(session, options["slug"])
        if known is None:
            return directory.add_tenant(session, request, now=utc_now())
    with database.transaction(known) as session:
        if known == HOUSE_ID or brand_queries.brands(session):
            raise Refused(f"There is a partner “{options['slug']}” already.")
    return known


def _settle_tenant(tenant_id: int, options: dict[str, Any]) -> dict[str, int]:
    request = PartnerRequest(
        slug=options["slug"],
        name=options["name"],
        prefix=options["prefix"],
        zone=options["zone"],
        language=options["language"],
        host=options["host"],
        mailbox=options["mailbox"],
        colour=options["brand_colour"],
        plan=options["plan"],
    )
    with services().database.transaction(tenant_id) as session:
        settled = request_to_partner(session, request, by=ACTOR, now=utc_now())
    return {
        "tenant": settled.tenant_id,
        "brand": settled.brand_id,
        "mailbox": settled.mailbox_id,
    }


def _add_user(session: Session, options: dict[str, str], *, now: datetime) -> int:
    request = access.NewUser(
        email=options["email"],
        name=options["name"],
        role=UserRole(options["role"]),
        language=options["language"],
        zone=options["zone"],
    )
    secret = services().config.secret_key
    return access.add_user(session, request, by=ACTOR, secret=secret, now=now)


def _tenant_id(slug: str) -> int:
    with services().database.directory() as session:
        tenant_id = names.tenant_by_slug(session, slug)
    if tenant_id is None:
        raise NotFound(f"There is no partner “{slug}”.")
    return tenant_id


def _login_place(email: str) -> people.LoginPlace:
    digest = login_digest(email, secret=services().config.secret_key)
    with services().database.directory() as session:
        place = people.find_login(session, digest)
    if place is None:
        raise NotFound(f"Nobody signs in as {email}.")
    return place


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("New password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
