from ipaddress import ip_address, ip_network

import pytest

from doorward.adapters.web.addresses import Reach, refused_as

OPEN = Reach()
DEVELOPMENT = Reach(loopback_for_development=True)

REFUSED = [
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("::1", "loopback"),
    ("0.0.0.0", "unspecified"),  # noqa: S104 (an address that is refused)
    ("0.1.2.3", "unspecified"),
    ("::", "unspecified"),
    ("10.0.0.1", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("fc00::1", "unique local"),
    ("fd12:3456::1", "unique local"),
    ("100.64.0.1", "shared"),
    ("100.127.255.255", "shared"),
    ("169.254.169.254", "link-local"),
    ("fe80::1", "link-local"),
    ("fec0::1", "site-local"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("ff02::1", "multicast"),
    ("::ffff:169.254.169.254", "mapped"),
    ("::ffff:8.8.8.8", "mapped"),
    ("::ffff:0:127.0.0.1", "mapped"),
    ("::127.0.0.1", "compatible"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b::808:808", "NAT64"),
    ("64:ff9b:1::a00:1", "NAT64"),
    ("2002:7f00:1::", "6to4"),
    ("2002:a9fe:a9fe::1", "6to4"),
    ("192.88.99.1", "6to4"),
    ("2001:0:53aa:64c::1", "Teredo"),
    ("192.0.0.170", "protocol assignments"),
    ("2001:2::1", "protocol assignments"),
    ("2001:10::1", "protocol assignments"),
    ("192.0.2.1", "documentation"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("2001:db8::1", "documentation"),
    ("3fff::1", "documentation"),
    ("198.18.0.1", "benchmarking"),
    ("192.52.193.1", "relay"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("5f00::1", "not global"),
    ("4000::1", "not global"),
    ("100::1", "not global"),
]


@pytest.mark.parametrize(("address", "name"), REFUSED)
def test_refused_as_address_that_is_not_public_is_named(address: str, name: str) -> None:
    found = refused_as(ip_address(address), OPEN, is_plain=False)

    assert found == name


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"])
def test_refused_as_public_address_is_none(address: str) -> None:
    found = refused_as(ip_address(address), OPEN, is_plain=False)

    assert found is None


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_refused_as_public_address_without_encryption_is_named(address: str) -> None:
    found = refused_as(ip_address(address), DEVELOPMENT, is_plain=True)

    assert found == "not on this machine"


@pytest.mark.parametrize(("address", "name"), [row for row in REFUSED if row[1] != "loopback"])
def test_refused_as_in_development_only_loopback_is_let_in(address: str, name: str) -> None:
    plain = refused_as(ip_address(address), DEVELOPMENT, is_plain=True)
    encrypted = refused_as(ip_address(address), DEVELOPMENT, is_plain=False)

    assert (plain, encrypted) == (name, name)


def test_refused_as_loopback_in_development_is_none() -> None:
    found = [refused_as(ip_address(address), DEVELOPMENT, is_plain=True) for address in ("127.0.0.1", "::1")]

    assert found == [None, None]


def test_refused_as_private_network_that_was_named_is_none_over_https_alone() -> None:
    reach = Reach(private_networks=(ip_network("10.1.0.0/16"),))

    encrypted = refused_as(ip_address("10.1.2.3"), reach, is_plain=False)
    plain = refused_as(ip_address("10.1.2.3"), reach, is_plain=True)
    beside = refused_as(ip_address("10.2.0.1"), reach, is_plain=False)

    assert (encrypted, plain, beside) == (None, "private", "private")


def test_refused_as_mapped_twin_of_a_network_that_was_named_is_still_named() -> None:
    reach = Reach(private_networks=(ip_network("10.1.0.0/16"),))

    found = refused_as(ip_address("::ffff:10.1.2.3"), reach, is_plain=False)

    assert found == "mapped"
