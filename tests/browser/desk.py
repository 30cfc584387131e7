"""What people do at the desk, in words of its pages."""

import pyotp

ROWS = "row-list .row[data-row]"


class People:
    """Who is in the demo; `state` is a browser's memory after signing in."""

    def __init__(self, installation, chromium):
        self._installation = installation
        self._chromium = chromium
        self._states = {}

    def state(self, email, *, slug=""):
        """Cookies of the person of `email`, who signed in at the provider's or partner's host."""
        if (email, slug) not in self._states:
            self._states[email, slug] = self._signed_in(email, slug)
        return self._states[email, slug]

    def _signed_in(self, email, slug):
        context = self._chromium.new_context()
        page = context.new_page()
        page.goto(self._installation.address("/sign-in", slug=slug))
        sign_in(page, email, self._installation.password)
        state = context.storage_state()
        context.close()
        return state


def sign_in(page, email, password):
    """Fill in the form as a person does."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def give_code(page, secret):
    """Type the code that the authenticator shows now."""
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Continue").click()


def row_of(page, words):
    """The row of the queue that holds `words`."""
    return page.locator(ROWS).filter(has_text=words)


def focused_row(page):
    """What the row with the focus says; empty when the focus is elsewhere."""
    return page.evaluate("() => document.activeElement.closest('[data-row]')?.textContent ?? ''")


def press_in_russian(page, code, key):
    """A key of a Cyrillic layout: its place on the keyboard and the letter it gives."""
    page.evaluate(
        """([code, key]) => {
          const event = { code, key, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", event));
          document.activeElement.dispatchEvent(new KeyboardEvent("keyup", event));
        }""",
        [code, key],
    )
