"""A partner's administrator sets up words, promises and people on their own pages."""

import pytest

from tenants.access.models import UserState
from tenants.access.queries import users
from tenants.access.roles import UserRole
from tenants.brands.queries import brand_words
from tenants.promises.queries import promises, service_hours
from tests import browsers, cast

ADMINISTRATOR = "ben@harbour.example"


def test_a_partner_sees_what_is_ready_told_from_facts(ben):
    page = ben.get("/partner/").get_data(as_text=True)

    assert "Send a mail to support@harbour.example" in page
    assert "Mon–Fri 09:00–18:00 (Europe/Kyiv)" in page
    assert "ready" not in page.split("Mailbox")[1].split("Service hours")[0]


def test_a_brand_keeps_its_names_and_shows_how_its_colour_reads(ben, harbour):
    form = a_brand_form(harbour, colour="#ffcc00", name_uk="Гавань")

    answer = browsers.send(ben, f"/partner/brands/{harbour.brand_id}", form)

    assert answer.status_code == 303
    page = ben.get(answer.location).get_data(as_text=True)
    assert "#000000  13.9 : 1 ✓" in page
    with harbour.transaction() as session:
        assert brand_words(session, harbour.brand_id).names == {"uk": "Гавань"}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("colour", "blue", "is no colour"),
        ("sender", "ceo@meadow.example", "Choose one of your mailboxes"),
        ("name", "", "A brand needs a name"),
        ("language", "fr", "is not one of"),
    ],
)
def test_a_refused_brand_keeps_what_was_typed_and_says_why(ben, harbour, field, value, why):
    form = a_brand_form(harbour, telephone="+380 44 111", **{field: value})

    answer = browsers.send(ben, f"/partner/brands/{harbour.brand_id}", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert why in page
    assert "+380 44 111" in page


def test_a_text_is_written_and_given_up_again(ben, harbour):
    path = f"/partner/brands/{harbour.brand_id}/texts"
    text = a_text(body="Ahoy, {requester}.")

    browsers.send(ben, path, text)
    written = ben.get(path).get_data(as_text=True)
    browsers.send(ben, f"{path}/removal", text, seen_at=path)

    assert "Ahoy, {requester}." in written
    with harbour.transaction() as session:
        assert brand_words(session, harbour.brand_id).texts == ()


def test_a_text_with_an_unknown_placeholder_is_refused_beside_the_field(ben, harbour):
    path = f"/partner/brands/{harbour.brand_id}/texts"

    answer = browsers.send(ben, path, a_text(body="Hello {firstname}"))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "is no placeholder" in page
    assert "Hello {firstname}" in page


def test_hours_of_several_spans_and_holidays_are_kept(ben, harbour):
    calendar_id = hours_of(harbour).id

    answer = browsers.send(
        ben,
        f"/partner/promises/hours/{calendar_id}",
        an_hours_form(day_0="08:00-12:00, 13:00–20:00", day_6="", holidays="12-25\n2026-05-01"),
    )

    assert answer.status_code == 303, answer.get_data(as_text=True)
    kept = hours_of(harbour)
    assert kept.version == 2
    assert [(s.opens_min, s.closes_min) for s in kept.calendar.week[0]] == [(480, 720), (780, 1200)]
    assert kept.calendar.yearly_holidays == {(12, 25)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day_1", "9 to 5"),
        ("day_1", "18:00-09:00"),
        ("day_1", "09:00-13:00, 12:00-18:00"),
        ("holidays", "25 December"),
        ("zone", "Kyiv"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_shown_again(ben, harbour, field, value):
    path = f"/partner/promises/hours/{hours_of(harbour).id}"

    answer = browsers.send(ben, path, an_hours_form(**{field: value}))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert value in page
    assert "field-error" in page
    assert hours_of(harbour).version == 1


def test_targets_are_changed_and_the_others_stay_as_they_were(ben, harbour):
    before = {kept.level.name: kept for kept in levels_of(harbour)}
    form = a_targets_form(harbour)
    form[f"resolution_{before['P3'].id}"] = "2"

    answer = browsers.send(ben, "/partner/promises/targets", form, seen_at="/partner/promises")

    assert answer.status_code == 303
    after = {kept.level.name: kept for kept in levels_of(harbour)}
    assert after["P3"].level.targets.resolution.amount == 2
    assert after["P1"] == before["P1"]


def test_a_target_that_is_no_number_is_refused_beside_its_field(ben, harbour):
    form = a_targets_form(harbour)
    field = next(iter(form))
    form[field] = "soon"

    answer = browsers.send(ben, "/partner/promises/targets", form, seen_at="/partner/promises")

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_a_request_of_friday_evening_is_explained_line_by_line(ben):
    page = ben.get("/partner/promises?at=2026-03-06T16:40&priority=P2").get_data(as_text=True)

    assert "2. “P2”: applies" in page
    for line in ("starts Fri 16:40", "8 h of service hours", "1 h 20 left today", "due Mon 15:40"):
        assert line in page


def test_a_try_out_of_no_instant_says_so(ben):
    page = ben.get("/partner/promises?at=tomorrow").get_data(as_text=True)

    assert "Give a day and a time." in page


def test_a_member_is_invited_shut_out_and_let_in_again(ben, harbour):
    person = {"name": "Eva", "email": "eva@harbour.example", "role": "viewer", **LANGUAGE}

    invited = browsers.send(ben, "/partner/members", person).get_data(as_text=True)
    eva = person_of(harbour, "eva@harbour.example")
    path = f"/partner/members/{eva.id}"
    browsers.send(ben, f"{path}/exclusion", {}, seen_at=path)
    shut_out = person_of(harbour, eva.email)
    again = browsers.send(ben, f"{path}/invitation", {}, seen_at=path).get_data(as_text=True)

    assert "http://harbour.localhost:8000/invitations/" in invited
    assert eva.state is UserState.INVITED
    assert shut_out.state is UserState.DISABLED
    assert "/invitations/" in again
    assert person_of(harbour, eva.email).state is UserState.INVITED


def test_nobody_shuts_themselves_out(ben, harbour):
    own = person_of(harbour, ADMINISTRATOR)

    answer = browsers.send(
        ben, f"/partner/members/{own.id}/exclusion", {}, seen_at="/partner/members"
    )

    assert answer.status_code == 409
    assert person_of(harbour, ADMINISTRATOR).state is UserState.ACTIVE


def test_a_partner_cannot_make_one_of_the_providers_people(ben):
    person = {"name": "Eva", "email": "eva@harbour.example", "role": "operator", **LANGUAGE}

    answer = browsers.send(ben, "/partner/members", person)

    assert answer.status_code == 422
    assert 'id="role-error"' in answer.get_data(as_text=True)


def test_the_trail_tells_what_was_done_and_that_it_is_whole(ben, harbour):
    browsers.send(ben, f"/partner/brands/{harbour.brand_id}", a_brand_form(harbour))

    page = ben.get("/partner/audit").get_data(as_text=True)

    assert "The chain is whole" in page
    assert "changed a brand" in page


@pytest.mark.parametrize("role", [UserRole.ENGINEER, UserRole.VIEWER])
def test_only_an_administrator_changes_things(harbour, sign_in, role):
    cast.a_person(harbour.database, harbour.tenant_id, email="v@harbour.example", role=role)
    viewer = sign_in("v@harbour.example")

    assert viewer.get("/partner/").status_code == 200
    for path in ("/partner/brands", "/partner/promises", "/partner/members", "/partner/audit"):
        assert viewer.get(path).status_code == 403


def test_another_partners_things_do_not_exist(ben, meadow):
    for path in (
        f"/partner/brands/{meadow.brand_id}",
        f"/partner/brands/{meadow.brand_id}/texts",
        f"/partner/promises/hours/{hours_of(meadow).id}",
    ):
        assert ben.get(path).status_code == 404
        assert browsers.send(ben, path, {}, seen_at="/partner/").status_code in {404, 422}


def test_a_partners_own_host_serves_the_pages_without_the_products_name(harbour, sign_in):
    an_administrator(harbour)
    ben = sign_in(ADMINISTRATOR, host="harbour.localhost:8000")

    for path in ("/partner/", "/partner/brands", "/partner/promises", "/partner/members"):
        page = ben.get(path)
        assert page.status_code == 200
        assert "Firstline" not in page.get_data(as_text=True)


LANGUAGE = {"language": "en", "zone": "Europe/Kyiv"}


@pytest.fixture
def ben(harbour, sign_in):
    an_administrator(harbour)
    return sign_in(ADMINISTRATOR)


def an_administrator(tenant):
    cast.a_person(
        tenant.database,
        tenant.tenant_id,
        email=ADMINISTRATOR,
        role=UserRole.TENANT_ADMINISTRATOR,
    )


def a_brand_form(tenant, **changed):
    return {
        "name": "Harbour Hosting",
        "colour": "#1f6feb",
        "sender": tenant.address,
        "language": "en",
        "tone": "neutral",
        **changed,
    }


def a_text(**changed):
    return {
        "kind": "acknowledgement",
        "channel": "mail",
        "language": "en",
        "hours": "always",
        "tone": "neutral",
        **changed,
    }


def an_hours_form(**changed):
    days = {f"day_{place}": "09:00–18:00" for place in range(5)}
    return {"zone": "Europe/Kyiv", **days, **changed}


def a_targets_form(tenant):
    units = {"opening_hours": ("open_minutes", 60), "calendar": ("wall_minutes", 60)}
    form = {}
    for kept in levels_of(tenant):
        for clock in ("first_response", "resolution"):
            target = getattr(kept.level.targets, clock)
            unit, each = units.get(target.kind.value, ("days", 1))
            form[f"{clock}_{kept.id}"] = str(target.amount // each)
            form[f"{clock}_unit_{kept.id}"] = unit
    return form


def hours_of(tenant):
    with tenant.transaction() as session:
        return service_hours(session)


def levels_of(tenant):
    with tenant.transaction() as session:
        return promises(session).levels


def person_of(tenant, email):
    with tenant.transaction() as session:
        return next(each for each in users(session) if each.email == email)
