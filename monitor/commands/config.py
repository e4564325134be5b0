"""`radar config`: checking the YAML by hand, and the JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from crawlers.address import key
from digest import dutch
from monitor.commands.house import WRONG_USE, House, fault_in_dutch, pass_house, stop
from monitor.schema import write
from monitor.source_settings import SourceSettings


@click.group()
def config() -> None:
    """De instellingen nakijken."""


@config.command()
@pass_house
def check(house: House) -> None:
    """Kijkt de drie YAML-bestanden na en noemt elke fout met bestand, regel en sleutel."""
    settings = house.settings
    endpoints = [endpoint for source in settings.enabled for endpoint in source.endpoints]
    unverified = sum(endpoint.verified is None for endpoint in endpoints)
    click.echo(f"In orde: {house.folder}")
    off = len(settings.sources) - len(settings.enabled)
    click.echo(f"  {dutch.count(len(settings.enabled), 'bron', 'bronnen')} aan, {off} uit")
    addresses = dutch.count(len(endpoints), "adres", "adressen")
    click.echo(f"  {addresses}, {unverified} nog niet door een mens nagekeken (verified: null)")
    click.echo(f"  {dutch.count(len(settings.words.themes), 'thema', 'thema’s')} in words.yaml")
    for one, other, address in _twice(settings.enabled):
        click.echo(f"  Let op: {one} en {other} lezen allebei {address}. Haal het bij één van de twee weg.")


def _twice(followed: Sequence[SourceSettings]) -> Iterator[tuple[str, str, str]]:
    """Two sources that would take the same items from one address, as when a block was copied, with the address."""
    reads: dict[tuple[object, ...], str] = {}
    for source in followed:
        for one in source.endpoints:
            asks = (key(one.address), one.terms, source.articles, source.not_articles)
            first = reads.setdefault(asks, source.name)
            if first != source.name:
                yield first, source.name, one.address


@config.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="MAP", help="De map, zoals config.")
def schema(folder: Path) -> None:
    """Schrijft de JSON Schema's van de YAML-bestanden in een map, voor hulp in een teksteditor."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = write(folder)
    except OSError as fault:
        stop(f"In de map {folder} kan niet geschreven worden: {fault_in_dutch(fault)}.", WRONG_USE)
    for path in written:
        click.echo(f"Geschreven: {path}")
