"""`radar config`: checking the YAML by hand, and the JSON Schema for editors."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.commands.house import House, pass_house
from monitor.schema import write


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
    click.echo(f"  {len(settings.enabled)} bronnen aan, {len(settings.sources) - len(settings.enabled)} uit")
    click.echo(f"  {len(endpoints)} adressen, {unverified} nog niet door een mens nagekeken (verified: null)")
    click.echo(f"  {len(settings.words.themes)} thema's in words.yaml")


@config.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def schema(folder: Path) -> None:
    """Schrijft de JSON Schema's van de YAML-bestanden in een map, voor hulp in een teksteditor."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in write(folder):
        click.echo(f"Geschreven: {path}")
