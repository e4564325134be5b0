"""`radar mail`: whether our mail will be believed, and the mail that comes back."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from digest import bounces, deliverability, dutch
from digest.bounce_tables import BounceKind
from digest.deliverability import Finding, Level
from digest.dkim import KeyTrouble, Signer, make_key, read_key
from digest.nameserver import Nameserver, NoAnswer
from digest.smtp import RelayTrouble, connect, protection
from monitor import returns
from monitor.commands.house import ATTENTION, OFFLINE, WRONG_USE, House, clock, fault_in_dutch, pass_house, stop
from monitor.editor import letterhead, mail_server, signer

BOUNCE = {
    BounceKind.SOFT: "kwam terug, mogelijk tijdelijk",
    BounceKind.HARD: "kan niet aankomen",
    BounceKind.COMPLAINT: "klacht",
}


@click.group()
def mail() -> None:
    """Komt de mail goed aan, en wat komt er terug."""


@mail.command("check")
@click.option("--dns", metavar="ADRES", default="", help="Vraag het aan deze nameserver, zoals 9.9.9.9.")
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="BESTAND",
    default=None,
    help="Vertrouw ook de certificaten van deze uitgever (PEM), zoals die van een eigen netwerk.",
)
@pass_house
def check(house: House, dns: str, trust: Path | None) -> None:
    """Kijkt of mailboxen de brieven zullen vertrouwen (SPF, DKIM, DMARC, MX, PTR, TLS) en zegt wat er te doen is."""
    levels = set()
    try:
        for finding in _findings(house, Nameserver(dns), trust):
            levels.add(finding.level)
            click.echo(f"{finding.level.value:<7} {finding.about}: {finding.found}")
            for line in finding.advice.splitlines():
                click.echo(f"        {line}")
    except NoAnswer as reason:
        stop(str(reason), OFFLINE)
    if Level.FAULT in levels:
        sys.exit(ATTENTION)


def _findings(house: House, ask: Nameserver, trust: Path | None) -> Iterator[Finding]:
    head, relay = letterhead(house.settings), mail_server(house.settings)
    ours = None
    try:
        ours = signer(house.settings)
    except KeyTrouble as trouble:
        yield Finding(Level.FAULT, "DKIM", str(trouble))
    yield from deliverability.of_sender(head, ours, ask)
    if relay is None:
        folder = house.settings.radar.digest.outbox
        told = f"er is geen mailserver ingesteld; brieven gaan naar de map {folder}"
        yield Finding(Level.CARE, "mailserver", told, "Vul relay in radar.yaml in om echt te versturen.")
        return
    yield from deliverability.of_relay(head, relay, ask)
    password = house.settings.secrets.smtp_password
    context = ssl.create_default_context()
    if trust:
        context.load_verify_locations(trust)
    try:
        with connect(relay, password.get_secret_value() if password else "", context) as connection:
            yield deliverability.of_connection(relay, *protection(connection), clock())
    except RelayTrouble as trouble:
        yield deliverability.of_trouble(relay, str(trouble))


@mail.command("key")
@pass_house
def key(house: House) -> None:
    """Maakt zo nodig de sleutel om mails mee te ondertekenen (DKIM), en zegt wat er in DNS moet staan."""
    dkim = house.settings.radar.digest.dkim
    if dkim is None:
        stop("Vul eerst digest: dkim in radar.yaml in, met een selector zoals radar2026.", WRONG_USE)
    try:
        if not dkim.key.exists():
            make_key(dkim.key)
            click.echo(f"De sleutel staat in {dkim.key}. Geef dit bestand aan niemand.", err=True)
        ours = Signer(letterhead(house.settings).domain, dkim.selector, read_key(dkim.key))
    except KeyTrouble as trouble:
        stop(str(trouble))
    except OSError as fault:
        stop(f"De sleutel {dkim.key} kan niet gemaakt worden: {fault_in_dutch(fault)}.")
    click.echo("Zet in DNS een TXT-record met deze naam en deze inhoud, en kijk daarna met: radar mail check", err=True)
    click.echo(f"{ours.record_name}\n{ours.record}")


@mail.command("bounce")
@pass_house
def bounce(house: House) -> None:
    """Leest één mail van de standaardinvoer: een retourmail, een klacht of een afmelding.

    Voor een mailserver die zulke mail doorgeeft, zoals met: retour: "|radar mail bounce"
    """
    raw = sys.stdin.buffer.read()
    if not raw.strip():
        stop("Er kwam geen mail binnen op de standaardinvoer.", WRONG_USE)
    taken = bounces.take_in(house.engine, raw, clock())
    if not taken.handled:
        stop(taken.told, ATTENTION)
    click.echo(taken.told)


@mail.command("fetch")
@pass_house
def fetch(house: House) -> None:
    """Leest nu de postbus voor retourmail, die anders om de zoveel minuten gelezen wordt."""
    if house.settings.radar.return_box is None:
        stop("Er is geen postbus ingesteld. Kijk naar return_box in radar.yaml.", WRONG_USE)
    try:
        told = returns.take_in(house.engine, house.settings, clock)
    except returns.MailboxTrouble as trouble:
        stop(str(trouble))
    for line in told.lines:
        click.echo(line)
    click.echo(f"{dutch.count(told.handled, 'mail', 'mails')} verwerkt.")
    if told.left:
        stop(f"{dutch.count(told.left, 'mail', 'mails')} moet iemand zelf lezen, met een vlag in de postbus.")


@mail.command("returned")
@pass_house
def returned(house: House) -> None:
    """Toont welke brieven het laatst terugkwamen, en waarom."""
    for one in bounces.latest(house.engine):
        click.echo(f"{one.at:%d-%m-%Y}\t{one.email}\t{BOUNCE[one.kind]}\t{one.status} {one.detail}".rstrip())
