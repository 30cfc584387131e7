"""What the first view weighs, what two workers hold, and how long a start takes."""

import gzip
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from statistics import median

from tests.bench import servers
from tests.bench.browser import OK, Browser, expect, operator
from tests.bench.figures import Baseline, Figure, Limit
from tests.bench.filling import OPERATOR, Filled
from tests.bench.servers import Server

KB = 1000
STARTS = 3
PARTS = re.compile(r'(?:src|href)="(/[^"#?]+\.(?:js|css|svg)(?:\?[^"#]*)?)')
GZIP_LEVEL = 6  # what web servers use


def first_view_figures(port: int) -> list[Figure]:
    """The queue with its styles, scripts and icons, compressed; fonts come later and are kept."""
    desk = operator(port, OPERATOR)
    page = _compressed(desk, "/desk/queue")
    text = expect(desk.get("/desk/queue")).body.decode()
    parts = {path: _compressed(desk, path) for path in sorted(set(PARTS.findall(text)))}
    whole = page + sum(parts.values())
    return [
        Figure("first view of the desk, compressed", whole / KB, "KB", limit=Limit(90)),
        Figure("of it the page with 100 rows", page / KB, "KB"),
        *(Figure(f"of it {path}", size / KB, "KB") for path, size in parts.items()),
    ]


def memory_figures(ours: Server, anchor: Server, filled: Filled) -> list[Figure]:
    """PSS after all pages were served."""
    _visit(ours.port, filled)
    workers, parent = servers.proportional_mib(ours.process)
    bare_workers, bare_parent = servers.proportional_mib(anchor.process)
    bare = Baseline("bare workers", bare_workers)
    with_parent = Baseline("bare", bare_workers + bare_parent)
    return [
        Figure("two web workers, PSS", workers, "MiB", bare, Limit(160)),
        Figure("two web workers and parent, PSS", workers + parent, "MiB", with_parent),
    ]


def start_figures(settings: Mapping[str, str], url: str) -> list[Figure]:
    """From the start of a web server to its first page, its database being there."""
    ours, bare = [], []
    for _ in range(STARTS):
        bare.append(_started_ms(servers.anchor(url)))
        ours.append(_started_ms(servers.web(settings)))
    anchor = Baseline("bare", median(bare))
    return [Figure("cold start to the first page", median(ours), "ms", anchor, Limit(1000))]


def _started_ms(server: AbstractContextManager[Server]) -> float:
    with server as started:
        return started.started_ms


def _visit(port: int, filled: Filled) -> None:
    """Browsers of their own, so that both workers have shown all pages."""
    for _ in range(6):
        desk = operator(port, OPERATOR)
        expect(desk.get(f"/desk/tickets/{filled.long_ref}"))
        portal = Browser(port, filled.tenants[0].host)
        expect(portal.get("/requests/new"))


def _compressed(browser: Browser, path: str) -> int:
    """Bytes on the way: as the server compresses, or as one in front of it would."""
    answer = browser.get(path, **{"Accept-Encoding": "gzip"})
    assert answer.status == OK, f"{path}: {answer.status}"
    if answer.encoding:
        return len(answer.body)
    return len(gzip.compress(answer.body, GZIP_LEVEL))
