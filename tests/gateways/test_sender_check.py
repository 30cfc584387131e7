"""Whether a sender is who it says: SPF, DKIM and DMARC against a DNS of this test."""

import base64
import functools

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.gateways.sender_check import (
    DnsAway,
    Findings,
    SenderCheck,
    SenderClaim,
    organisation_of,
)
from tests.journeys.mails import FakeDns

MAIL = b"From: olena@nordhost.example\r\nSubject: x\r\n\r\nIt broke.\r\n"
OWN_HOST, STRANGER = "8.8.8.8", "9.9.9.9"


def test_a_mail_from_the_domains_own_host_passes(dns):
    found = SenderCheck(dns).check(a_claim(peer=OWN_HOST))

    assert (found.spf, found.dmarc) == ("pass", "pass")


def test_a_mail_from_another_host_fails_and_tells_the_domains_policy(dns):
    found = SenderCheck(dns).check(a_claim(peer=STRANGER))

    assert (found.spf, found.dmarc, found.policy) == ("fail", "fail", "reject")


def test_a_signature_makes_up_for_the_host(dns):
    found = SenderCheck(dns).check(a_claim(peer=STRANGER, content=signed(MAIL)))

    assert (found.dkim, found.dmarc) == ("pass", "pass")


def test_a_changed_body_breaks_the_signature(dns):
    found = SenderCheck(dns).check(a_claim(peer=STRANGER, content=signed(MAIL) + b"more"))

    assert (found.dkim, found.dmarc) == ("fail", "fail")


def test_a_pass_of_another_domain_is_not_aligned(dns):
    dns.table["evil.example", "TXT"] = [[b"v=spf1 +all"]]

    found = SenderCheck(dns).check(a_claim(peer=STRANGER, sender="eve@evil.example"))

    assert (found.spf, found.dmarc) == ("pass", "fail")


def test_a_subdomain_is_under_the_policy_of_its_organisation(dns):
    found = SenderCheck(dns).check(a_claim(peer=STRANGER, domain="mail.nordhost.example"))

    assert (found.dmarc, found.policy) == ("fail", "quarantine")


def test_a_relay_of_our_own_says_nothing_about_spf(dns):
    assert SenderCheck(dns).check(a_claim(peer="127.0.0.1")).spf == "none"


def test_without_a_name_server_nothing_is_known():
    assert SenderCheck(NoDns()).check(a_claim(peer=STRANGER)) == Findings()


@pytest.mark.parametrize("content", [b"", b"\0", b"DKIM-Signature: v=1; a=rsa-sha256\r\n\r\nx"])
def test_whatever_the_mail_says_the_check_ends(dns, content):
    found = SenderCheck(dns).check(a_claim(peer=STRANGER, content=content))

    assert found.dkim in {"none", "fail"}


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("mail.example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("desk.nordhost.example", "nordhost.example"),
        ("example", "example"),
    ],
)
def test_the_organisation_is_what_somebody_registered(domain, organisation):
    assert organisation_of(domain) == organisation


class NoDns:
    """A DNS that never answers."""

    def records(self, _name, _kind):
        raise DnsAway


def a_claim(*, peer, content=MAIL, sender="olena@nordhost.example", domain="nordhost.example"):
    return SenderClaim(content, domain, sender, peer, "mail.example")


@functools.cache
def a_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(mail):
    pem = a_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return dkim.sign(mail, b"s", b"nordhost.example", pem) + mail


@pytest.fixture
def dns():
    public = (
        a_key()
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return FakeDns(
        {
            ("_dmarc.nordhost.example", "TXT"): [[b"v=DMARC1; p=reject; sp=quarantine"]],
            ("nordhost.example", "TXT"): [[b"v=spf1 ip4:8.8.8.8 -all"]],
            ("s._domainkey.nordhost.example", "TXT"): [
                [b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)]
            ],
        }
    )
