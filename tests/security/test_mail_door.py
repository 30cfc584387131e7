"""The door for mail against peers that speak strangely, or come in crowds.

Source: RFC 5321 4.1.1.4; the end-of-data smuggling of CVE-2023-51764.
"""

import socket
from contextlib import ExitStack

import pytest

from app.gateways.mail_listener import MOST_CONNECTIONS, MailListener
from tests.gateways.test_mail_listener import KNOWN, FakeDoor

HELLO = f"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{KNOWN}>\r\nDATA\r\n".encode()
HEAD = b"From: a@b.example\r\n\r\nHello.\r\n"
SECOND = f"MAIL FROM:<boss@b.example>\r\nRCPT TO:<{KNOWN}>\r\nDATA\r\nsmuggled\r\n".encode()


@pytest.mark.parametrize("false_end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r"])
def test_only_crlf_dot_crlf_ends_a_mail(door, listener, false_end):
    with connected(listener) as peer:
        say(peer, HELLO)
        say(peer, HEAD + false_end + SECOND + b"\r\n.\r\nQUIT\r\n")

    [mail] = door.kept
    assert mail.sender == "a@b.example"
    assert b"smuggled" in mail.content


def test_commands_sent_ahead_are_answered_in_order_and_keep_their_own_envelope(door, listener):
    with connected(listener) as peer:
        say(peer, HELLO)
        say(peer, HEAD + b".\r\nMAIL FROM:<c@d.example>\r\nDATA\r\nQUIT\r\n")

    [mail] = door.kept
    assert mail.sender == "a@b.example"


@pytest.mark.parametrize("line", [b"MAIL FROM:<" + b"a" * 100_000 + b"@b>\r\n", b"\xff\xfe\r\n"])
def test_an_impossible_command_leaves_the_connection_useful(listener, line):
    with connected(listener) as peer:
        assert say(peer, line).startswith(b"5")
        assert say(peer, b"NOOP\r\n").startswith(b"250")


def test_a_crowd_is_asked_to_come_later_and_places_become_free_again(listener):
    with ExitStack() as crowd:
        for _peer in range(MOST_CONNECTIONS):
            crowd.enter_context(connected(listener))
        late = crowd.enter_context(socket.create_connection(("127.0.0.1", listener.port), 5))
        assert late.recv(100).startswith(b"421")
        assert late.recv(100) == b""

    assert greeted_in_the_end(listener)


@pytest.fixture
def door():
    return FakeDoor()


@pytest.fixture
def listener(door):
    """The door for mail, open."""
    listener = MailListener(door, host="127.0.0.1", port=0, greeting="desk.example")
    listener.start()
    yield listener
    listener.stop()


def connected(listener):
    """A peer that was greeted."""
    peer = socket.create_connection(("127.0.0.1", listener.port), 5)
    assert peer.recv(200).startswith(b"220")
    return peer


def say(peer, words):
    """What is answered first to `words`, or to the last of several commands after a while."""
    peer.sendall(words)
    answer = peer.recv(10_000)
    while words.endswith(b"DATA\r\n") and b"354" not in answer:
        answer += peer.recv(10_000)
    while words.endswith(b"QUIT\r\n") and b"221" not in answer:
        answer += peer.recv(10_000)
    return answer


def greeted_in_the_end(listener):
    """Whether a place is free once the crowd's going was noticed."""
    for _try in range(100):
        with socket.create_connection(("127.0.0.1", listener.port), 5) as peer:
            if peer.recv(200).startswith(b"220"):
                return True
    return False
