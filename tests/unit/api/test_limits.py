"""What shares a budget."""

import pytest

from doorward.api.limits import network_key


@pytest.mark.parametrize("address", [None, "", "unix:", "a", "10.0.0.256", "10.0.0.1, 10.0.0.2", "::g"])
def test_network_key_of_what_is_no_address_is_one_for_all(address: str | None) -> None:
    assert network_key(address) == "invalid"


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
    ],
)
def test_network_key_is_shared_by_what_one_client_commands(one: str, other: str, *, is_shared: bool) -> None:
    assert (network_key(one) == network_key(other)) is is_shared
