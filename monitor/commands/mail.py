"""`radar mail`: the mail that comes back."""

from __future__ import annotations

import sys

import click

from digest import bounces, dutch
from digest.bounce_tables import BounceKind
from monitor import returns
from monitor.commands.house import ATTENTION, WRONG_USE, House, clock, pass_house, stop

BOUNCE = {
    BounceKind.SOFT: "kwam terug, mogelijk tijdelijk",
    BounceKind.HARD: "kan niet aankomen",
    BounceKind.COMPLAINT: "klacht",
}


@click.group()
def mail() -> None:
    """De mail die terugkomt."""


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
