"""`radar doctor`: is everything in place, and what to do when it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click

from digest import dutch
from digest.smtp import RelayTrouble
from monitor.commands.house import ATTENTION, House, pass_house
from monitor.editor import open_relay
from monitor.health_words import health
from monitor.store import notices, people, sources
from monitor.store.database import Engine
from monitor.telling import OF_SOURCE


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `advice` says what to do when it is not good."""

    good: bool
    found: str
    advice: str = ""


@click.command()
@pass_house
def doctor(house: House) -> None:
    """Kijkt of alles klaarstaat en zegt wat er te doen is. Vraagt niets aan de bronnen zelf."""
    checks = list(_checks(house))
    for check in checks:
        click.echo(f"{'goed  ' if check.good else 'LET OP'}  {check.found}")
        if not check.good and check.advice:
            click.echo(f"        {check.advice}")
    if not all(check.good for check in checks):
        sys.exit(ATTENTION)


def _checks(house: House) -> Iterator[Check]:
    settings = house.settings
    yield Check(True, f"de instellingen in {house.folder} kloppen")
    yield Check(True, f"de database is bereikbaar en bij de tijd ({house.engine.dialect.name})")
    yield from _sources(house.engine, {source.name: source.title for source in settings.enabled})
    count = len(people.reviewers(house.engine))
    advice = "Maak iemand aan met: radar reviewer add NAAM@VOORBEELD.NL"
    able = dutch.count(count, "mens kan", "mensen kunnen")
    yield Check(count > 0, f"{able} inloggen op de redactiepagina", advice)
    yield _mail(house)
    for notice in notices.current(house.engine):
        if not notice.name.startswith(OF_SOURCE):  # how each source fares stands above, also of one that recovered
            yield Check(False, notice.text)


def _sources(engine: Engine, titles: dict[str, str]) -> Iterator[Check]:
    states = sources.states(engine)
    for name, title in titles.items():
        state = states.get(name)
        words = health(state.reason if state else "")
        mendable = state is not None and state.baseline_at is not None
        search = f" Laten zoeken kan ook met: radar source repair {name}" if mendable else ""
        yield Check(words.good, f"{title}: {words.sentence}", words.advice + search)


def _mail(house: House) -> Check:
    relay = house.settings.radar.relay
    outbox = house.settings.radar.digest.outbox
    try:
        outbox.mkdir(parents=True, exist_ok=True)
        with open_relay(house.settings) as open_connection:
            open_connection().quit()
    except (RelayTrouble, OSError) as trouble:
        return Check(False, str(trouble), "Kijk naar relay in radar.yaml en naar RADAR_SMTP_PASSWORD.")
    if relay is None:
        writable = os.access(outbox, os.W_OK)
        return Check(writable, f"er is geen mailserver; brieven gaan naar de map {outbox}", "Maak de map schrijfbaar.")
    return Check(True, f"de mailserver {relay.host} neemt mail aan")
