"""Brands, mailboxes and sender domains as rows: unique names, sealed secrets, few statements."""

import base64

import pytest
from sqlalchemy import event

from tenants.brands import actions, queries
from tenants.brands.actions.mailboxes import IMAP_SECRET
from tenants.brands.actions.sender_domains import DOMAIN_KEY
from tenants.brands.brand import BrandText, Hours, TextChannel, TextKind, Tone
from tenants.brands.models import MailSource
from tenants.database import Role
from tenants.directory import queries as directory
from tenants.directory.names import NameKind
from tenants.errors import NotFound, Refused
from tenants.sealing import Sealer
from tests.cast import MONDAY

SEALER = Sealer([b"k" * 32])
IMAP = actions.ImapAccess(host="imap.harbour.example", login="in", password="hush")
TEXT = BrandText(
    TextKind.GREETING, TextChannel.MAIL, "uk", Hours.IN_HOURS, Tone.NEUTRAL, "Вітаю, {requester}."
)


def details(**changes):
    said = {
        "name": "Quay",
        "colour": "#15C",
        "language": "uk",
        "sender_address": "Help@Quay.example",
    }
    return actions.BrandDetails(**{**said, **changes})


def test_a_new_brand_owns_its_prefix_and_host(harbour):
    with harbour.transaction() as session:
        brand_id = actions.add_brand(
            session,
            actions.NewBrand("quay", "qy", details(), portal_host="Help.Quay.example"),
            now=MONDAY,
        )

    with harbour.transaction() as session:
        brand = queries.brand_words(session, brand_id)
        for kind, name in ((NameKind.PREFIX, "QY"), (NameKind.HOST, "help.quay.example")):
            owner = directory.find_name(session, kind, name)
            assert owner == directory.Owner(harbour.tenant_id, brand_id)
    assert (brand.prefix, brand.colour, brand.sender_address) == (
        "QY",
        "#1155cc",
        "help@quay.example",
    )


@pytest.mark.parametrize(
    "taken", [{"slug": "harbour"}, {"prefix": "HB"}, {"portal_host": "harbour.localhost"}]
)
def test_names_in_use_are_refused_and_nothing_is_left_behind(harbour, meadow, taken):
    free = {"slug": "quay", "prefix": "QY", "details": details(), "portal_host": None}
    for cast in (harbour, meadow) if "slug" not in taken else (harbour,):
        with pytest.raises(Refused), cast.transaction() as session:
            actions.add_brand(session, actions.NewBrand(**{**free, **taken}), now=MONDAY)

        with cast.transaction() as session:
            assert [brand.slug for brand in queries.brands(session)] == [cast.slug]


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"colour": "red"}, {"language": "xx"}, {"sender_address": "nowhere"}],
)
def test_a_brand_with_wrong_particulars_is_refused(harbour, wrong):
    with pytest.raises(Refused), harbour.transaction() as session:
        actions.change_brand(session, harbour.brand_id, details(**wrong))


def test_a_portal_moves_and_gives_its_old_host_back(harbour, meadow):
    with harbour.transaction() as session:
        actions.move_portal(session, harbour.brand_id, "new.harbour.example")

    with meadow.transaction() as session:
        actions.move_portal(session, meadow.brand_id, "harbour.localhost")
        assert queries.brand_words(session, meadow.brand_id).portal_host == "harbour.localhost"


def test_a_text_is_kept_replaced_and_dropped(harbour):
    def texts():
        with harbour.transaction() as session:
            return queries.brand_words(session, harbour.brand_id).texts

    for body in ("Вітаю.", TEXT.body):
        with harbour.transaction() as session:
            text = BrandText(TEXT.kind, TEXT.channel, "uk", TEXT.hours, TEXT.tone, body)
            actions.set_text(session, harbour.brand_id, text)
    assert texts() == (TEXT,)

    with harbour.transaction() as session:
        actions.drop_text(session, harbour.brand_id, TEXT)
    assert texts() == ()


