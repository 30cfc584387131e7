"""The pages, through HTTP: with 100 000 open tickets, with 1 000, and the anchor in turns."""

import itertools
from collections.abc import Callable, Iterator

from tests.bench.browser import SEE_OTHER, Browser, expect, operator
from tests.bench.figures import Baseline, Figure, Limit
from tests.bench.filling import OPERATOR, Filled
from tests.bench.measuring import interleaved

ROUNDS = 60
QUEUE = "/desk/queue"
WORK = {"HX-Request": "true", "HX-Target": "#work"}  # the middle column alone, as a row asks
HELLO, INSERT = "bare hello", "bare insert"


def page_figures(large: int, small: int, anchor: int, filled: Filled) -> list[Figure]:
    """All figures of pages. `large`, `small`, `anchor`: the ports of the three servers."""
    bare = Browser(anchor)
    ms = interleaved(
        {
            HELLO: lambda: expect(bare.get("/")),
            INSERT: lambda: expect(bare.post("/rows", {})),
            **_reading(operator(large, OPERATOR), filled),
            "small queue": _page(operator(small, OPERATOR), QUEUE),
            "create": _creating(large, filled),
            "reply": _replying(operator(large, OPERATOR), filled),
        },
        rounds=ROUNDS,
    )
    hello, insert = Baseline(HELLO, ms[HELLO]), Baseline(INSERT, ms[INSERT])
    at_small = Baseline("at 1 000 tickets", ms["small queue"])
    return [
        Figure(HELLO, ms[HELLO], "ms"),
        Figure(INSERT, ms[INSERT], "ms", hello),
        Figure("create by the public form", ms["create"], "ms", insert, Limit(2, of_ratio=True)),
        Figure("queue over 200 partners", ms["queue"], "ms", hello, Limit(25)),
        Figure("the same", ms["queue"], "ms", at_small, Limit(1.3, of_ratio=True)),
        Figure("queue of one partner", ms["one queue"], "ms", hello, Limit(18)),
        Figure("ticket of 10 entries, in the queue", ms["ticket"], "ms", hello, Limit(18)),
        Figure("ticket of 10 entries, opened from a row", ms["work"], "ms", hello, Limit(18)),
        Figure("reply", ms["reply"], "ms", insert, Limit(10)),
    ]


def _reading(desk: Browser, filled: Filled) -> dict[str, Callable[[], object]]:
    ticket = f"/desk/tickets/{filled.long_ref}"
    return {
        "queue": _page(desk, QUEUE),
        "one queue": _page(desk, f"{QUEUE}?partner={filled.tenants[7].tenant_id}"),
        "ticket": _page(desk, ticket),
        "work": lambda: expect(desk.get(ticket, **WORK)),
    }


def _page(browser: Browser, path: str) -> Callable[[], object]:
    return lambda: expect(browser.get(path))


def _creating(port: int, filled: Filled) -> Callable[[], object]:
    """Somebody new each time, at the next partner's host; the form was open before."""
    portals = [_portal(port, tenant.host) for tenant in filled.tenants[:4]]
    turns = itertools.count()

    def create() -> None:
        turn = next(turns)
        form = {
            "name": "Olena",
            "email": f"olena{turn}@client.example",
            "subject": "The printer does not print",
            "text": "Since this morning the printer on the second floor does not print.",
            "priority": "P3",
            "key": f"bench{turn:08d}",
        }
        source = {"X-Forwarded-For": f"192.0.2.{turn % 250}"}
        portal = portals[turn % len(portals)]
        expect(portal.post("/requests/new", form, **source), SEE_OTHER)

    return create


def _portal(port: int, host: str) -> Browser:
    browser = Browser(port, host)
    browser.read_token("/requests/new")
    return browser


def _replying(desk: Browser, filled: Filled) -> Callable[[], object]:
    """To another ticket each time: a conversation of seventy answers is no usual one."""
    refs = _refs(filled)
    form = {"kind": "reply", "body": "We found the fault and changed the cable.", "then": ""}
    return lambda: expect(desk.post(f"/desk/tickets/{next(refs)}/entries", form, **WORK))


def _refs(filled: Filled) -> Iterator[str]:
    return (f"{tenant.prefix}-3" for tenant in itertools.cycle(filled.tenants))
