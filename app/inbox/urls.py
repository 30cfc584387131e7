"""Whether we may call a URL that somebody else wrote.

Apart and our own: the guard holds a deny table instead of trusting a library's idea of "private".
It looks nothing up; names must be resolved and pinned when the call is made, and the addresses
found must then pass `address_denial` of `hosts.py`.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.inbox.hosts import BadHost, address_denial, name_denial, read_host

RESOLVE_LATER = "name: resolve and pin its address when calling"

_URL_CHARS = 2_048
_PORTS = frozenset({80, 443, 8080, 8443})
_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,30}):(//)?([^/?#]*)(.*)", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,6}))?")
_FORBIDDEN = re.compile('[\x00-\x20\x7f-\xa0\\\\<>"^`{|}\u2028\u2029\ud800-\udfff]')


@dataclass(frozen=True, slots=True)
class UrlVerdict:
    """`reason`: why not, or what remains to be done before the call."""

    url: str
    allowed: bool
    reason: str


def check_url(url: str) -> UrlVerdict:
    """Whether `url` may be called. Never raises; judges literal addresses in every spelling."""
    refusal, host = _refusal(url)
    if refusal:
        return UrlVerdict(url, allowed=False, reason=refusal)
    reason = RESOLVE_LATER if isinstance(host, str) else "public address"
    return UrlVerdict(url, allowed=True, reason=reason)


def _refusal(url: str) -> tuple[str, IPv4Address | IPv6Address | str]:
    if len(url) > _URL_CHARS:
        return "too long", ""
    if _FORBIDDEN.search(url):
        return "forbidden character", ""
    match = _URL.fullmatch(url)
    if match is None or not match[2]:
        return "not an absolute URL", ""
    if match[1].lower() not in {"http", "https"}:
        return "scheme is not http or https", ""
    if "@" in match[3]:
        return "user name in the URL", ""
    return _authority_refusal(match[3])


def _authority_refusal(authority: str) -> tuple[str, IPv4Address | IPv6Address | str]:
    match = _AUTHORITY.fullmatch(authority)
    if match is None or not match[1]:
        return "no host", ""
    if match[2] and int(match[2]) not in _PORTS:
        return "port is not allowed", ""
    try:
        host = read_host(match[1])
    except (BadHost, UnicodeError) as refused:
        return str(refused) if isinstance(refused, BadHost) else "malformed host", ""
    denial = name_denial(host) if isinstance(host, str) else address_denial(host)
    return denial, host
