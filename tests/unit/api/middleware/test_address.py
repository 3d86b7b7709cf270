"""Which address a request comes from."""

from ipaddress import ip_network

import pytest

from doorward.api.middleware.address import Proxies

PROXIES = Proxies((ip_network("10.0.0.0/8"), ip_network("fd00::/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        pytest.param("203.0.113.9", None, "203.0.113.9", id="no proxy"),
        pytest.param("203.0.113.9", "198.51.100.1", "203.0.113.9", id="untrusted peer claims"),
        pytest.param("10.0.0.1", None, "10.0.0.1", id="proxy that says nothing"),
        pytest.param("10.0.0.1", "198.51.100.1", "198.51.100.1", id="one hop"),
        pytest.param("10.0.0.1", "198.51.100.1, 10.2.2.2", "198.51.100.1", id="two proxies"),
        pytest.param("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1", id="client claims to be another"),
        pytest.param("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1", id="claim before two proxies"),
        pytest.param("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1", id="all trusted"),
        pytest.param("10.0.0.1", "a", None, id="not an address"),
        pytest.param("10.0.0.1", "198.51.100.1, unknown", None, id="not an address at the right"),
        pytest.param("10.0.0.1", "", None, id="empty"),
        pytest.param("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1", id="mapped proxy"),
        pytest.param("fd00::1", "2001:db8::7", "2001:db8::7", id="version 6"),
        pytest.param("10.0.0.1", "2001:db8::7%eth0", "2001:db8::7%eth0", id="zone"),
        pytest.param(None, "198.51.100.1", None, id="no peer"),
    ],
)
def test_client_address(peer: str | None, forwarded: str | None, expected: str | None) -> None:
    assert [PROXIES.client(peer, forwarded) for _ in range(2)] == [expected, expected]


def test_client_address_without_trusted_proxies_nothing_is_believed() -> None:
    assert Proxies(()).client("10.0.0.1", "198.51.100.1") == "10.0.0.1"


@pytest.mark.parametrize(("address", "expected"), [("10.1.2.3", True), ("11.1.2.3", False), ("x", False), ("", False)])
def test_trust(address: str, *, expected: bool) -> None:
    assert PROXIES.trust(address) is expected


def test_client_of_a_long_chain_is_told_and_not_kept() -> None:
    proxies = Proxies((ip_network("10.0.0.0/8"),))

    found = {proxies.client("10.0.0.1", f"{claimed}, " * 20 + "198.51.100.1") for claimed in range(5)}

    assert found == {"198.51.100.1"}
    assert proxies._client_kept.cache_info().currsize == 0
