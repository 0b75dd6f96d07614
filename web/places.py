"""From which network address a request comes, as far as that can be known at all.

It must not believe a browser: only proxies that the operator named say who stands behind them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from web.site import Network, Site

NOWHERE: Final = ""
"""The place of a request of which only the proxy is known: everybody's, so nobody's."""

_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that one subscriber shares: they choose the others freely (RFC 6177)."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def place_of(request: Request) -> str:
    """Return the network address somebody comes from, or NOWHERE."""
    site: Site = request.app.state.site
    peer = request.client.host if request.client is not None else ""
    hops = request.headers.getlist("x-forwarded-for")
    return find_place(peer, hops, site.proxies, behind_proxy=site.is_secure)


def find_place(
    peer: str, forwarded: Sequence[str], proxies: Sequence[Network], *, behind_proxy: bool
) -> str:
    """Return the last address that is no proxy of ours, or NOWHERE.

    `forwarded` are the lines of X-Forwarded-For: each proxy adds at the end who called it, so the
    front may be anybody's invention. `behind_proxy`: who calls us directly is always a proxy, as
    we speak no https ourselves; one that was not named to us is believed nothing.
    """
    address = _read(peer)
    if address is None:
        return NOWHERE
    if not _is_among(address, proxies):
        return NOWHERE if behind_proxy else _name(address)
    for hop in reversed(",".join(forwarded).split(",")):
        address = _read(hop)
        if address is None:
            return NOWHERE
        if not _is_among(address, proxies):
            return _name(address)
    return NOWHERE


def _read(written: str) -> _Address | None:
    """Return an address; some proxies write the port behind it."""
    bare = written.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_among(address: _Address, proxies: Sequence[Network]) -> bool:
    return any(address in network for network in proxies)


def _name(address: _Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.IPv6Network((address.packed, _SUBSCRIBER), strict=False))
