"""What every answer says about itself: errors, files and pages of every route alike."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask

from app.factory import create_app
from app.web.services import EXTENSION
from tenants.access.roles import UserRole
from tests import browsers, cast
from tests.security.everything import a_harbour_with_everything

INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=")
ASKED_ELSEWHERE = {"static", "signals.signals"}


def test_every_route_answers_with_the_whole_policy(app, everybody, harbour):
    known = a_harbour_with_everything(harbour)
    for client in everybody:
        for path in all_pages(app, known):
            answer = client.get(path, buffered=True)

            assert says_all(answer), f"{path}: {answer.status_code}"


def test_no_page_holds_a_script_or_style_of_its_own(app, everybody, harbour):
    known = a_harbour_with_everything(harbour)
    for client in everybody:
        for path in all_pages(app, known):
            answer = client.get(path, buffered=True)
            if answer.mimetype == "text/html" and "/entries/" not in path:
                assert INLINE.findall(answer.get_data(as_text=True)) == [], path


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/nowhere", "localhost", 404),
        ("/", "nobody.example", 404),
        ("/sign-out", "localhost", 405),
        ("/r/forged", "harbour.localhost", 404),
    ],
)
def test_an_error_page_says_it_too_and_leads_back(app, harbour, path, host, status):
    answer = browsers.at(app, host).get(path)

    assert answer.status_code == status
    assert says_all(answer)
    assert 'href="/"' in answer.get_data(as_text=True)


def test_a_form_without_its_token_gets_a_page_and_changes_nothing(app, harbour):
    answer = browsers.at(app, harbour.host).post("/requests/new", data={"name": "x"})

    assert answer.status_code == 403
    assert says_all(answer)
    assert "open too long" in answer.get_data(as_text=True)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://harbour.localhost:81"])
def test_a_form_from_another_site_is_refused_even_with_the_token(app, harbour, origin):
    dora = browsers.at(app, harbour.host)
    form = {"csrf_token": browsers.token(dora, "/requests/new")}

    answer = dora.post("/requests/new", data=form, headers={"Origin": origin})

    assert answer.status_code == 403


def test_an_error_of_ours_shows_a_reference_and_nothing_else(config):
    with an_app(config) as app:
        app.add_url_rule("/broken", view_func=lambda: 1 / 0)

        page = browsers.at(app, "localhost").get("/broken")

    text = page.get_data(as_text=True)
    assert page.status_code == 500
    assert "Reference" in text
    assert "ZeroDivision" not in text
    assert says_all(page)


def test_cookies_cannot_be_read_by_scripts_or_sent_by_other_sites(app, harbour):
    client = browsers.at(app, harbour.host)
    answers = [client.get("/sign-in"), client.get("/?language=uk")]

    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert len(cookie) <= 4096


def test_over_https_cookies_are_bound_to_the_host_and_the_browser_stays_there(config, harbour):
    with an_app(replace(config, public_base_url="https://desk.example")) as app:
        client = browsers.at(app, "desk.example")
        answers = [client.get("/sign-in"), client.get("/sign-in?language=uk")]

    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-session",
        "__Host-language",
    }
    assert all("Secure" in cookie for cookie in cookies)
    assert "max-age=63072000" in answers[0].headers["Strict-Transport-Security"]


def test_built_files_may_be_kept_for_a_year_and_pages_not_at_all(app, client):
    page = client.get("/sign-in")
    address = page.get_data(as_text=True).partition('rel="stylesheet" href="')[2].partition('"')[0]

    file = client.get(address, buffered=True)

    assert page.headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in file.headers["Cache-Control"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def everybody(app, database, harbour, sign_in):
    """A stranger on Harbour's host, and a browser for each role."""
    browsers_of_all = [browsers.at(app, harbour.host)]
    for role in UserRole:
        email = f"{role.value}@harbour.example"
        if role in {UserRole.TENANT_ADMINISTRATOR, UserRole.ENGINEER, UserRole.VIEWER}:
            cast.a_person(database, harbour.tenant_id, email=email, role=role)
        else:
            cast.an_operator(database, harbour, email=email, role=role)
        browsers_of_all.append(sign_in(email))
    return browsers_of_all


def all_pages(app: Flask, known):
    """The address of every page that is read, with ids that exist."""
    paths = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in ASKED_ELSEWHERE:
            continue
        built = rule.build({name: known[name] for name in rule.arguments}, append_unknown=False)
        paths.append(built[1])
    return paths


def says_all(answer):
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    return all(
        (
            "default-src 'self'" in policy or "default-src 'none'" in policy,
            "unsafe-inline" not in policy or "sandbox" in policy,
            "unsafe-eval" not in policy,
            headers.get("X-Content-Type-Options") == "nosniff",
            headers.get("Referrer-Policy") == "same-origin",
            headers.get("Cross-Origin-Opener-Policy") == "same-origin",
            headers.get("Cache-Control") == "no-store",
            "Cookie" in headers.get("Vary", ""),
            "Server" not in headers,
        )
    )


@contextmanager
def an_app(config):
    """An application of these settings, whose engines end with the block."""
    app = create_app(config)
    yield app
    for role in cast.ROLES:
        app.extensions[EXTENSION].database.engine(role).dispose()
