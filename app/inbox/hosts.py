"""Which host a URL really names, and whether it is a place of our own network.

Apart, because `ipaddress` lets many dangerous addresses through and clients accept spellings
of IPv4 that it does not know. Source: WHATWG URL standard (host parsing), IANA special registries.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import unquote

import idna

_HOST_CHARS = 253
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_NAME = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_LOCAL_NAMES = frozenset(
    {
        "broadcasthost",
        "instance-data",
        "ip6-allnodes",
        "ip6-allrouters",
        "ip6-localhost",
        "ip6-loopback",
        "kubernetes",
        "localhost",
        "metadata",
    }
)
_LOCAL_ENDINGS = (
    ".arpa",
    ".cluster.local",
    ".corp",
    ".home",
    ".internal",
    ".intranet",
    ".invalid",
    ".lan",
    ".local",
    ".localdomain",
    ".localhost",
    ".onion",
    ".private",
    ".svc",
)
# Names by which anybody can reach 127.0.0.1 are public names: pinning at send time stops them.
_DENIED_V4 = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_DENIED_V6 = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/96", "IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("100:0:0:1::/64", "dummy prefix"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")


class BadHost(ValueError):
    """A host that no client can be trusted to read as we do."""


def read_host(written: str) -> IPv4Address | IPv6Address | str:
    """The address a URL's host means to a client, or the lower-case ASCII name.

    Raises BadHost.
    """
    if written.startswith("["):
        return _ipv6(written)
    host = _ascii(unquote(written, errors="strict") if "%" in written else written)
    bare = host.removesuffix(".")
    last = bare.rpartition(".")[2]
    if _NUMBER.fullmatch(last):
        return _plainly_spelt(_ipv4(bare), bare)
    if not _NAME.fullmatch(bare) or len(bare) > _HOST_CHARS:
        raise BadHost("the host name is malformed")
    return bare


def address_denial(address: IPv4Address | IPv6Address) -> str:
    """Why an address may not be called, "" when it may."""
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in _DENIED_V4 if address in network), "")
    denied = next((reason for network, reason in _DENIED_V6 if address in network), "")
    return denied or ("" if address in _GLOBAL_V6 else "not a global address")


def name_denial(name: str) -> str:
    """Why a host name may not be called before it is even looked up, "" when it may."""
    if name in _LOCAL_NAMES or name.endswith(_LOCAL_ENDINGS):
        return "local name"
    return "" if "." in name else "name without a domain"


def _plainly_spelt(address: IPv4Address, host: str) -> IPv4Address:
    """`address`, unless a harmless one is spelt in a way that only hides things."""
    if str(address) != host and not address_denial(address):
        raise BadHost("the IPv4 address has an odd spelling")
    return address


def _ascii(host: str) -> str:
    try:
        lowered = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadHost("the international name is invalid") from None
    return lowered.lower()


def _ipv6(written: str) -> IPv6Address:
    if not written.endswith("]") or "%" in written:
        raise BadHost("the IPv6 address is malformed")
    try:
        return IPv6Address(written[1:-1])
    except ValueError:
        raise BadHost("the IPv6 address is malformed") from None


def _ipv4(host: str) -> IPv4Address:
    """The address of one to four decimal, octal or hexadecimal numbers, as clients read it."""
    pieces = host.split(".")
    if len(pieces) > 4:  # noqa: PLR2004 - an IPv4 address has four bytes
        raise BadHost("the IPv4 address is malformed")
    try:
        numbers = [_number(piece) for piece in pieces]
        last = numbers.pop()
        value = last
        for index, number in enumerate(numbers):
            if number > 255:  # noqa: PLR2004 - one byte
                raise BadHost("the IPv4 address is malformed")
            value += number << (8 * (3 - index))
        if last >= 1 << (8 * (4 - len(numbers))):
            raise BadHost("the IPv4 address is malformed")
        return IPv4Address(value)
    except ValueError:
        raise BadHost("the IPv4 address is malformed") from None


def _number(piece: str) -> int:
    if not _NUMBER.fullmatch(piece) or len(piece) > 20:  # noqa: PLR2004 - more than any address has
        raise BadHost("the IPv4 address is malformed")
    if piece[:2].lower() == "0x":
        return int(piece[2:] or "0", 16)
    is_octal = len(piece) > 1 and piece.startswith("0")
    return int(piece, 8 if is_octal else 10)
