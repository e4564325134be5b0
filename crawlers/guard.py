"""Keeps requests away from addresses that are nobody's publication: private hosts, odd ports, other schemes."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Special, though Python's tables do not say so: IPv4 written as IPv6 (RFC 4291, 2.5.5.1), the NAT64 of a network of its
# own (RFC 8215), and addresses local to a site (RFC 3879).
SPECIAL = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))
ISATAP = 0x5EFE  # before the IPv4 address, in the lower half of an IPv6 address (RFC 5214)
PORTS = frozenset({None, 80, 443, 8080, 8443})


class AddressRefused(IgnoreRequest):
    """The address points at a private or special host, or uses an odd port."""


def refusal(host: str, *, allow_loopback: bool) -> str:
    """Say why an IP address may not be dialled; "" when it may, or when `host` is a name.

    `allow_loopback` is the one switch for tests and demo; then addresses of this machine are the only ones allowed.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]").split("%", 1)[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        address = _carried(address) or address
    if allow_loopback:
        return "" if address.is_loopback else f"{host} is not an address of this machine"
    special = isinstance(address, ipaddress.IPv6Address) and any(address in network for network in SPECIAL)
    if special or not address.is_global or address.is_multicast:
        return f"{host} is a private or special address"
    return ""


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address carries: mapped, 6to4, Teredo (RFC 4380), NAT64 (RFC 6052) or ISATAP."""
    if address in NAT64 or (int(address) >> 32 & 0xFDFFFFFF) == ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def request_refusal(address: str, *, allow_loopback: bool) -> str:
    """Say why an address may not be asked for at all; "" when it may. Names are judged again when they are resolved."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}: is not a web address"
    if not allow_loopback and port not in PORTS:
        return f"port {port} is not a web port"
    return refusal(parts.hostname or "", allow_loopback=allow_loopback)


class GuardMiddleware:
    """Refuses requests, and every hop of a redirect, to addresses that are not allowed."""

    def __init__(self, allow_loopback: bool) -> None:
        self.allow_loopback = allow_loopback

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardMiddleware:
        """Read the switch from the crawler's settings."""
        return cls(crawler.settings.getbool("RADAR_ALLOW_LOOPBACK"))

    def process_request(self, request: Any) -> None:
        """Raise `AddressRefused` when the request may not be made."""
        why = request_refusal(request.url, allow_loopback=self.allow_loopback)
        if why:
            raise AddressRefused(why)

    def process_exception(self, request: Any, exception: Exception) -> None:
        """Tell a name that was refused from one that does not exist; Twisted says of both that there is no address."""
        from twisted.internet import reactor  # the import itself starts one, so not before Scrapy chose it

        why = reactor.resolver.refused.get(urlsplit(request.url).hostname)
        if why and isinstance(exception, CannotResolveHostError):
            raise AddressRefused(why) from exception


class GuardedResolver(CachingThreadedResolver):
    """Resolves names and refuses the answers that may not be dialled, so that a changing DNS answer does not help."""

    allow_loopback = False

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.refused: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """Read the switch from the crawler's settings."""
        resolver: GuardedResolver = super().from_crawler(crawler, reactor)
        resolver.allow_loopback = crawler.settings.getbool("RADAR_ALLOW_LOOPBACK")
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:
        """Resolve a name; the Deferred fails when the answer is not allowed, and `refused` then says why."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        why = refusal(address, allow_loopback=self.allow_loopback)
        if why:
            self.refused[name] = f"{name}: {why}"
            raise DNSLookupError(why)
        return address
