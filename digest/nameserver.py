"""Asking the DNS: the records that tell receivers whether our mail is ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

PATIENCE = 5.0  # seconds, for one question with its retries


class NoAnswer(Exception):
    """Nobody answers, which says nothing about the records; the message says so (Dutch)."""


class Nameserver:
    """Asks the name server at `address`, as 127.0.0.1 or 127.0.0.1:53; "" is that of this computer."""

    def __init__(self, address: str = "", patience: float = PATIENCE) -> None:
        host, _, port = (address, "", "") if address.count(":") > 1 else address.partition(":")
        try:
            self.resolver = dns.resolver.Resolver(configure=not address)
            if address:
                self.resolver.nameservers = [host]
                self.resolver.port = int(port or 53)
        except (dns.resolver.NoResolverConfiguration, ValueError) as fault:
            raise NoAnswer(f"Er is geen nameserver om iets aan te vragen: {fault}") from fault
        self.resolver.lifetime = patience

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, each with its parts joined."""
        return tuple(b"".join(record.strings).decode("ascii", "replace") for record in self._ask(name, "TXT"))

    def mail_servers(self, domain: str) -> tuple[str, ...]:
        """The mail servers of a domain, without a dot at the end; ("",) when it says that it takes no mail."""
        return tuple(record.exchange.to_text(omit_final_dot=True).strip(".") for record in self._ask(domain, "MX"))

    def addresses(self, host: str) -> tuple[str, ...]:
        """The IPv4 and IPv6 addresses of a host."""
        return tuple(record.address for kind in ("A", "AAAA") for record in self._ask(host, kind))

    def names(self, address: str) -> tuple[str, ...]:
        """The names that an IP address says it has (PTR)."""
        reverse = dns.reversename.from_address(address).to_text()
        return tuple(record.target.to_text(omit_final_dot=True) for record in self._ask(reverse, "PTR"))

    def _ask(self, name: str, kind: str) -> Iterable[Any]:
        try:
            return self.resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.DNSException as fault:
            raise NoAnswer(
                f"De vraag naar {name} ({kind}) in DNS kreeg geen antwoord. Heeft deze computer internet? Probeer het"
                " straks nog eens, of vraag een andere nameserver met --dns 9.9.9.9"
            ) from fault
