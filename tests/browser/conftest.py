"""One installation and one chromium for this folder; a fresh browser for every test."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from config import environment_value
from tests.browser.desk import People
from tests.browser.installation import ROOT, running
from tests.conftest import _admin, _plain, _url_of

SCREENSHOTS = ROOT / "var" / "screenshots"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
# What chromium says of an answer that pages expect: refused forms, changed tickets, no page.
EXPECTED = re.compile(r"status of (404|409|422)")
OUTCOME = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items):
    """These tests share an installation, so one worker runs them all."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember that a test failed, for the picture that is taken when its pages close."""
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report.failed
    return report


@pytest.fixture(scope="package")
def installation(server_url, template_name, worker_name, tmp_path_factory):
    """A running desk with the demo's day, on a database of its own."""
    name = f"browser_{worker_name}"
    _admin(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template_name}"')
    try:
        with running(_plain(_url_of(server_url, name)), tmp_path_factory.mktemp("var")) as found:
            yield found
    finally:
        _admin(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def chromium():
    """Ends with this folder: while it runs, no other test of this thread may run a loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=environment_value("CHROMIUM") or shutil.which("chromium"),
            args=list(ARGUMENTS),
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def people(installation, chromium):
    """Everybody of the demo; each signs in once."""
    return People(installation, chromium)


@pytest.fixture
def speak(installation):
    """`speak("uk")` lets everybody's pages be in Ukrainian until the test ends."""
    yield installation.speak
    installation.speak("en")


@pytest.fixture
def opened(chromium, request):
    """`opened(state, …)` gives a page of a fresh browser; nothing it does may offend its policy."""
    pages, complaints = [], []

    def open_page(state=None, **settings):
        settings = {
            "viewport": {"width": 1440, "height": 900},
            "reduced_motion": "reduce",
        } | settings
        context = chromium.new_context(storage_state=state, timezone_id="Europe/Kyiv", **settings)
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: _note(message, complaints))
        page = context.new_page()
        pages.append(page)
        return page

    yield open_page
    if request.node.stash.get(OUTCOME, False):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages):
            name = re.sub(r"[^\w-]+", "-", request.node.name)
            page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png")
    for page in pages:
        page.context.close()
    assert complaints == []


@pytest.fixture
def ada(people, opened):
    """A page of Ada, an operator who reads English."""
    return opened(people.state("ada@provider.example"))


def _note(message, complaints):
    if message.type == "error" and not EXPECTED.search(message.text):
        complaints.append(f"{message.text} ({message.location.get('url')})")
