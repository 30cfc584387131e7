"""Whether a mail's sender is who it says: SPF, DKIM and DMARC, asked of the sender's own domain.

Knows DNS and three standards. Used where no server in front of us is trusted to have asked.
Sources: RFC 7208, RFC 6376, RFC 7489.
"""

import functools
import ipaddress
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dns.resolver import Resolver

log = logging.getLogger(__name__)
LOOKUP_S = 2.0
CHECK_S = 5.0
AWAY_S = 60.0  # after a lookup without any answer nobody is asked for that long
BYTES_CHECKED = 10_240_000
NONE = "none"
ROOT = "."
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*?)\s*(?:;|$)", re.IGNORECASE)
_SIGNATURE = re.compile(rb"^dkim-signature:", re.IGNORECASE | re.MULTILINE)
_STRICT = "s"


class DnsAway(Exception):
    """No name server answers."""


class Dns(Protocol):
    """Records of a name."""

    def records(self, name: str, kind: str) -> list[Any]:
        """The records of `kind` as pyspf wants them; none where there are none. Raises DnsAway."""


@dataclass(frozen=True, slots=True)
class SenderClaim:
    """What a mail claims. `from_domain`: of its From header; `peer`: the host that brought it."""

    content: bytes
    from_domain: str
    envelope_sender: str
    peer: str
    helo: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Results in the words of RFC 8601; "none" where nothing could be asked."""

    spf: str = NONE
    dkim: str = NONE
    dmarc: str = NONE
    policy: str = NONE


class SenderCheck:
    """Asks the DNS it is given."""

    def __init__(self, dns: Dns) -> None:
        self._dns = dns

    def check(self, claim: SenderClaim) -> Findings:
        """What the three standards say. Never raises: without an answer a result is "none"."""
        try:
            return self._check(claim)
        except DnsAway:
            return Findings()
        except Exception:
            # Three libraries read what a stranger wrote; a defect there must not stop the mail.
            log.exception("sender check failed")
            return Findings()

    def _check(self, claim: SenderClaim) -> Findings:
        policy = self._dmarc_record(claim.from_domain)
        spf, spf_domain = _unless_away(lambda: self._spf(claim))
        dkim, dkim_domain = _unless_away(lambda: self._dkim(claim.content))
        if policy is None:
            return Findings(spf, dkim)
        aligned = (
            spf == "pass" and _aligned(spf_domain, claim.from_domain, policy.get("aspf")),
            dkim == "pass" and _aligned(dkim_domain, claim.from_domain, policy.get("adkim")),
        )
        dmarc = "pass" if any(aligned) else "fail"
        return Findings(spf, dkim, dmarc, policy.get("p", NONE).lower())

    def _spf(self, claim: SenderClaim) -> tuple[str, str]:
        domain = claim.envelope_sender.rpartition("@")[2] or claim.helo
        if not _is_public(claim.peer) or not domain:
            return NONE, ""
        result: str = _spf_query(self._dns, claim).check()[0]
        return result, domain.lower()

    def _dkim(self, content: bytes) -> tuple[str, str]:
        import dkim  # noqa: PLC0415 - heavy; most mails of a quiet hour are unsigned

        if not _SIGNATURE.search(content[:100_000]) or len(content) > BYTES_CHECKED:
            return NONE, ""
        verifier = dkim.DKIM(content, timeout=LOOKUP_S)
        try:
            holds = verifier.verify(dnsfunc=self._txt_bytes)
        except dkim.DKIMException:
            holds = False
        domain = verifier.domain.decode("ascii", "replace").lower() if verifier.domain else ""
        return ("pass" if holds else "fail"), domain

    def _dmarc_record(self, domain: str) -> dict[str, str] | None:
        if not domain:
            return None
        for name in dict.fromkeys((domain.lower(), organisation_of(domain))):
            tags = self._dmarc_tags(name)
            if tags is not None:
                return tags if name == domain.lower() else {**tags, "p": tags.get("sp", tags["p"])}
        return None

    def _dmarc_tags(self, domain: str) -> dict[str, str] | None:
        texts = [_joined(record) for record in self._dns.records(f"_dmarc.{domain}", "TXT")]
        policies = [text for text in texts if text.lower().startswith("v=dmarc1")]
        if len(policies) != 1:
            return None
        tags = {name.lower(): value for name, value in _TAG.findall(policies[0])}
        return tags if "p" in tags else None

    def _txt_bytes(self, name: bytes, timeout: float = LOOKUP_S) -> bytes | None:  # noqa: ARG002
        records = self._dns.records(name.decode("ascii", "replace").rstrip("."), "TXT")
        return _joined(records[0]).encode() if records else None


class PublicDns:
    """The resolver of this machine, with short waits and a memory."""

    def __init__(
        self,
        *,
        ask: Callable[[str, str], Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask or _ask
        self._clock = clock
        self._away_until = 0.0

    def records(self, name: str, kind: str) -> list[Any]:
        """The records of `kind`. Raises DnsAway, at once while nobody answered lately.

        A stranger's own name may stay silent on purpose: only where the root is silent too are
        the others not asked.
        """
        import dns.exception  # noqa: PLC0415 - heavy
        import dns.resolver  # noqa: PLC0415

        if self._clock() < self._away_until:
            raise DnsAway
        try:
            return [_record(each, kind) for each in self._ask(name, kind)]
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            return []
        except (
            dns.exception.Timeout,
            dns.resolver.NoNameservers,
            dns.resolver.NoResolverConfiguration,
            OSError,
        ):
            if not self._is_root_there():
                self._away_until = self._clock() + AWAY_S
            raise DnsAway from None
        except dns.exception.DNSException:
            return []

    def _is_root_there(self) -> bool:
        import dns.exception  # noqa: PLC0415 - heavy
        import dns.resolver  # noqa: PLC0415

        try:
            self._ask(ROOT, "NS")
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            return True
        except (dns.exception.DNSException, OSError):
            return False
        return True


@functools.cache
def public_dns() -> PublicDns:
    """The one of this process: what it remembers, and that nobody answers, is worth keeping."""
    return PublicDns()


def _unless_away(check: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    """What `check` finds; nothing where the names it asks for are silent, as a stranger's may be.

    The policy of the domain in From still holds then.
    """
    try:
        return check()
    except DnsAway:
        return NONE, ""


def _ask(name: str, kind: str) -> Any:
    # What is remembered of the root does not show that anybody answers now.
    resolver = _new_resolver() if name == ROOT else _resolver()
    return resolver.resolve(name, kind, search=False)


@functools.cache
def _resolver() -> "Resolver":
    from dns.resolver import LRUCache  # noqa: PLC0415 - heavy

    resolver = _new_resolver()
    resolver.cache = LRUCache(10_000)
    return resolver


def _new_resolver() -> "Resolver":
    from dns.resolver import Resolver  # noqa: PLC0415 - heavy

    resolver = Resolver()
    resolver.lifetime = LOOKUP_S
    return resolver


@functools.cache
def organisation_of(domain: str) -> str:
    """The domain somebody registered: "example.co.uk" of "mail.example.co.uk"."""
    name = domain.lower().rstrip(".")
    found = str(_suffixes().get_public_suffix(name) or name)
    # A top level the list does not know: the rule for all of them is one label below.
    return found if "." in found else ".".join(name.split(".")[-2:])


@functools.cache
def _suffixes() -> Any:
    from publicsuffix2 import PublicSuffixList  # noqa: PLC0415 - reads a large table

    return PublicSuffixList()


def _aligned(authenticated: str, from_domain: str, mode: str | None) -> bool:
    if mode == _STRICT:
        return authenticated == from_domain.lower()
    return organisation_of(authenticated) == organisation_of(from_domain)


def _is_public(peer: str) -> bool:
    """Whether SPF can say anything: a private host is a relay of our own."""
    try:
        return ipaddress.ip_address(peer).is_global
    except ValueError:
        return False


def _spf_query(dns: Dns, claim: SenderClaim) -> Any:
    import spf  # noqa: PLC0415 - heavy

    class Query(spf.query):  # type: ignore[misc]
        def dns(self, name: str, qtype: str, **_options: object) -> list[Any]:
            return dns.records(str(name).rstrip("."), qtype)

    return Query(
        i=claim.peer, s=claim.envelope_sender, h=claim.helo, timeout=LOOKUP_S, querytime=CHECK_S
    )


def _record(record: Any, kind: str) -> Any:
    if kind in ("A", "AAAA"):
        return record.address
    if kind == "MX":
        return (record.preference, record.exchange.to_text(omit_final_dot=True))
    if kind == "PTR":
        return record.target.to_text(omit_final_dot=True)
    return list(record.strings)


def _joined(record: list[bytes]) -> str:
    return b"".join(record).decode("utf-8", "replace")
