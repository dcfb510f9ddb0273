"""When webhooks are tried again, and which addresses they never reach."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.webhook import PAUSES, is_public, pause_after


def test_ten_tries_over_three_days() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 11)]
    assert pauses[-1] is None
    assert timedelta(days=3) <= sum(PAUSES, timedelta()) <= timedelta(days=3, hours=12)


@given(st.integers(1, 9))
def test_pauses_only_grow(attempts: int) -> None:
    pause, after = pause_after(attempts), pause_after(attempts + 1)
    assert pause is not None
    assert after is None or after > pause


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_never_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_the_open_internet(address: str) -> None:
    assert is_public(address)


PRIVATE = [
    ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")
]


@given(st.sampled_from(PRIVATE), st.integers(0, 2**32 - 1))
def test_private_networks_in_every_dress(network: object, number: int) -> None:
    inside = ip_address(int(network.network_address) + number % network.num_addresses)
    assert isinstance(inside, IPv4Address)
    for dressed in (
        inside,
        IPv6Address(f"::ffff:{inside}"),
        IPv6Address((0x2002 << 112) | (int(inside) << 80)),
        IPv6Address(int(IPv6Address("64:ff9b::")) | int(inside)),
    ):
        assert not is_public(str(dressed))
