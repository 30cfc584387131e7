"""A stranger cannot switch off the check of senders, neither for one mail nor for all."""

import dns.exception
import dns.resolver
import pytest

from app.gateways.sender_check import DnsAway, PublicDns, SenderCheck, SenderClaim
from app.inbox.authentication import trusted_results
from tests.journeys.mails import FakeDns

BANK, STRANGER = "bank.example", "9.9.9.9"
SILENT = "silent.evil.example"
MAIL = b"From: boss@bank.example\r\nSubject: x\r\n\r\nPay them.\r\n"
SIGNED = (
    b"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=silent.evil.example; s=s;\r\n"
    b" h=from; bh=AAAA; b=AAAA\r\n" + MAIL
)
US = "mx.desk.example"


@pytest.mark.parametrize("content", [MAIL, SIGNED])
def test_a_domain_of_ones_own_that_never_answers_does_not_hide_a_forgery(content):
    claim = SenderClaim(content, BANK, f"eve@{SILENT}", STRANGER, SILENT)

    found = SenderCheck(SilentDns()).check(claim)

    assert (found.dmarc, found.policy) == ("fail", "reject")


def test_a_name_that_never_answers_does_not_stop_the_lookups_of_others():
    public = PublicDns(ask=Answering(silent={SILENT}))

    with pytest.raises(DnsAway):
        public.records(SILENT, "TXT")

    assert public.records(BANK, "TXT") == []


def test_without_any_name_server_nobody_is_asked_again_for_a_while():
    nobody = Answering(silent={SILENT, BANK, "."})
    public = PublicDns(ask=nobody, clock=lambda: 1.0)
    for name in (SILENT, BANK):
        with pytest.raises(DnsAway):
            public.records(name, "TXT")

    assert nobody.asked == [SILENT, "."]


@pytest.mark.parametrize(
    "mailfrom",
    [
        '"a; dmarc=pass "@evil.example',
        '"a\\"; dmarc=pass "@evil.example',
        "p=none@evil.example",
        "dmarc=pass@evil.example",
        '"(; dmarc=pass (p=none) "@evil.example',
    ],
)
def test_an_envelope_sender_says_nothing_within_our_servers_own_header(mailfrom):
    header = f"{US}; spf=pass smtp.mailfrom={mailfrom}; dmarc=fail (p=REJECT) header.from={BANK}"

    found = trusted_results([header], US)

    assert (found.dmarc, found.policy) == ("fail", "reject")


class SilentDns(FakeDns):
    """The bank's records are there; the stranger's name server never answers."""

    def __init__(self):
        super().__init__(
            {
                (f"_dmarc.{BANK}", "TXT"): [[b"v=DMARC1; p=reject"]],
                (BANK, "TXT"): [[b"v=spf1 -all"]],
            }
        )

    def records(self, name, kind):
        if name.lower().endswith(SILENT):
            raise DnsAway
        return super().records(name, kind)


class Answering:
    """A name server that knows no name, and says nothing at all about some."""

    def __init__(self, silent):
        self.silent = silent
        self.asked = []

    def __call__(self, name, _kind):
        self.asked.append(name)
        if name in self.silent:
            raise dns.exception.Timeout
        raise dns.resolver.NXDOMAIN
