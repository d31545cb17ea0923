"""Token buckets, and whose address a request counts for."""

from __future__ import annotations

import pytest

from deployments.gateway.intake.limits import Buckets, client_address


def test_a_second_s_worth_may_come_at_once_and_then_so_many_a_second():
    buckets = Buckets(3)

    assert [buckets.take("a", 10.0) for _ in range(4)] == [0, 0, 0, pytest.approx(1 / 3)]
    assert buckets.take("a", 10.0 + 1 / 3 + 0.001) == 0
    assert buckets.take("a", 10.34) > 0
    assert buckets.take("b", 10.34) == 0


def test_a_rate_below_one_a_second_lets_one_through():
    buckets = Buckets(0.1)

    assert buckets.take("a", 0.0) == 0
    assert buckets.take("a", 5.0) == pytest.approx(5.0)
    assert buckets.take("a", 10.1) == 0


def test_only_so_many_keys_are_remembered():
    buckets = Buckets(1, most_keys=3)

    for number in range(100):
        buckets.take(f"address-{number}", 0.0)

    assert len(buckets._left) == 3


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", b"203.0.113.1", "198.51.100.7"),  # not our proxy: not believed
        ("10.0.0.1", b"203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", b"192.0.2.66, 203.0.113.1", "203.0.113.1"),  # whom our proxy saw
        ("10.0.0.1", b"203.0.113.1, 10.0.0.2", "203.0.113.1"),  # two proxies of ours
        ("10.0.0.1", b"10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", b"", "10.0.0.1"),
        ("10.0.0.1", b"nonsense\x00", "unknown"),
        ("10.0.0.1", b"2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8::7", None, "2001:db8::/64"),
        ("", None, "unknown"),
    ],
)
def test_an_address_is_the_peer_s_or_whom_a_trusted_proxy_names(peer, forwarded, address):
    assert client_address(peer, forwarded, {"10.0.0.1", "10.0.0.2"}) == address
