"""`radar crawl` and `radar sources`: reading the sources by hand, and how they fare."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
from rich.table import Table

from crawlers.publication import Event, Publication, Reason, SourceFinished
from digest import dutch
from monitor.commands.house import (
    ATTENTION,
    BUSY,
    OFFLINE,
    WRONG_USE,
    House,
    clock,
    pass_house,
    progress_bar,
    stop,
    warn_of_loopback,
)
from monitor.health import HEALTHY
from monitor.health_words import WHY
from monitor.health_words import health as health_in_words
from monitor.intake import Intake, RunReport, run_due
from monitor.log import log_to_stderr
from monitor.problems import did_you_mean
from monitor.settings import Settings
from monitor.source_state import SourceRun
from monitor.store import gaps
from monitor.store import sources as source_store
from monitor.store.lock import crawl_lock
from monitor.telling import OFFLINE_TEXT

ANSWERS = {
    Reason.OK: "goed",
    Reason.UNCHANGED: "niets veranderd",
    "read": "gelezen",
    "none": "die zijn er niet",
    "unreadable": "niet te lezen",
    "no answer": "geen antwoord",
    "leads on": "stuurt door",
    "asked again": "nog eens gevraagd",
}


def crawl_with_progress(house: House, names: tuple[str, ...]) -> RunReport:
    """Crawl these sources, or what is due when there are none, and show on the terminal how far it is."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with progress_bar(*columns) as progress:
        task = progress.add_task("Bronnen lezen", total=len(names) or None)
        pages = 0

        def show(event: Event) -> None:
            nonlocal pages
            if isinstance(event, SourceFinished):
                progress.advance(task)
            elif isinstance(event, Publication):
                pages += 1
                progress.update(task, description=f"Bronnen lezen, {pages} berichten gevonden")

        return run_due(Intake(house.engine, house.settings, clock, progress=show), names)


@click.command()
@click.option("--now", "at_once", is_flag=True, help="Lees elke bron één keer, ook als die nog niet aan de beurt is.")
@click.option("--source", "only", multiple=True, metavar="NAAM", help="Alleen deze bron; mag vaker.")
@click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    metavar="MAP",
    default=None,
    help="Map met de YAML-bestanden.",
)
@pass_house
def crawl(house: House, at_once: bool, only: tuple[str, ...], folder: Path | None) -> None:
    """Leest de bronnen die aan de beurt zijn.

    Laat zien wat het opleverde en stopt dan.

    Voor tests en demo bestaat één schakelaar: met RADAR_ALLOW_LOOPBACK=1 gaan vragen alleen naar adressen
    van deze computer zelf, en nergens anders heen.
    """
    house = replace(house, folder=folder) if folder else house
    log_to_stderr(quiet=sys.stderr.isatty())
    settings = house.settings
    warn_of_loopback(settings)
    chosen = _switched_on(settings, only)
    names = chosen if only or at_once else ()
    with crawl_lock(house.engine) as held:
        if not held:
            stop("Een ander proces leest de bronnen al. Probeer het straks opnieuw.", BUSY)
        may_be = _without_resting(house, names)
        if names and not may_be:
            sys.exit(ATTENTION)
        report = crawl_with_progress(house, may_be)
    show_report(report, settings)
    if report.offline:
        stop(OFFLINE_TEXT, OFFLINE)
    if may_be != names or any(Reason(run.reason) not in HEALTHY for run in report.runs):
        sys.exit(ATTENTION)


def _switched_on(settings: Settings, names: Sequence[str]) -> tuple[str, ...]:
    """The names as they were given, or of every source that is on; a name that cannot be read ends the command."""
    enabled = tuple(source.name for source in settings.enabled)
    if not enabled:
        stop("Er staat geen enkele bron aan. Zet er een aan met enabled: true in sources.yaml.")
    for name in names:
        if settings.source(name) is None:
            hint = did_you_mean(name, [source.name for source in settings.sources])
            stop(f"Er is geen bron “{name}” in sources.yaml. {hint}", WRONG_USE)
        if name not in enabled:
            stop(f"De bron “{name}” staat uit. Zet hem aan met enabled: true in sources.yaml.", WRONG_USE)
    return tuple(dict.fromkeys(names)) or enabled


def _without_resting(house: House, names: tuple[str, ...]) -> tuple[str, ...]:
    """The sources of these whose site may be asked now; of the others it says until when their site wants to rest."""
    states, now = source_store.states(house.engine), clock()
    resting = {name: states[name].rests_until for name in names if name in states and states[name].rests(now)}
    for name, until in resting.items():
        source = house.settings.source(name)
        assert source
        assert until
        wish = f"De site van {source.title} wil met rust gelaten worden tot {_local(house, until)}."
        click.echo(f"{wish} De radar vraagt er nu niets.")
    return tuple(name for name in names if name not in resting)


