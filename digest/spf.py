"""Whether a domain lets an address send its mail: SPF (RFC 7208), as far as newsletters need it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from digest.nameserver import Nameserver

MOST_QUESTIONS = 10  # RFC 7208, 4.6.4: a receiver asks no further and takes the record for broken
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class Broken(Exception):
    """A record that receivers take for broken; the message says why (Dutch)."""


def record_of(domain: str, ask: Nameserver) -> str:
    """The SPF record of a domain, "" when it has none; raises Broken when it has several."""
    records = [text for text in ask.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if len(records) > 1:
        raise Broken(f"{domain} heeft {len(records)} SPF-records; er mag er maar één zijn. Voeg ze samen")
    return records[0] if records else ""


@dataclass
class Evaluation:
    """What the record of a domain says of one address; counts the questions it takes."""

    address: str
    ask: Nameserver
    questions: int = field(default=0)

    def result(self, domain: str) -> str:
        """One of pass, fail, softfail, neutral and none; raises Broken."""
        record = record_of(domain, self.ask)
        if not record:
            return "none"
        redirect = ""
        for term in record.split()[1:]:
            if term.lower().startswith("redirect="):
                redirect = term.partition("=")[2]
            elif self._matches(term.lstrip("+-~?").lower(), domain):
                return RESULTS.get(term[0], "pass")
        if redirect:
            self._count()
            return self._included(redirect)
        return "neutral"

    def _matches(self, mechanism: str, domain: str) -> bool:
        name, _, value = mechanism.partition(":")
        name, _, prefix = name.partition("/")
        value, _, length = value.partition("/")
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return self._within(mechanism.partition(":")[2])
        if name not in ("include", "a", "mx", "exists", "ptr"):
            return False  # a modifier, or a word that receivers do not know either
        self._count()
        if name == "include":
            return self._included(value) == "pass"
        hosts: tuple[str, ...] = ()
        if name in ("a", "mx"):
            hosts = (value or domain,) if name == "a" else self.ask.mail_servers(value or domain)
        found = [one for host in hosts if host for one in self.ask.addresses(host)]
        size = length or prefix
        return any(self._within(f"{one}/{size}" if size.isdigit() and ":" not in one else one) for one in found)

    def _included(self, domain: str) -> str:
        result = self.result(domain)
        if result == "none":
            raise Broken(f"het SPF-record verwijst naar {domain}, en dat heeft er geen")
        return result

    def _within(self, network: str) -> bool:
        try:
            return ipaddress.ip_address(self.address) in ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise Broken(f"in het SPF-record staat “{network}”, en dat is geen adres") from None

    def _count(self) -> None:
        self.questions += 1
        if self.questions > MOST_QUESTIONS:
            raise Broken(f"het SPF-record vraagt meer dan {MOST_QUESTIONS} opzoekingen; haal een include weg")
