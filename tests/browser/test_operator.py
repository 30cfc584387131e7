"""An operator's day in a real browser: the first journey, live rows, and no pointer."""

# ruff: noqa: RUF001 - Cyrillic letters are what those keyboards give

import re

from playwright.sync_api import expect

from tests.browser.desk import focused_row, press_in_russian, row_of, sign_in

WRITER = "Nina Frost <nina.frost@shipyard.example>"


def test_a_mail_is_taken_answered_and_resolved_without_leaving_the_keyboard(installation, opened):
    installation.write(WRITER, "The crane's tablet has no map", "Since six. All else works.\nNina")
    page = opened()
    page.goto(installation.address("/"))
    sign_in(page, "ada@provider.example", installation.password)
    expect(row_of(page, "no map")).to_be_visible(timeout=20_000)

    walk_to(page, "no map")
    page.keyboard.press("Enter")
    expect(page.locator(".conversation")).to_contain_text("All else works.")
    page.keyboard.press("a")
    expect(page.locator(".ticket-head")).to_contain_text("Yours")
    page.keyboard.press("r")
    page.keyboard.type("Nina, the map is missing on the crane's tablet. It is back.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".conversation")).to_contain_text("It is back.")
    resolve(page)

    expect(page.locator(".ticket-head")).to_contain_text("resolved")
    asked = "SELECT count(*) FROM usage_entries e JOIN tickets t ON t.id = e.ref_id"
    assert installation.one(f"{asked} WHERE t.subject LIKE '%no map'") == 1
    letters = (
        "SELECT count(*) FROM outbound_messages WHERE recipient = 'nina.frost@shipyard.example'"
    )
    assert installation.one(letters) == 2


def test_a_new_mail_comes_into_the_open_queue_by_itself(installation, ada):
    ada.goto(installation.address("/desk/queue"))
    expect(ada.locator("row-list")).to_be_visible()
    loads = []
    ada.on("load", lambda: loads.append(1))

    installation.write(WRITER, "The gate does not open", "It stays shut for lorries.")

    expect(row_of(ada, "The gate does not open")).to_be_visible(timeout=20_000)
    assert loads == []


def test_while_the_hand_is_on_the_list_news_wait_in_a_pill(installation, ada):
    ada.goto(installation.address("/desk/queue"))
    ada.locator("row-list .row-link").first.focus()

    installation.write(WRITER, "The printer prints twice", "Every page, since noon.")

    pill = ada.locator("row-list .pill")
    expect(pill).to_be_visible(timeout=20_000)
    expect(row_of(ada, "prints twice")).to_have_count(0)
    ada.keyboard.press(".")
    expect(row_of(ada, "prints twice")).to_be_visible()
    expect(pill).to_be_hidden()


def test_single_keys_work_on_a_cyrillic_keyboard(installation, people, opened):
    page = opened(people.state("olha@provider.example"))
    page.goto(installation.address("/desk/queue"))
    expect(page.locator("row-list .row").first).to_be_visible()

    press_in_russian(page, "KeyJ", "о")
    first = focused_row(page)
    press_in_russian(page, "KeyJ", "о")
    second = focused_row(page)
    press_in_russian(page, "KeyK", "л")
    again = focused_row(page)
    press_in_russian(page, "KeyO", "щ")

    assert first
    assert second not in {"", first}
    assert again == first
    expect(page.locator(".ticket-head")).to_be_visible()
    press_in_russian(page, "KeyN", "т")
    expect(page.locator("#reply-text")).to_be_focused()
    expect(page.locator("[name=kind][value=note]")).to_be_checked()


def test_letters_typed_into_a_field_are_letters(installation, ada):
    open_first(installation, ada)

    ada.locator("#reply-text").fill("")
    ada.locator("#reply-text").press_sequentially("a jar of pens")

    expect(ada.locator("#reply-text")).to_have_value("a jar of pens")
    expect(ada.locator("dialog[open]")).to_have_count(0)


def test_a_draft_survives_another_ticket_and_a_reload(installation, ada):
    open_first(installation, ada)
    ada.locator("#reply-text").fill("Half a thought")

    ada.locator("row-list .row-link").nth(1).click()
    expect(ada.locator("#reply-text")).to_have_value("")
    ada.locator("row-list .row-link").nth(0).click()
    expect(ada.locator("#reply-text")).to_have_value("Half a thought")
    ada.reload()

    expect(ada.locator("#reply-text")).to_have_value("Half a thought")


def test_a_change_by_a_colleague_is_told_and_a_stale_send_keeps_the_text(
    installation, ada, people, opened
):
    installation.write(WRITER, "The lamp flickers", "In hall three.")
    ada.goto(installation.address("/desk/queue"))
    row_of(ada, "The lamp flickers").get_by_role("link").click(timeout=20_000)
    expect(ada.locator(".ticket-head")).to_contain_text("The lamp flickers")
    colleague = opened(people.state("olha@provider.example"))
    colleague.goto(ada.url)
    ada.locator("#reply-text").fill("We look at the lamp.")

    colleague.locator("[name=kind][value=note]").check()
    colleague.locator("#reply-text").fill("I know this lamp.")
    colleague.locator("[data-send]").click()
    expect(colleague.locator(".conversation")).to_contain_text("I know this lamp.")
    expect(ada.locator("[data-live-notice]")).to_be_visible()
    ada.locator("[data-send]").click()

    expect(ada.get_by_role("alert").first).to_contain_text("your text is kept")
    expect(ada.locator("#reply-text")).to_have_value("We look at the lamp.")
    expect(ada.locator(".conversation")).to_contain_text("I know this lamp.")


def test_keys_are_listed_where_they_are(installation, ada):
    open_first(installation, ada)

    ada.locator(".ticket-head").click()
    ada.keyboard.press("Shift+Slash")

    help_box = ada.get_by_role("dialog")
    expect(help_box).to_contain_text("Internal note")
    ada.keyboard.press("Escape")
    expect(help_box).to_be_hidden()


def test_leaving_a_filter_and_coming_back_keeps_place(installation, ada):
    ada.goto(installation.address("/desk/queue"))
    ada.get_by_role("link", name="Mine").click()
    expect(ada).to_have_url(re.compile("view=mine"))

    ada.go_back()

    expect(ada).not_to_have_url(re.compile("view=mine"))
    expect(ada.locator("row-list .row").first).to_be_visible()


def test_eight_tabs_share_one_stream(installation, ada):
    # A browser opens six connections to a host at most: with a stream each, the seventh would wait.
    tabs = [ada.context.new_page() for _ in range(8)]
    for tab in tabs:
        tab.goto(installation.address("/desk/queue"))
        expect(tab.locator("row-list")).to_be_visible()

    installation.write(WRITER, "The scales are off", "By two kilograms.")

    for tab in tabs:
        expect(row_of(tab, "The scales are off")).to_be_visible(timeout=20_000)


def walk_to(page, words):
    """Press j until the row that holds `words` has the focus."""
    for _ in range(30):
        page.keyboard.press("j")
        if words in focused_row(page):
            return
    raise AssertionError(f"no row says {words!r}")


def resolve(page):
    """Through the status dialog, by keys alone."""
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("#status").focus()
    page.keyboard.type("resolved")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def open_first(installation, page):
    page.goto(installation.address("/desk/queue"))
    page.locator("row-list .row-link").first.click()
    expect(page.locator("#reply-text")).to_be_visible()
