"""A requester without JavaScript, on a telephone: a form, a number, a page, an answer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import row_of

TELEPHONE = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}


def test_a_form_a_number_and_an_answer_need_no_script(installation, opened, tmp_path):
    plan = tmp_path / "план.txt"
    plan.write_text("42")
    page = opened(locale="en-GB", **TELEPHONE)
    page.goto(installation.address("/", slug="harbour"))
    page.get_by_role("link", name="New request").click()

    fill_in(page, name="Kira Holm", email="not an address")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your e-mail address")
    expect(page.get_by_label("Your name")).to_have_value("Kira Holm")
    page.get_by_label("Your e-mail address").fill("kira@holm.example")
    page.get_by_label("Files").set_input_files(plan)
    page.get_by_role("button", name="Send the request").click()

    expect(page.get_by_text(re.compile(r"We have your request.*HB-\d+")).first).to_be_visible()
    expect(page.get_by_text("A solution by").first).to_be_visible()
    expect(page.get_by_role("link", name="план.txt")).to_be_visible()
    page.get_by_label("Your answer").fill("It also smells of smoke.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent. We have it.")).to_be_visible()
    expect(page.get_by_role("list", name="Conversation")).to_contain_text("smells of smoke")


def test_what_was_written_stands_on_the_desk_and_its_answer_on_the_requesters_page(
    installation, opened, ada
):
    dora = opened(locale="en-GB")
    dora.goto(installation.address("/requests/new", slug="harbour"))
    fill_in(dora, subject="The cold room warms up")
    dora.get_by_role("button", name="Send the request").click()
    expect(dora.get_by_text("Its number is").first).to_be_visible()
    ada.goto(installation.address("/desk/queue"))
    row_of(ada, "The cold room warms up").get_by_role("link").click()

    ada.locator("#reply-text").fill("We send **somebody** now.")
    ada.locator("[data-send]").click()
    expect(ada.locator(".conversation")).to_contain_text("We send somebody now.")
    dora.reload()

    expect(dora.get_by_role("list", name="Conversation")).to_contain_text("We send somebody now.")


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_a_chosen_language_stays_for_the_whole_way(installation, opened, language):
    page = opened(locale="en-GB", java_script_enabled=False)
    page.goto(installation.address("/", slug="meadow"))

    page.locator(f"a[hreflang={language}]").click()
    page.locator('a[href="/requests/new"]').click()

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("New request")


def test_the_mail_of_a_stranger_runs_nothing_and_asks_nobody(installation, ada):
    asked = []
    ada.context.on("request", lambda request: asked.append(request.url))
    ada.on("dialog", lambda dialog: asked.append(dialog.message))
    installation.write(
        "Mallory <mallory@evil.example>",
        "Win a prize",
        "Look",
        html='<p style="color: red">Look<img src="https://evil.example/x.png" onerror="alert(1)">'
        "<script>alert(2)</script><style>@import 'https://evil.example/x.css';</style>"
        '<form action="https://evil.example"><button>Go</button></form></p>',
    )
    ada.goto(installation.address("/desk/queue"))
    row_of(ada, "Win a prize").get_by_role("link").click(timeout=20_000)

    ada.get_by_text("Show as it was written").click()

    frame = ada.frame_locator("iframe.mail-frame")
    expect(frame.locator("p").first).to_contain_text("Look")
    assert frame.locator("script, form, button, [src], [onerror]").count() == 0
    assert [url for url in asked if "evil.example" in url or not url.startswith("http")] == []


def fill_in(page, **changed):
    answers = {
        "name": "Dora Klein",
        "email": "dora@klein.example",
        "subject": "No light in the yard",
        "text": "Since yesterday evening.",
        **changed,
    }
    for field, value in answers.items():
        page.locator(f"#{field}").fill(value)
