"""The provider's administrator adds partners and people, and sees what leaves and what failed."""

import re

import psycopg
import pytest

from app.outbox.actions import write_letter
from app.outbox.channels import OutboundStatus
from app.outbox.letter import Letter
from app.outbox.queries import outbox_page
from billing.queries import subscriptions
from tenants.access.models import UserState
from tenants.access.queries import user_by_email, users
from tenants.access.roles import UserRole
from tenants.brands.queries import mailboxes, signing_key
from tenants.database import HOUSE_ID
from tenants.directory.models import TenantState
from tenants.directory.queries import tenant, tenant_by_slug
from tests import browsers, cast
from tests.cast import MONDAY

LINK = re.compile(r"http://localhost:8000(/invitations/[\w.-]+)")


def test_a_partner_is_made_with_one_form_and_can_be_written_to(ada, database):
    answer = browsers.send(ada, "/office/partners/new", a_partner_form(plan="optimum"))

    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = ada.get(answer.location).get_data(as_text=True)
    assert "help@orchard.example" in page
    tenant_id = partner_id(database, "orchard")
    with database.transaction(tenant_id) as session:
        assert tenant(session, tenant_id).state is TenantState.ACTIVE
        assert [plan.plan.slug for plan in subscriptions(session)] == ["optimum"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("slug", "-", "cannot be a short name"),
        ("prefix", "1", "cannot be a ticket prefix"),
        ("zone", "Orchard/Town", "There is no time zone"),
        ("mailbox", "help", "is no mail address"),
        ("host", "a b", "is no host name"),
        ("colour", "red", "is no colour"),
        ("name", "", "A partner needs a name"),
        ("plan", "free", "Choose a plan from the list"),
    ],
)
def test_a_refused_partner_keeps_what_was_typed_and_says_why(ada, field, value, why):
    form = a_partner_form(name="Orchard LLC")
    form[field] = value

    answer = browsers.send(ada, "/office/partners/new", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert why in page
    assert field == "name" or "Orchard LLC" in page


def test_names_that_others_have_are_refused_before_anything_is_made(ada, harbour, database):
    form = a_partner_form(prefix="hb", mailbox=harbour.address, host=harbour.host)

    answer = browsers.send(ada, "/office/partners/new", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("prefix", "mailbox", "host"):
        assert f'id="{field}-error"' in page
    with database.directory() as session:
        assert tenant_by_slug(session, "orchard") is None


@pytest.mark.usefixtures("harbour", "meadow")
def test_partners_are_listed_with_prefix_host_and_state(ada):
    page = ada.get("/office/").get_data(as_text=True)

    for text in ("Harbour Hosting", "HB", "harbour.localhost", "Meadow Telecom", "being set up"):
        assert text in page


def test_an_imap_mailbox_is_added_and_its_password_is_shown_to_nobody(ada, harbour):
    path = f"/office/partners/{harbour.tenant_id}"
    form = {
        "brand": harbour.brand_id,
        "address": "old@harbour.example",
        "server": "imap.harbour.example",
        "port": "993",
        "login": "old",
        "mailbox_password": "hunter2-hunter2",
    }

    answer = browsers.send(ada, f"{path}/mailboxes", form, seen_at=path)

    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = ada.get(path).get_data(as_text=True)
    assert "imap.harbour.example:993" in page
    assert "hunter2-hunter2" not in page
    with harbour.transaction() as session:
        kept = {each.address: each for each in mailboxes(session)}["old@harbour.example"]
    assert b"hunter2" not in kept.imap_secret


def test_an_imap_mailbox_without_a_password_is_refused_and_never_shows_one(ada, harbour):
    path = f"/office/partners/{harbour.tenant_id}"
    form = {"brand": harbour.brand_id, "address": "old@harbour.example", "server": "imap.x.example"}

    answer = browsers.send(ada, f"{path}/mailboxes", form, seen_at=path)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="mailbox_password-error"' in page
    assert 'value="imap.x.example"' in page


def test_a_sender_domain_shows_the_record_to_publish(ada, harbour):
    path = f"/office/partners/{harbour.tenant_id}"

    browsers.send(ada, f"{path}/domains", {"domain": "harbour.example"}, seen_at=path)

    page = ada.get(path).get_data(as_text=True)
    with harbour.transaction() as session:
        key = signing_key(session, "harbour.example")
    assert "first1._domainkey.harbour.example" in page
    assert key.public_key.split("p=")[1][:40] in page


def test_an_operator_is_assigned_and_taken_away_again(ada, harbour, database):
    bob_id = cast.an_operator(database, email="bob@provider.example")
    path = f"/office/partners/{harbour.tenant_id}"

    browsers.send(ada, f"{path}/operators", {"operator": bob_id}, seen_at=path)
    assigned = staff_member(database, "bob@provider.example").assigned
    browsers.send(ada, f"{path}/operators/{bob_id}/end", {}, seen_at=path)

    assert assigned == (harbour.tenant_id,)
    assert staff_member(database, "bob@provider.example").assigned == ()


def test_the_first_administrator_of_a_partner_is_invited_from_the_office(ada, harbour):
    path = f"/office/partners/{harbour.tenant_id}"
    person = {"name": "Ben", "email": "ben@harbour.example", "role": "tenant_administrator"}

    answer = browsers.send(ada, f"{path}/members", {**person, **LANGUAGE}, seen_at=path)

    assert "http://harbour.localhost:8000/invitations/" in answer.get_data(as_text=True)
    with harbour.transaction() as session:
        assert [each.email for each in users(session)] == ["ben@harbour.example"]
        assert [row.purpose for row in outbox_page(session)] == ["invitation"]


def test_a_new_operator_chooses_a_password_by_the_link_and_is_in(ada, client, sign_in, database):
    person = {"name": "Bob", "email": "bob@provider.example", "role": "operator", **LANGUAGE}

    page = browsers.send(ada, "/office/staff", person).get_data(as_text=True)
    path = LINK.search(page)[1]
    browsers.send(client, path, {"password": cast.PASSWORD})

    assert staff_member(database, "bob@provider.example").state is UserState.ACTIVE
    assert sign_in("bob@provider.example").get("/desk/queue").status_code == 200


def test_an_address_that_signs_in_already_is_refused_beside_the_field(ada):
    person = {"name": "Ada", "email": "ada@provider.example", "role": "operator", **LANGUAGE}

    answer = browsers.send(ada, "/office/staff", person)

    assert answer.status_code == 422
    assert 'id="email-error"' in answer.get_data(as_text=True)


def test_whoever_is_shut_out_is_out_in_the_same_second(ada, database, sign_in):
    bob_id = cast.an_operator(database, email="bob@provider.example")
    bob = sign_in("bob@provider.example")
    path = f"/office/staff/{bob_id}"

    browsers.send(ada, f"{path}/exclusion", {}, seen_at=path)

    assert bob.get("/desk/queue").status_code == 302


def test_the_outbox_shows_what_waits_and_why_and_tries_again(ada, harbour):
    message_id = a_letter(harbour, text="Hello Olena, it works again.")
    path = f"/office/outbox/{harbour.tenant_id}/{message_id}"

    listed = ada.get("/office/outbox").get_data(as_text=True)
    opened = ada.get(path).get_data(as_text=True)
    answer = browsers.send(ada, f"{path}/attempts", {}, seen_at=path)

    assert "olena@client.example" in listed
    assert "it works again" in opened
    assert answer.status_code == 303
    assert "No message is in this state" in ada.get("/office/outbox?status=sent").text


def test_an_invitation_in_the_outbox_does_not_show_its_link(ada, harbour):
    message_id = a_letter(harbour, purpose="invitation", text="http://x/invitations/secret")

    page = ada.get(f"/office/outbox/{harbour.tenant_id}/{message_id}").get_data(as_text=True)

    assert "invitations/secret" not in page
    assert "personal link" in page


def test_a_long_outbox_is_read_a_page_at_a_time(ada, harbour):
    ids = [a_letter(harbour, key=f"reply:{number}") for number in range(60)]

    first = ada.get("/office/outbox").get_data(as_text=True)
    older = re.search(r'href="(/office/outbox\?before=\d+)"', first)[1]
    second = ada.get(older).get_data(as_text=True)

    shown = [int(each) for page in (first, second) for each in MESSAGE.findall(page)]
    assert shown == sorted(ids, reverse=True)


def test_a_supervisor_reads_mail_of_assigned_partners_only(harbour, meadow, sign_in, database):
    cast.an_operator(database, meadow, email="sue@provider.example", role=UserRole.SUPERVISOR)
    message_id = a_letter(harbour, text="for Harbour only")
    sue = sign_in("sue@provider.example")

    assert "olena@client.example" not in sue.get("/office/outbox").get_data(as_text=True)
    assert sue.get(f"/office/outbox/{harbour.tenant_id}/{message_id}").status_code == 404


def test_a_failed_job_lies_on_the_page_until_it_is_put_in_line_again(ada, harbour, database_url):
    a_letter(harbour)
    fail_all_jobs(database_url)

    shelf = ada.get("/office/jobs").get_data(as_text=True)
    path = re.search(r'action="(/office/jobs/\d+/attempts)"', shelf)[1]
    browsers.send(ada, path, {}, seen_at="/office/jobs")
    again = browsers.send(ada, path, {}, seen_at="/office/jobs")

    assert "deliver_outbox" in shelf
    assert again.status_code == 404
    assert "Nothing has failed for good" in ada.get("/office/jobs").get_data(as_text=True)


def test_the_trail_of_the_house_shows_a_break(ada, database_url, database):
    cast.an_operator(database, email="bob@provider.example")
    whole = ada.get("/office/audit").get_data(as_text=True)

    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE audit_records SET action = 'nothing' WHERE sequence = 2")

    assert "The chain is whole" in whole
    assert "The chain breaks at record 2" in ada.get("/office/audit").get_data(as_text=True)


def test_every_part_of_the_pages_stands_in_the_gallery(ada):
    assert ada.get("/office/ui").status_code == 200
    assert ada.get("/office/ui/desk").status_code == 200


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (UserRole.OPERATOR, set()),
        (UserRole.SUPERVISOR, {"/office/outbox", "/office/jobs"}),
        (UserRole.BILLING_CLERK, set()),
    ],
)
def test_the_office_is_open_to_those_whose_work_it_is(database, sign_in, role, allowed):
    cast.an_operator(database, email="x@provider.example", role=role)
    somebody = sign_in("x@provider.example")

    for path in ("/office/", "/office/staff", "/office/outbox", "/office/jobs", "/office/audit"):
        assert somebody.get(path).status_code == (200 if path in allowed else 403), path


