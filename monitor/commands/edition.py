"""`radar edition`: looking at the letter, fixing it and sending it by hand."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from digest import dutch
from digest import store as editions
from digest.bounces import bounces_of
from digest.check import Severity, may_go
from digest.doubts import doubts_of
from digest.edition import Audience
from digest.outbox import SendReport
from digest.records import DeliveryState, DeliverySummary, EditionRefused, EditionState
from digest.render import preview_html, preview_text
from digest.smtp import RelayTrouble
from monitor.commands.house import ATTENTION, WRONG_USE, House, clock, fault_in_dutch, pass_house, progress_bar, stop
from monitor.commands.mail import BOUNCE
from monitor.store import arrangements, doubts

COMMAND = "radar edition"

AUDIENCES = click.Choice([audience.value for audience in Audience])
audience_argument = click.argument(
    "audience", type=AUDIENCES, metavar="DOELGROEP", help=f"Voor wie: {', '.join(AUDIENCES.choices)}."
)
number_argument = click.argument(
    "edition_id", type=int, metavar="NUMMER", help="Nummer van de brief; zie radar edition status."
)
DELIVERY = {
    DeliveryState.QUEUED: "wacht",
    DeliveryState.SENDING: "onderweg",
    DeliveryState.SENT: "verzonden",
    DeliveryState.REFUSED: "geweigerd",
    DeliveryState.DEFERRED: "uitgesteld",
    DeliveryState.IN_DOUBT: "onzeker",
    DeliveryState.CANCELLED: "afgemeld",
}
EDITION = {
    EditionState.DRAFT: "concept",
    EditionState.FROZEN: "vastgezet",
    EditionState.SENDING: "wordt verzonden",
    EditionState.SENT: "verzonden",
    EditionState.STOPPED: "stilgezet",
}


@click.group()
def edition() -> None:
    """De weekbrief bekijken, vastzetten en verzenden."""


@edition.command()
@audience_argument
@click.option(
    "--html", type=click.Path(path_type=Path), metavar="BESTAND", default=None, help="Schrijf de HTML naar dit bestand."
)
@click.option("--month", is_flag=True, help="De maandbrief, met wat deze maand al in de weekbrieven stond.")
@pass_house
def preview(house: House, audience: str, html: Path | None, *, month: bool) -> None:
    """Toont de brief zoals die nu zou zijn, als tekst."""
    compose = house.editor.upcoming_month if month else house.editor.upcoming
    draft = compose(Audience(audience))
    letter = house.editor.letter(draft)
    if html:
        try:
            html.write_text(preview_html(letter), encoding="utf-8")
        except OSError as fault:
            stop(f"{html} kan niet geschreven worden: {fault_in_dutch(fault)}.", WRONG_USE)
        click.echo(f"Geschreven: {html}", err=True)
    else:
        click.echo(f"Onderwerp: {letter.subject}\n\n{preview_text(letter)}")
    for finding in house.editor.findings(draft):
        mark = "STOP" if finding.severity is Severity.STOP else "let op"
        click.echo(f"{mark}: {finding.place}: {finding.message}", err=True)


@edition.command()
@audience_argument
@pass_house
def freeze(house: House, audience: str) -> None:
    """Zet de brief van deze week vast, met een verzending per lezer; daarna verandert er niets meer aan."""
    draft = house.editor.draft(Audience(audience))
    findings = house.editor.findings(draft)
    if not may_go(findings):
        stop("\n".join(f"{finding.place}: {finding.message}" for finding in findings))
    if reason := house.editor.waits_for_people(draft):
        page = f"{house.settings.radar.desk.public_url}/brief/{audience}"
        stop(f"De brief voor {draft.audience.plural} is niet vastgezet: {reason} Regel dat eerst op {page}")
    try:
        edition_id, readers = house.editor.freeze(draft)
    except EditionRefused as refused:
        stop(str(refused))
    click.echo(f"Brief {edition_id} ({draft.subject}) staat vast voor {readers} lezers.")
    click.echo(f"Verzenden: radar edition send {edition_id}")


@edition.command()
@number_argument
@pass_house
def send(house: House, edition_id: int) -> None:
    """Verzendt een vastgezette brief; opnieuw geven gaat verder waar het bleef."""
    try:
        report = send_with_progress(house, edition_id)
    except (EditionRefused, RelayTrouble) as refused:
        stop(str(refused))
    except OSError as fault:
        folder = house.settings.radar.digest.outbox
        stop(f"De map {folder} voor de brieven is niet te gebruiken: {fault_in_dutch(fault)}.")
    click.echo(counted(report.summary))
    if report.trouble:
        stop(report.trouble)
    if not report.finished:
        stop("Nog niet alles is weg. De radar gaat vanzelf verder, of geef dit nog eens.", ATTENTION)


def send_with_progress(house: House, edition_id: int) -> SendReport:
    """Send and show on the terminal how far it is."""
    columns = (TextColumn("Verzenden"), BarColumn(), MofNCompleteColumn())
    with progress_bar(*columns) as progress:
        task = progress.add_task("", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, total=total, completed=done)

        return house.editor.send(edition_id, show)


@edition.command()
@click.argument(
    "edition_id",
    type=int,
    required=False,
    metavar="[NUMMER]",
    help="Nummer van een brief; zonder nummer: alle brieven.",
)
@pass_house
def status(house: House, edition_id: int | None) -> None:
    """Toont de brieven met hun verzendingen; met een nummer ook elke lezer."""
    if edition_id is None:
        everything = editions.editions(house.engine)
        if not everything:
            click.echo("Er is nog geen brief. Zie hoe hij nu zou zijn: radar edition preview DOELGROEP", err=True)
        for one in everything:
            summary = editions.deliveries_summary(house.engine, one.id)
            click.echo(f"{one.id}\t{one.issue}\t{one.audience.value}\t{EDITION[one.state]}\t{counted(summary)}")
        return
    try:
        one = editions.find_edition(house.engine, edition_id)
    except EditionRefused as refused:
        stop(str(refused))
    click.echo(f"Brief {one.id}, {one.content.week}, voor {one.audience.plural}: {EDITION[one.state]}")
    back = bounces_of(house.engine, edition_id)
    for delivery in editions.deliveries(house.engine, edition_id):
        came_back = back.get(delivery.id)
        told = f"\t{BOUNCE[came_back.kind]}: {came_back.status} {came_back.detail}".rstrip() if came_back else ""
        click.echo(f"{delivery.email}\t{DELIVERY[delivery.state]}\t{delivery.response}{told}")
    if back:
        click.echo(f"Teruggekomen: {len(back)}. Zie ook: radar mail returned")


@edition.command("stop")
@number_argument
@pass_house
def stop_edition(house: House, edition_id: int) -> None:
    """Houdt een brief tegen, ook midden in het verzenden."""
    if not editions.stop(house.engine, edition_id, arrangements.noting("stop letter", clock(), way=COMMAND)):
        stop(f"Brief {edition_id} is niet tegen te houden: {_state(house, edition_id)}.")
    click.echo(f"Brief {edition_id} staat stil. Verder: radar edition resume {edition_id}")


@edition.command()
@number_argument
@pass_house
def resume(house: House, edition_id: int) -> None:
    """Laat een stilgezette brief weer gaan."""
    now = clock()
    if not editions.resume(house.engine, edition_id, now, arrangements.noting("resume letter", now, way=COMMAND)):
        stop(f"Brief {edition_id} staat niet stil: {_state(house, edition_id)}.")
    click.echo(
        f"Brief {edition_id} gaat verder. De radar verzendt hem vanzelf, of nu met: radar edition send {edition_id}"
    )


@edition.command()
@number_argument
@pass_house
def again(house: House, edition_id: int) -> None:
    """Stuurt de brieven waarvan niemand weet of ze aankwamen nog eens; een lezer kan hem dan dubbel krijgen."""
    waiting = [one.delivery_id for one in doubts_of(house.engine, edition_id) if one.again_at is None]
    if not waiting:
        stop(f"Van brief {edition_id} wacht geen onzekere brief op u: {_state(house, edition_id)}.")
    letters = doubts.once_more(house.engine, editions.find_edition(house.engine, edition_id), waiting, None, clock())
    click.echo(f"{dutch.count(letters, 'brief gaat', 'brieven gaan')} nog eens; de radar verzendt vanzelf.")


def _state(house: House, edition_id: int) -> str:
    """In which state an edition is, in Dutch."""
    try:
        return f"de staat is “{EDITION[editions.find_edition(house.engine, edition_id).state]}”"
    except EditionRefused:
        return "er is geen brief met dit nummer; zie radar edition status"


def counted(summary: DeliverySummary) -> str:
    """How many deliveries are in each state, in Dutch."""
    parts = [f"{summary[state]} {words}" for state, words in DELIVERY.items() if summary[state]]
    return ", ".join(parts) or "geen lezers"
