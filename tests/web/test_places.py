"""From where a request comes: only proxies that were named say who stands behind them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.places import NOWHERE, find_place

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "place"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9:51000"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("fd00::1", ["[2001:db8:1:2:3::4]:51000"], "2001:db8:1:2::/64"),
        ("fd00::1", ["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
        ("10.0.0.1", [], NOWHERE),
        ("10.0.0.1", ["10.0.0.2"], NOWHERE),
        ("10.0.0.1", ["unknown"], NOWHERE),
        ("10.0.0.1", ["203.0.113.9, "], NOWHERE),
        ("a-socket", ["203.0.113.9"], NOWHERE),
        ("", [], NOWHERE),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_counts(
    peer: str, forwarded: list[str], place: str
) -> None:
    assert find_place(peer, forwarded, PROXIES, behind_proxy=False) == place


def test_behind_https_a_caller_that_was_not_named_is_a_proxy_and_so_everybody() -> None:
    forwarded = ["203.0.113.9"]
    assert find_place("192.0.2.1", forwarded, (), behind_proxy=True) == NOWHERE
    assert find_place("192.0.2.1", forwarded, PROXIES, behind_proxy=True) == NOWHERE
    assert find_place("10.0.0.1", forwarded, PROXIES, behind_proxy=True) == "203.0.113.9"


@given(invented=st.text(max_size=60), caller=st.ip_addresses(v=4))
def test_whatever_a_caller_invents_never_changes_their_place(invented: str, caller: object) -> None:
    address = ip_address(str(caller))
    if any(address in network for network in PROXIES):
        return
    forwarded = [invented, str(caller)]
    assert find_place("10.0.0.1", forwarded, PROXIES, behind_proxy=True) == str(caller)
