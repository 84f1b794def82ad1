"""Who is at the other end of a request, for limits: a network address. Knows nothing of customers."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from bot.config import settings
from bot.errors import BadInput

Networks = tuple[IPv4Network | IPv6Network, ...]
_HOPS = 20  # of X-Forwarded-For; nobody has more


def visitor_of(request: Request) -> str:
    """The address of the browser, or the /64 network of an IPv6 one, which a household or a phone has to itself.

    `X-Forwarded-For` counts only as far as ZHANGGUI_TRUSTED_PROXIES wrote it.
    """
    peer = request.client.host if request.client else "unknown"
    trusted = trusted_proxies(settings().trusted_proxies)
    # The nearest proxy wrote the last entry, and so on to the left; what stands before an untrusted one anybody may have written.
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-_HOPS:]
    for before in reversed(said):
        if not _within(peer, trusted) or _network(before) is None:
            break
        peer = before.strip()
    return _network(peer) or peer


@lru_cache(maxsize=4)
def trusted_proxies(text: str) -> Networks:
    """The addresses and networks of ZHANGGUI_TRUSTED_PROXIES, separated by commas. Raises BadInput."""
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise BadInput(f"ZHANGGUI_TRUSTED_PROXIES: {error}; write addresses or networks, separated by commas") from None


def _within(peer: str, networks: Networks) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks)


def _network(text: str) -> str | None:
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


Visitor = Annotated[str, Depends(visitor_of)]
