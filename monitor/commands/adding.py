"""`radar source`: paste an address and get a source, and find one again that yields nothing any more."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

import click
from rich.console import Console
from rich.progress import SpinnerColumn, TextColumn

from crawlers.address import absolute
from crawlers.findings import Candidate, Findings
from crawlers.probing import Ask, job, probe
from crawlers.source import Kind
from digest import dutch
from monitor import sources_file
from monitor.commands.house import ATTENTION, WRONG_USE, House, clock, pass_house, progress_bar, stop
from monitor.problems import did_you_mean
from monitor.proposal import (
    KINDS,
    NO_ADDRESS,
    Repair,
    already_followed,
    first_lines,
    places,
    propose,
    repairs,
    same_site,
    trouble_in_words,
    typed_address,
    usual_choice,
    why,
)
from monitor.settings import Settings, SettingsError
from monitor.store import lookup, record

COMMAND = "radar source"


@click.group()
def source() -> None:
    """Een bron toevoegen of herstellen."""


@source.command()
@click.argument("address", metavar="ADRES", help="Het adres van de site of van de pagina met het nieuws.")
@click.option("--yes", "at_once", is_flag=True, help="Voeg het voorstel toe zonder te vragen.")
@click.option("--choose", "numbers", multiple=True, type=int, metavar="NUMMER", help="Neem dit adres; mag vaker.")
@pass_house
def add(house: House, address: str, at_once: bool, numbers: tuple[int, ...]) -> None:
    """Zoek op een adres wat er te volgen is, en voeg het toe aan sources.yaml.

    Plak gewoon het adres uit uw browser. De radar zoekt feeds, sitemaps en pagina's met berichten, en laat zien wat
    erop staat. Een pagina zonder berichten kan de radar in de gaten houden.
    """
    settings = house.settings
    wanted = absolute(typed_address(address), "") or stop(f'"{address}": {NO_ADDRESS}', WRONG_USE)
    known = already_followed(wanted, settings.sources)
    if known:
        stop(f"Dit adres volgt de radar al: het hoort bij de bron {known.title} ({known.name}).", ATTENTION)
    findings = look(settings, wanted)
    if findings.trouble:
        stop(f"{trouble_in_words(findings)}" + (f"\n({findings.detail})" if findings.detail else ""), ATTENTION)
    console = Console(highlight=False)
    _show(console, findings)
    chosen = _chosen(findings.candidates, numbers)
    _warn(console, findings, chosen, settings)
    today = clock().astimezone(settings.radar.digest.zone_info).date()
    proposal = propose(findings, chosen, settings.sources, today)
    console.print("Dit komt in sources.yaml:\n", style="bold")
    console.print(proposal.block(), markup=False)
    if at_once or _agreed():
        _save(lambda: sources_file.add_source(house.folder, house.environment, proposal.block()))
        after = {"addresses": ", ".join(one.address for one in chosen), "way": COMMAND}
        record.note_alone(house.engine, None, "add source", f"source/{proposal.name}", clock(), after=after)
        console.print(f"Toegevoegd: {proposal.title}. De eerste keer leest de radar alles in; daarna is nieuws nieuw.")
    else:
        console.print("Er is niets veranderd.")


def look(settings: Settings, address: str, known: Iterable[str] = ()) -> Findings:
    """Look around at an address, with the address that is asked shown on the terminal."""
    crawl = settings.radar.crawl
    today = clock().astimezone(settings.radar.digest.zone_info).date()
    wanted = job(
        address, settings.user_agent, today, crawl.pause, crawl.timeout, allow_loopback=settings.allow_loopback
    )
    with progress_bar(SpinnerColumn(), TextColumn("{task.description}")) as progress:
        task = progress.add_task("Even kijken …", total=None)
        for event in probe(wanted.model_copy(update={"known": tuple(known)})):
            if isinstance(event, Ask):
                progress.update(task, description=f"Even kijken op {event.asking}")
            else:
                return event
    raise AssertionError("a probe always ends with findings")


@source.command()
@click.argument("name", metavar="NAAM", help="De korte naam van de bron; radar sources noemt ze allemaal.")
@click.option("--address", default="", metavar="ADRES", help="Kijk ook hier, als u weet waar het nieuws nu staat.")
@click.option("--yes", "at_once", is_flag=True, help="Neem het voorstel over zonder te vragen.")
@pass_house
def repair(house: House, name: str, address: str, at_once: bool) -> None:
    """Zoek waar de berichten van een bron nu staan, en zet dat adres in sources.yaml.

    Voor een bron die niets meer geeft, bijvoorbeeld na een nieuwe site. De radar zoekt de berichten die hij al kent.
    """
    settings = house.settings
    broken = settings.source(name)
    if broken is None:
        stop(f'Er is geen bron "{name}". {did_you_mean(name, [one.name for one in settings.sources])}', WRONG_USE)
    past = lookup.past(house.engine, name)
    if not past:
        stop(
            "Van deze bron kent de radar nog geen berichten. Gebruik radar source add met het nieuwe adres.", ATTENTION
        )
    old = broken.endpoints[0].address
    found: list[Repair] = []
    for place in places(broken, typed_address(address)):
        found = repairs(look(settings, place, past).candidates, past)
        if found:
            break
    if not found:
        stop("De radar vindt de bekende berichten nergens terug. Zoek het nieuws zelf op en geef --address.", ATTENTION)
    console = Console(highlight=False)
    best = found[0]
    console.print(
        f"\n{best.known} van de {best.candidate.listed} berichten hier kent de radar van {broken.title}:\n",
        style="bold",
    )
    _show_one(console, 1, best.candidate)
    new = best.endpoint(clock().astimezone(settings.radar.digest.zone_info).date())
    console.print(f"Dit komt in sources.yaml in plaats van {old}:\n\n      - {new}\n", markup=False, soft_wrap=True)
    if at_once or _agreed():
        stood: list[str] = []
        folder, environment = house.folder, house.environment
        _save(lambda: stood.append(sources_file.replace_endpoint(folder, environment, name, old, new)))
        before = {"addresses": old, "endpoint": stood[0]}
        after = {"addresses": best.candidate.address, "endpoint": new, "way": COMMAND}
        record.note_alone(house.engine, None, "repair source", f"source/{name}", clock(), before=before, after=after)
        console.print("Hersteld. Bekende berichten komen niet opnieuw in de wachtrij.")
    else:
        console.print("Er is niets veranderd.")


def _show(console: Console, findings: Findings) -> None:
    many = dutch.count(len(findings.candidates), "adres", "adressen")
    console.print(f"\n{findings.title}: {many} om te volgen.\n", style="bold")
    for number, one in enumerate(findings.candidates, 1):
        _show_one(console, number, one)


def _show_one(console: Console, number: int, one: Candidate) -> None:
    watched = one.kind is Kind.WATCH
    listed = "" if watched else f" {one.listed} berichten,"
    console.print(f"{number}. {KINDS[one.kind]},{listed} {one.confidence:.0%} zeker", style="bold")
    console.print(f"   {one.address}", markup=False, soft_wrap=True)
    console.print(f"   Waarom: {why(one)}.")
    for item in one.items:
        day = item.published.day.isoformat() if item.published else item.modified[:10] or "geen datum"
        said = "" if watched else f"- {day}  "
        console.print(f"   {said}{item.title or item.address}", markup=False, soft_wrap=True)
    for line in first_lines(one):
        console.print(f"   {line}", markup=False, soft_wrap=True)
    console.print()


def _chosen(candidates: Sequence[Candidate], numbers: Sequence[int]) -> tuple[Candidate, ...]:
    if any(not 1 <= number <= len(candidates) for number in numbers):
        stop(f"Kies een nummer van 1 tot en met {len(candidates)}.", WRONG_USE)
    return tuple(candidates[number - 1] for number in numbers) or usual_choice(candidates)


def _warn(console: Console, findings: Findings, chosen: Sequence[Candidate], settings: Settings) -> None:
    for one in chosen:
        known = already_followed(one.address, settings.sources)
        if known:
            stop(f"De radar volgt {one.address} al: het hoort bij de bron {known.title} ({known.name}).", ATTENTION)
    others = same_site(findings.address, settings.sources)
    if others:
        names = ", ".join(other.name for other in others)
        console.print(f"Let op: van deze site volgt de radar al een ander adres, bij {names}.\n", style="yellow")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        click.echo("Voeg --yes toe om dit te bewaren.", err=True)
        return False
    click.echo("Toevoegen? [j/n] ", nl=False)
    key = click.getchar().lower()
    click.echo(key)
    return key in ("j", "y", "\r")


def _save(write: Callable[[], object]) -> None:
    try:
        write()
    except SettingsError as error:
        stop(str(error), ATTENTION)
    except sources_file.ChangedMeanwhile:
        stop("Iemand anders schreef net in sources.yaml. Er is niets veranderd; probeer het opnieuw.", ATTENTION)
    except OSError as error:
        stop(f"sources.yaml is niet te schrijven ({error.strerror}).", ATTENTION)