def show_report(report: RunReport, settings: Settings) -> None:
    """Print what a run brought, a line per source."""
    if not report.runs:
        click.echo("Er is nu geen bron aan de beurt. Met --now leest u ze toch.")
        return
    titles = {source.name: source.title for source in settings.sources}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Bron", "Uitkomst"):
        table.add_column(heading, overflow="fold")
    for heading in ("Gezien", "Nieuw", "Gewijzigd", "Opvallend"):
        table.add_column(heading, justify="right")
    for run in report.runs:
        cells = (run.listed, run.new, run.changed, run.flagged)
        table.add_row(titles.get(run.source, run.source), outcome(run), *(str(cell) for cell in cells))
    Console(width=None if sys.stdout.isatty() else 110).print(table)


def outcome(run: SourceRun) -> str:
    """What a run came to, in a few Dutch words."""
    if Reason(run.reason) not in HEALTHY:
        return health_in_words(run.reason).sentence
    if run.baseline:
        return "eerste keer: alles is bekend, niets is nieuws"
    later = f"; {dutch.count(run.left_over, 'bericht volgt', 'berichten volgen')} later" if run.left_over else ""
    return ("niets veranderd" if run.reason == Reason.UNCHANGED else "goed") + later


def answer_in_words(said: str) -> str:
    """What an address answered, as `crawlers.publication.Request` has it, in a few Dutch words."""
    code, redirected, place = said.partition("; redirected to ")
    words = ANSWERS.get(code) or health_in_words(code).sentence
    return f"{words}; stuurt door naar {place}" if redirected else words


@click.group(invoke_without_command=True)
@click.pass_context
def sources(context: click.Context) -> None:
    """Hoe de bronnen het doen en wanneer ze aan de beurt zijn.

    Zonder opdracht erachter: de lijst.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_sources)


@sources.command("list")
@pass_house
def list_sources(house: House) -> None:
    """Toont elke bron met zijn toestand."""
    settings = house.settings
    states = source_store.states(house.engine)
    table = Table(box=None, pad_edge=False, header_style="bold")
    missed = Counter(gap.source for gap in gaps.open_gaps(house.engine))
    for heading in ("Naam", "Titel", "Toestand", "Laatst gelezen", "Weer aan de beurt"):
        table.add_column(heading, overflow="fold")
    for source in settings.sources:
        state = states.get(source.name)
        if not source.enabled:
            table.add_row(source.name, source.title, "uit", "", "")
        elif state is None or state.checked_at is None:
            table.add_row(source.name, source.title, "nog niet gelezen", "", "")
        else:
            maybe = " Misschien is er iets gemist; kijk op de pagina Bronnen." if missed[source.name] else ""
            waits = f" {health_in_words(Reason.SITE_RESTS).sentence}" if state.rests(clock()) else ""
            words = health_in_words(state.reason).sentence + waits + maybe
            table.add_row(
                source.name, source.title, words, _local(house, state.checked_at), _local(house, state.due_at)
            )
    Console(width=None if sys.stdout.isatty() else 140).print(table)


@sources.command("log")
@click.argument("name", metavar="NAAM", help="Naam van de bron, zoals in sources.yaml.")
@click.option("--runs", default=5, show_default=True, metavar="AANTAL", help="Zoveel keren terug.")
@pass_house
def show_log(house: House, name: str, runs: int) -> None:
    """Toont elke vraag aan de site van een bron: wanneer, waarom en wat het antwoord was."""
    (name,) = _switched_on(house.settings, (name,))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Keer", "Waarom", "Adres", "Antwoord"):
        table.add_column(heading, overflow="fold")
    for run in reversed(source_store.runs(house.engine, name, runs)):
        if not run.asked:
            table.add_row(_local(house, run.finished_at), "niets gevraagd", "", run.detail or outcome(run))
        for one in run.asked:
            answer = f"{one['status'] or '-'} {answer_in_words(one['answer'])}"
            table.add_row(_local(house, run.finished_at), WHY.get(one["why"], one["why"]), one["address"], answer)
    Console(width=None if sys.stdout.isatty() else 180).print(table)


@sources.command("due")
@click.argument("names", nargs=-1, metavar="[NAAM]...", help="Namen van bronnen; zonder naam: alle bronnen.")
@pass_house
def make_due(house: House, names: tuple[str, ...]) -> None:
    """Zet bronnen (of alle bronnen) meteen aan de beurt."""
    chosen = _switched_on(house.settings, names)
    may_be = _without_resting(house, chosen)
    source_store.make_due(house.engine, may_be, clock())
    if may_be:
        click.echo("Meteen aan de beurt: " + ", ".join(may_be))


def _local(house: House, moment: datetime) -> str:
    return moment.astimezone(house.settings.radar.digest.zone_info).strftime("%d-%m %H:%M")