def test_a_brand_of_another_tenant_does_not_exist(harbour, meadow):
    with harbour.transaction() as session:
        for attempt in (
            lambda: queries.brand_words(session, meadow.brand_id),
            lambda: actions.change_brand(session, meadow.brand_id, details()),
            lambda: actions.set_text(session, meadow.brand_id, TEXT),
            lambda: actions.add_mailbox(session, meadow.brand_id, "x@harbour.example"),
            lambda: actions.move_portal(session, meadow.brand_id, None),
            lambda: queries.mail_place(session, meadow.mailbox_id),
            lambda: queries.mailbox(session, meadow.mailbox_id),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_incoming_mail_learns_all_about_its_mailbox_in_one_statement(database, harbour):
    with harbour.transaction() as session:
        actions.set_text(session, harbour.brand_id, TEXT)
    statements = []
    engine = database.engine(Role.USER)

    def count(*args):
        statements.append(args[2])

    with harbour.transaction() as session:
        session.connection()
        event.listen(engine, "before_cursor_execute", count)
        place = queries.mail_place(session, harbour.mailbox_id)
        event.remove(engine, "before_cursor_execute", count)

    assert len(statements) == 1
    assert place.address == harbour.address
    assert place.brand.texts == (TEXT,)
    assert place.zone == place.hours.calendar.zone == "Europe/Kyiv"
    assert place.hours.version == 1


def test_a_mail_address_belongs_to_one_mailbox_in_the_installation(harbour, meadow):
    for address in (harbour.address, harbour.address.upper()):
        with pytest.raises(Refused), meadow.transaction() as session:
            actions.add_mailbox(session, meadow.brand_id, address)

    with harbour.transaction() as session:
        actions.add_alias(session, harbour.mailbox_id, "Sales@harbour.example")
        owner = directory.find_name(session, NameKind.MAILBOX, "sales@harbour.example")
    assert owner == directory.Owner(harbour.tenant_id, harbour.mailbox_id)


def test_a_polled_mailbox_keeps_its_password_sealed_and_remembers_its_place(database, harbour):
    with harbour.transaction() as session:
        mailbox_id = actions.add_polled_mailbox(
            session, harbour.brand_id, "In@harbour.example", IMAP, sealer=SEALER
        )
        actions.note_poll_failure(session, mailbox_id, "login failed")
        actions.note_poll(session, mailbox_id, validity=7, last_uid=41)

    with harbour.transaction() as session:
        kept = queries.mailbox(session, mailbox_id)
    assert (kept.source, kept.imap_port, kept.last_error) == (MailSource.IMAP, 993, None)
    assert (kept.imap_validity, kept.imap_last_uid) == (7, 41)
    assert b"hush" not in kept.imap_secret
    place = {"tenant_id": harbour.tenant_id, "column": IMAP_SECRET, "row": kept.address}
    assert SEALER.open(kept.imap_secret, **place) == b"hush"
    with database.across_tenants() as session:
        assert queries.polled_mailboxes(session) == [(harbour.tenant_id, mailbox_id)]


def test_mail_secrets_sealed_with_a_new_key_still_open(harbour):
    with harbour.transaction() as session:
        actions.add_polled_mailbox(
            session, harbour.brand_id, "in@harbour.example", IMAP, sealer=SEALER
        )
        actions.add_sender_domain(session, "harbour.example", sealer=SEALER)
    rotated = Sealer([b"n" * 32, b"k" * 32])

    resealed = []
    for _ in range(2):
        with harbour.transaction() as session:
            resealed.append(actions.reseal_mail_secrets(session, sealer=rotated))

    assert resealed == [2, 0]
    with harbour.transaction() as session:
        kept = queries.mailbox_by_address(session, "in@harbour.example").imap_secret
    place = {"tenant_id": harbour.tenant_id, "column": IMAP_SECRET, "row": "in@harbour.example"}
    assert Sealer([b"n" * 32]).open(kept, **place) == b"hush"


def test_a_sender_domain_gets_a_key_whose_public_half_is_the_record(harbour):
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - heavy

    with harbour.transaction() as session:
        record = actions.add_sender_domain(session, "Harbour.example", sealer=SEALER)
        key = queries.signing_key(session, "harbour.example")

    place = {"tenant_id": harbour.tenant_id, "column": DOMAIN_KEY, "row": "harbour.example"}
    private = serialization.load_pem_private_key(SEALER.open(key.private_key, **place), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert record == key.public_key == f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    assert private.key_size == 2048
    assert not key.is_verified
    with harbour.transaction() as session:
        actions.mark_domain_verified(session, "harbour.example", now=MONDAY)
        assert queries.signing_key(session, "harbour.example").is_verified
    with pytest.raises(Refused), harbour.transaction() as session:
        actions.add_sender_domain(session, "harbour.example", sealer=SEALER)
