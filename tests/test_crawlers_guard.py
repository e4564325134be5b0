"""Addresses come from strangers: private and special hosts are never dialled."""

from __future__ import annotations

import subprocess
import sys

import fakes_turning
import pytest
from fakes_site import Page, Site, job, source
from fakes_turning import ALLOWED

from crawlers.guard import refusal, request_refusal
from crawlers.publication import Reason, from_line
from crawlers.source import CrawlOrder, Kind

SPECIAL = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "[::1]", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1",
    "::10.0.0.1", "::ffff:0:a00:1", "64:ff9b:1::a00:1", "2a00::5efe:10.0.0.1", "fec0::1",
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


def test_a_name_that_changes_its_answer_is_refused_when_it_is_dialled_again():
    """Between robots.txt and the page the name turns to a private host: that is not dialled, and the reason is told."""
    close = {"Connection": "close"}
    with Site(
        host=ALLOWED, pages={"/robots.txt": Page("", headers=close), "/": Page("", headers=close)}
    ).serve() as site:
        named = source(Site(host="draait.example", port=site.port), (Kind.OVERVIEW, "/"))
        wanted = job(CrawlOrder(source=named)).model_dump_json()
        command = [sys.executable, fakes_turning.__file__]
        told = subprocess.run(command, input=wanted, capture_output=True, text=True, timeout=60, check=True)
    end = from_line(told.stdout.splitlines()[-1])
    assert end.reason is Reason.ADDRESS_REFUSED
    assert "is not an address of this machine" in end.detail
    assert [one.path for one in site.asked] == ["/robots.txt"]
