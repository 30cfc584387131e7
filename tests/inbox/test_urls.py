import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.urls import RESOLVE_LATER, check_url


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.0.0.1./",
        "http://%31%32%37.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http://0/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://168.63.129.16/",
        "http://100.64.0.1/",
        "http://100.100.100.200/",
        "http://192.0.0.192/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://198.51.100.1/",
        "http://203.0.113.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://256.1.1.1/",
        "http://1.2.3.4.5/",
        "http://0x08.0x08.0x08.0x08/",
        "http://134744072/",
        "http://[::]/",
        "http://[::1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001::1]/",
        "http://[2001:db8::1]/",
        "http://[100::1]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[4000::1]/",
        "http://[::1/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://intranet/",
        "http://user@example.org/",
        "http://user:pass@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org:22/",
        "http://example.org:0/",
        "http://example.org:999999/",
        "http://example.org:-1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "http:example.org",
        "http:///path",
        "http://",
        "",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: x",
        "http://example.org\\@127.0.0.1/",
        "http://exa_.-mple..org/",
        "http://example.org/" + "a" * 3_000,
        "http://\ud800.org/",
    ],
    ids=ascii,
)
def test_what_might_be_ours_may_not_be_called(url):
    assert not check_url(url).allowed


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.org/hook?a=1#b", RESOLVE_LATER),
        ("HTTPS://Example.ORG:443/", RESOLVE_LATER),
        ("https://example.org./", RESOLVE_LATER),
        ("https://b\u00fccher.example/", RESOLVE_LATER),
        ("http://8.8.8.8:8080/", "public address"),
        ("https://[2606:4700:4700::1111]/", "public address"),
    ],
    ids=ascii,
)
def test_what_is_public_may_be_called(url, reason):
    verdict = check_url(url)

    assert verdict.allowed
    assert verdict.reason == reason


@given(url=st.text() | st.text(alphabet="htp:/.[]@0x17%").map("http://{}".format))
def test_any_text_is_judged(url):
    assert check_url(url).reason
