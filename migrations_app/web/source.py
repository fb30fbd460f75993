"""Where a request comes from, as far as that can be believed."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """The address of whoever asks; of IPv6 the /64, which is one subscriber.

    `X-Forwarded-For` is whatever the sender wrote, but for the entries our own proxies added at
    its end: `WARROOM_TRUSTED_PROXIES` says how many there are. With none it is not read.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.WARROOM_TRUSTED_PROXIES
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    believed = said[-hops] if 0 < hops <= len(said) else peer
    return _subscriber(believed) or _subscriber(peer) or "unknown"


def _subscriber(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
