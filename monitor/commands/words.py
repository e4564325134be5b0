"""`radar words`: trying other words on stored items, saving them, and taking them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from digest import dutch
from monitor import bench, words_file
from monitor.commands.house import ATTENTION, WRONG_USE, House, clock, fault_in_dutch, pass_house, stop
from monitor.figures_words import between, of_hundred
from monitor.measure import Estimate
from monitor.settings import Settings, SettingsError
from monitor.store import words as editions
from monitor.trial import Flip, Trial
from monitor.words_file import Overtaken

FLIPS_SHOWN = 20
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def words() -> None:
    """Andere woorden proberen, bewaren en terugzetten."""


@words.command("try")
@click.argument("file", type=FILE, metavar="BESTAND", help="Een veranderd exemplaar van words.yaml.")
@pass_house
def try_words(house: House, file: Path) -> None:
    """Laat zien welke berichten anders vallen met de woorden in BESTAND.

    Er wordt niets bewaard.
    """
    then = _settings_with(house, _text(file))
    show(bench.trial(house.engine, house.settings, then, clock()), house.settings)


@words.command("save")
@click.argument("file", type=FILE, metavar="BESTAND", help="Een veranderd exemplaar van words.yaml.")
@pass_house
def save_words(house: House, file: Path) -> None:
    """Zet BESTAND in de plaats van words.yaml en bewaart de vorige versie."""
    _settings_with(house, _text(file))
    over = words_file.read(house.settings.folder)
    _save(lambda: bench.save(house.engine, house.live, _text(file), over, "veranderd met radar words", None, clock()))
    click.echo("Bewaard. Terug kan met: radar words back")


@words.command("back")
@click.argument("number", type=int, required=False, metavar="[VERSIE]", help="Het nummer uit radar words list.")
@pass_house
def restore_words(house: House, number: int | None) -> None:
    """Zet een eerdere versie terug; zonder nummer die van vóór de laatste."""
    kept = editions.editions(house.engine, 2)
    if number is None and len(kept) < 2:
        stop("Er is geen eerdere versie.", ATTENTION)
    edition = editions.edition(house.engine, number if number is not None else kept[1].id)
    if edition is None:
        stop(f"Versie {number} is er niet. Kijk welke er zijn met: radar words list", WRONG_USE)
    _save(lambda: bench.back(house.engine, house.live, edition, None, clock()))
    click.echo(f"Versie {edition.id} is teruggezet.")


@words.command("list")
@pass_house
def list_words(house: House) -> None:
    """Toont de versies die bewaard zijn, de nieuwste eerst."""
    kept = editions.editions(house.engine)
    zone = house.settings.radar.digest.zone_info
    for one in kept:
        by = f" door {one.by}" if one.by else ""
        click.echo(f"{one.id:>4}  {one.saved_at.astimezone(zone):%d-%m-%Y %H:%M}  {one.note}{by}")
    if not kept:
        click.echo("Er is nog niets bewaard.")


def show(trial: Trial, settings: Settings) -> None:
    """Print what a trial came to."""
    arriving = [flip for flip in trial.flips if flip.flagged]
    leaving = [flip for flip in trial.flips if not flip.flagged]
    click.echo(f"Geprobeerd op {dutch.count(trial.tried, 'bericht', 'berichten')}, {trial.decided} daarvan beoordeeld.")
    for heading, flips in (("Komt erbij in de wachtrij", arriving), ("Valt weg uit de wachtrij", leaving)):
        if flips:
            click.echo(f"\n{heading}: {len(flips)}")
        for flip in flips[:FLIPS_SHOWN]:
            click.echo(_line(flip, settings))
    if not trial.flips:
        click.echo("Er verandert niets.")
    if trial.decided:
        click.echo("\nOp de beoordeelde berichten, nu en straks:")
        click.echo(f"  gekozen van wat opvalt    {_share(trial.before.precision)}  {_share(trial.after.precision)}")
        click.echo(f"  gevonden van wat u koos   {_share(trial.before.recall)}  {_share(trial.after.recall)}")


def _line(flip: Flip, settings: Settings) -> str:
    decision = {True: "gekozen", False: "afgewezen", None: ""}[flip.case.accepted]
    words_found = ", ".join(dict.fromkeys(reason.found for reason in (*flip.came, *flip.went)))
    source = settings.source(flip.case.source)
    facts = ", ".join(part for part in (source.title if source else flip.case.source, decision, words_found) if part)
    return f"  {flip.case.title} ({facts})"


def _share(estimate: Estimate | None) -> str:
    return f"{of_hundred(estimate.value)} ({between(estimate)})" if estimate else "niet te zeggen"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault_in_dutch(fault) if isinstance(fault, OSError) else "het is geen UTF-8"
        stop(f"{file} is niet te lezen: {reason}.", WRONG_USE)


def _settings_with(house: House, text: str) -> Settings:
    try:
        return house.live.with_words(text.encode())
    except SettingsError as error:
        stop(str(error), WRONG_USE)


def _save(work: Callable[[], Settings]) -> None:
    try:
        work()
    except SettingsError as error:
        stop(str(error), WRONG_USE)
    except Overtaken as overtaken:
        stop(str(overtaken))
    except OSError as fault:
        stop(f"words.yaml is niet te schrijven: {fault_in_dutch(fault)}.")