def test_a_partner_that_does_not_exist_is_not_found(ada):
    huge = "9" * 30
    for path in ("partners/0", "partners/999999", f"partners/{huge}", "staff/999999"):
        assert ada.get(f"/office/{path}").status_code == 404


MESSAGE = re.compile(r'href="/office/outbox/\d+/(\d+)"')
LANGUAGE = {"language": "en", "zone": "Europe/Kyiv"}


@pytest.fixture
def ada(database, sign_in):
    cast.an_operator(database, role=UserRole.PROVIDER_ADMINISTRATOR)
    return sign_in("ada@provider.example")


def a_partner_form(**changed):
    return {
        "name": "Orchard LLC",
        "slug": "orchard",
        "prefix": "OR",
        "zone": "Europe/Kyiv",
        "language": "uk",
        "host": "help.orchard.example",
        "mailbox": "help@orchard.example",
        "colour": "#146c37",
        "plan": "",
        **changed,
    }


def a_letter(tenant, *, text="Hello.", purpose="reply", key="reply:1"):
    letter = Letter(
        purpose=purpose,
        idempotency_key=key,
        recipient="olena@client.example",
        recipient_name="Olena",
        sender=tenant.address,
        sender_name="Harbour Hosting",
        subject="No network",
        text=text,
        message_ref=f"{key}@harbour.example",
        brand_id=tenant.brand_id,
    )
    with tenant.transaction() as session:
        message_id = write_letter(session, letter, now=MONDAY)
        assert outbox_page(session)[0].status is OutboundStatus.PENDING
    return message_id


def fail_all_jobs(database_url):
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'failed'")


def partner_id(database, slug):
    with database.directory() as session:
        return tenant_by_slug(session, slug)


def staff_member(database, email):
    with database.transaction(HOUSE_ID) as session:
        return user_by_email(session, email)
