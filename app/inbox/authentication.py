"""What a trusted server of ours found out about a mail's sender.

Apart, because anybody can write Authentication-Results: only those of the server that is named in
the settings count, and of them only the one that stands on top. Source: RFC 8601.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_RESULT = re.compile(r"\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_DMARC = re.compile(r";\s*dmarc\s*=\s*[a-z]+((?:\([^()]*\)|[^;()])*)", re.IGNORECASE)
_POLICY = re.compile(r"\bp(?:olicy)?(?:\.dmarc|\.published-domain-policy)?=([a-z]+)", re.IGNORECASE)
_LONGEST = 4_000
NONE = "none"


@dataclass(frozen=True, slots=True)
class SenderResults:
    """Results in the words of RFC 8601. `policy`: what the From domain asks for on a failure."""

    spf: str = NONE
    dkim: str = NONE
    dmarc: str = NONE
    policy: str = NONE

    def as_json(self) -> dict[str, str]:
        """The results as they are kept."""
        return asdict(self)


def trusted_results(headers: Iterable[str], authserv_id: str) -> SenderResults:
    """What `authserv_id` says in the topmost of its headers; all "none" where it says nothing."""
    for header in headers:
        # A sender's own words may stand in quotes, as the local part of an address.
        unquoted = _QUOTED.sub("_", header[:_LONGEST])
        server, _, results = _COMMENT.sub(" ", unquoted).partition(";")
        if server.split()[:1] == [authserv_id] or server.strip().lower() == authserv_id.lower():
            return _read(unquoted, results)
    return SenderResults()


def _read(header: str, results: str) -> SenderResults:
    found: dict[str, str] = {}
    for part in results.split(";"):
        match = _RESULT.match(part)
        if match:
            method, result = match[1].lower(), match[2].lower()
            # Several DKIM signatures may be listed: one that holds is enough.
            if found.get(method) != "pass":
                found[method] = result
    dmarc = _DMARC.search(header)
    policy = _POLICY.search(dmarc[1]) if dmarc else None
    return SenderResults(**found, policy=policy[1].lower() if policy else NONE)
