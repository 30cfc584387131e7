"""The key that makes a form sent twice one ticket opens nobody else's ticket."""

import pytest

from tests import browsers

FORM = {
    "name": "Dora",
    "email": "dora@client.example",
    "subject": "The printer is on fire",
    "text": "Since eight o'clock.",
    "priority": "P3",
}


@pytest.mark.parametrize("key", ["", "a" * 32, "mail:1"])
def test_another_browser_with_the_same_key_gets_a_ticket_of_its_own(app, harbour, key):
    dora, eve = (browsers.at(app, harbour.host) for _ in range(2))

    hers = browsers.send(dora, "/requests/new", {**FORM, "key": key})
    stolen = browsers.send(eve, "/requests/new", {**FORM, "email": "eve@evil.example", "key": key})

    assert hers.status_code == stolen.status_code == 303
    assert hers.location != stolen.location
    assert "dora@client.example" not in eve.get(stolen.location).get_data(as_text=True)


def test_without_a_key_two_requests_of_one_browser_stay_two(app, harbour):
    dora = browsers.at(app, harbour.host)

    first, second = (browsers.send(dora, "/requests/new", FORM) for _ in range(2))

    assert first.location != second.location


@pytest.mark.parametrize("key", ["k" * 10_000, "\ud800"])
def test_an_odd_key_is_no_defect(app, harbour, key):
    dora = browsers.at(app, harbour.host)
    odd = {**FORM, "key": key.encode("utf-8", "surrogatepass")}

    assert browsers.send(dora, "/requests/new", odd).status_code == 303
