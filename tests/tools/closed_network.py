"""Closes the network to tests: only loopback and unix sockets may be reached."""

import ipaddress
import socket

import pytest

real_connect = socket.socket.connect


@pytest.fixture(autouse=True, scope="session")
def closed_network():
    """No test of this session can reach another machine, by intention or by mistake."""
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _connect_nearby)
    yield
    patch.undo()


def _connect_nearby(self, address):
    if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
        raise AssertionError(f"a test wanted to reach {address}; use a fake of the gateway")
    return real_connect(self, address)


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
