"""Every route × every role × a foreign id, from the URL map: no route is forgotten."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tenants.access.roles import UserRole, belongs_to, may
from tenants.database import HOUSE_ID
from tests import browsers, cast
from tests.security.everything import a_harbour_with_everything

SIGN_IN = "/sign-in"
REFUSED = {302, 303, 401, 403}
NOWHERE = "-"
# Whose work is with every partner, and in which pages; reading one there is no leak.
OVER_ALL_PARTNERS = {
    UserRole.PROVIDER_ADMINISTRATOR: "office",
    UserRole.BILLING_CLERK: "office_billing",
}


@pytest.fixture
def foreign(harbour: cast.Cast) -> dict[str, object]:
    """Values of route parameters that all belong to Harbour; texts carry its canary."""
    return a_harbour_with_everything(harbour)


@pytest.fixture
def people(meadow: cast.Cast, sign_in: Callable[..., FlaskClient]) -> dict[UserRole, FlaskClient]:
    """One person of each role, none of whom has anything to do with Harbour."""
    found = {}
    for role in UserRole:
        email = f"{role.value}@meadow.example"
        if belongs_to(role, HOUSE_ID):
            cast.an_operator(meadow.database, meadow, email=email, role=role)
        else:
            cast.a_person(meadow.database, meadow.tenant_id, email=email, role=role)
        found[role] = sign_in(email)
    return found


def test_every_route_says_who_may(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not hasattr(app.view_functions[rule.endpoint], "permitted_actions")
    ]

    assert silent == []


def test_nobody_reads_or_changes_a_foreign_thing(
    app: Flask, people: dict[UserRole, FlaskClient], foreign: dict[str, object]
) -> None:
    for rule, method in _guarded(app, with_parameters=True):
        for role, client in people.items():
            answer = client.open(
                _address(rule, foreign), method=method, data=_form(client), buffered=True
            )
            allowed = may_reach(app, rule, role)
            expected = {404} if allowed else {403}
            where = f"{method} {rule} as {role.value}"
            if rule.endpoint.startswith(OVER_ALL_PARTNERS.get(role, NOWHERE)):
                assert answer.status_code < 500, where
                continue
            assert answer.status_code in expected, f"{where}: {answer.status_code}"
            assert cast.HARBOUR_CANARY not in answer.get_data(as_text=True), where


@pytest.mark.usefixtures("foreign")
def test_no_page_without_an_id_shows_a_foreign_byte(
    app: Flask, people: dict[UserRole, FlaskClient]
) -> None:
    for rule, method in _guarded(app, with_parameters=False):
        if method != "GET" or rule.endpoint == "signals.signals":
            continue
        for role, client in people.items():
            if rule.endpoint.startswith("office") and may_reach(app, rule, role):
                continue
            answer = client.get(str(rule), buffered=True)
            where = f"{rule} as {role.value}: {answer.status_code}"
            assert (answer.status_code == 403) is not may_reach(app, rule, role), where
            assert answer.status_code < 500, where
            assert cast.HARBOUR_CANARY not in answer.get_data(as_text=True), where


def test_a_stranger_is_sent_to_the_sign_in(app: Flask, client: FlaskClient) -> None:
    for rule, method in _guarded(app, with_parameters=None):
        answer = client.open(_address(rule, {}), method=method, data=_form(client))

        assert answer.status_code in {302, 303}, f"{method} {rule}: {answer.status_code}"
        assert answer.headers["Location"].startswith(SIGN_IN), str(rule)


def test_every_change_needs_the_form_token(app: Flask, people: dict[UserRole, FlaskClient]) -> None:
    client = people[UserRole.SUPERVISOR]
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            if getattr(view, "is_signed_otherwise", False):
                continue
            answer = client.open(_address(rule, {}), method=method)
            assert answer.status_code == 403, f"{method} {rule}: {answer.status_code}"


def test_a_partners_host_knows_its_own_people_only(
    app: Flask, harbour: cast.Cast, meadow: cast.Cast
) -> None:
    cast.a_person(
        meadow.database, meadow.tenant_id, email="cleo@meadow.example", role=UserRole.VIEWER
    )
    client = browsers.at(app, f"{harbour.host}:8000")

    answer = browsers.send(
        client, SIGN_IN, {"login": "cleo@meadow.example", "password": cast.PASSWORD}
    )

    assert answer.status_code == 422


def may_reach(app: Flask, rule: Rule, role: UserRole) -> bool:
    """Whether the route's declaration lets `role` in."""
    actions = app.view_functions[rule.endpoint].permitted_actions  # type: ignore[attr-defined]
    return all(may(role, action) for action in actions)


def _guarded(app: Flask, *, with_parameters: bool | None) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and app.view_functions[rule.endpoint].permitted_actions  # type: ignore[attr-defined]
        and (with_parameters is None or bool(rule.arguments) is with_parameters)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def _address(rule: Rule, foreign: dict[str, object]) -> str:
    """The rule's path filled in; a parameter nobody has taught the matrix is a failure."""
    values = {}
    for name in rule.arguments:
        if foreign and name not in foreign:
            pytest.fail(f"teach tests/factories.py a foreign value of {name!r} ({rule})")
        values[name] = foreign.get(name, 1)
    built = rule.build(values, append_unknown=False)
    assert built is not None, str(rule)
    return built[1]


def _form(client: FlaskClient) -> dict[str, str]:
    return {"csrf_token": browsers.token(client, SIGN_IN if _is_out(client) else "/account")}


def _is_out(client: FlaskClient) -> bool:
    return client.get("/account").status_code != 200
