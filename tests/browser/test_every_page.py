"""Every kind of page: for everybody, in each language and light, at each width, and small."""

import gzip
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (320, 720, 1280, 1440)
NODES_MAX = 2500
FIRST_VIEW_MAX = 90 * 1024
AXE = "options => axe.run(document, { resultTypes: ['violations'], ...options })"
CONTRAST = {"runOnly": ["color-contrast"]}
SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  do await frame(); while (!matchMedia("(prefers-color-scheme: dark)").matches);
  await frame();
  await Promise.all(document.getAnimations().map((running) => running.finished));
}"""


@dataclass(frozen=True)
class Kind:
    """A kind of page. `reader`: who signs in, nobody when empty; `click`: what leads on from it."""

    path: str
    reader: str = ""
    slug: str = ""
    click: str = ""


ADA = "ada@provider.example"
PAT = "pat@provider.example"
KIM = "kim@provider.example"
HANA = "hana@harbour.example"
KINDS = {
    "sign-in": Kind("/sign-in"),
    "queue": Kind("/desk/queue", ADA),
    "ticket": Kind("/desk/tickets/HB-1", ADA),
    "ticket-in-ukrainian": Kind("/desk/tickets/MD-1", ADA),
    "held-mail": Kind("/desk/held-mail", ADA),
    "account": Kind("/account", ADA),
    "second-factor": Kind("/account/second-factor", ADA),
    "portal": Kind("/", slug="harbour"),
    "portal-form": Kind("/requests/new", slug="harbour"),
    "portal-sign-in": Kind("/sign-in", slug="harbour"),
    "nowhere": Kind("/nowhere", slug="harbour"),
    "partners": Kind("/office/", PAT),
    "new-partner": Kind("/office/partners/new", PAT),
    "one-partner": Kind("/office/", PAT, click="main table a, main .card a"),
    "staff": Kind("/office/staff", PAT),
    "one-of-staff": Kind("/office/staff", PAT, click="main table a"),
    "outbox": Kind("/office/outbox", PAT),
    "one-letter": Kind("/office/outbox", PAT, click="main table a"),
    "jobs": Kind("/office/jobs", PAT),
    "provider-audit": Kind("/office/audit", PAT),
    "billing": Kind("/office/billing", KIM),
    "seller": Kind("/office/billing/seller", KIM),
    "all-invoices": Kind("/office/billing/invoices", KIM),
    "partner-start": Kind("/partner/", HANA),
    "brands": Kind("/partner/brands", HANA),
    "one-brand": Kind("/partner/brands", HANA, click="main a[href*='/partner/brands/']"),
    "texts": Kind("/partner/brands", HANA, click="main a[href$='/texts']"),
    "promises": Kind("/partner/promises", HANA),
    "hours": Kind("/partner/promises", HANA, click="main a[href*='/hours/']"),
    "members": Kind("/partner/members", HANA),
    "partner-audit": Kind("/partner/audit", HANA),
    "usage": Kind("/partner/usage", HANA),
    "invoices": Kind("/partner/invoices", HANA),
    "invoice": Kind("/partner/invoices", HANA, click="main a[href*='/partner/invoices/']"),
    "partner-ticket": Kind("/partner/tickets/HB-1", HANA),
    "partner-on-own-host": Kind("/partner/", HANA, slug="harbour"),
}


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("name", KINDS)
def test_nothing_stands_in_anybodys_way(installation, seen, speak, name, language):
    speak(language)
    page = seen(KINDS[name], language)
    page.evaluate(AXE_SCRIPT)

    light = page.evaluate(AXE, {})
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    dark = page.evaluate(AXE, CONTRAST)

    assert page.locator("html").get_attribute("lang") == language
    assert said(light) == []
    assert said(dark) == []
    assert page.locator("*").count() <= NODES_MAX
    assert {width: too_wide(page, width) for width in WIDTHS} == dict.fromkeys(WIDTHS, 0)


def test_the_first_view_of_the_desk_is_small(installation, people, opened):
    page, answers = opened(people.state(ADA)), []
    page.on("response", lambda answer: answers.append((answer.url, answer)))

    page.goto(installation.address("/desk/queue"))
    page.locator("row-list .row").first.wait_for()

    counted = {
        url: len(gzip.compress(answer.body()))
        for url, answer in answers
        if not url.endswith((".woff2", "/signals"))
    }
    assert len(counted) >= 4
    assert sum(counted.values()) <= FIRST_VIEW_MAX, counted


@pytest.fixture
def seen(installation, people, opened):
    """`seen(kind, language)` gives a page of that kind, with what it leads to where it says so."""

    def visit(kind, language):
        state = people.state(kind.reader, slug=kind.slug) if kind.reader else None
        page = opened(state, locale=language, color_scheme="light")
        page.goto(installation.address(kind.path, slug=kind.slug))
        if kind.click:
            page.goto(installation.address(page.locator(kind.click).first.get_attribute("href")))
        return page

    return visit


def too_wide(page, width):
    """By how many pixels the page scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    return max(0, page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))


def said(result):
    """What axe found, one line a place."""
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]
