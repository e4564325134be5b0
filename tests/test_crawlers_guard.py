"""Addresses come from strangers: private and special hosts are never dialled."""

from __future__ import annotations

import pytest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import succeed
from twisted.internet.error import DNSLookupError

from crawlers.guard import GuardedResolver, refusal, request_refusal

SPECIAL = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "[::1]", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1",
]  # fmt: skip


@pytest.mark.parametrize("host", SPECIAL)
def test_special_addresses_are_refused(host):
    """Loopback, private, shared, link-local, metadata, multicast, and IPv4 hidden in IPv6."""
    assert refusal(host, allow_loopback=False)


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "www.aedes.nl"])
def test_public_addresses_and_names_pass(host):
    """A public address passes; a name is judged when it has been resolved."""
    assert refusal(host, allow_loopback=False) == ""


@pytest.mark.parametrize("host", ["93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
def test_with_the_switch_only_this_machine_is_allowed(host):
    """The switch for tests and demo opens loopback and closes everything else."""
    assert refusal(host, allow_loopback=True)
    assert refusal("127.0.0.31", allow_loopback=True) == ""


NOT_THE_WEB = ["file:///etc/passwd", "ftp://x.nl/", "https://x.nl:22/", "http://10.1.2.3/", "gopher:x"]


@pytest.mark.parametrize("address", NOT_THE_WEB)
def test_schemes_and_ports_that_are_not_the_web_are_refused(address):
    """Only http and https on web ports are asked."""
    assert request_refusal(address, allow_loopback=False)


class Turning(CachingThreadedResolver):
    """A name server that answers a name with a public address first, and with a private one from then on."""

    def getHostByName(self, name, timeout=()):
        self.asked = getattr(self, "asked", 0) + 1
        return succeed("93.184.216.34" if self.asked == 1 else "10.0.0.1")


class Guarded(GuardedResolver, Turning):
    """Our guard before that name server."""


def test_a_name_that_changes_its_answer_is_refused_at_its_next_use():
    """The address that will be dialled is the one that is judged: a name that was good before helps nobody."""
    resolver = Guarded(None, 0, 1)
    dialled, refused = [], []
    resolver.getHostByName("draait.example").addCallback(dialled.append)
    resolver.getHostByName("draait.example").addErrback(lambda failure: refused.append(failure.type))
    assert (dialled, refused) == (["93.184.216.34"], [DNSLookupError])
    assert "10.0.0.1 is a private or special address" in resolver.refused["draait.example"]
