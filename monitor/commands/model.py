"""`radar model`: what the radar learned from decisions, learning now, and taking a lesson back."""

from __future__ import annotations

import click

from digest import dutch
from monitor import lessons
from monitor.commands.house import ATTENTION, WRONG_USE, House, clock, pass_house, stop
from monitor.store import models
from monitor.store.models import SEED


@click.group()
def model() -> None:
    """Wat de radar leerde van uw besluiten."""


@model.command("list")
@pass_house
def list_lessons(house: House) -> None:
    """Toont elke keer dat er geleerd is, de nieuwste eerst."""
    now = models.in_use(house.engine)
    zone = house.settings.radar.digest.zone_info
    for one in models.lessons(house.engine):
        mark = "*" if now and one.id == now.id else " "
        decisions = dutch.count(one.examples, "besluit", "besluiten")
        before, after = one.figures.get("surprise_before"), one.figures.get("surprise_after")
        click.echo(
            f"{mark} {one.id:>3}  {one.trained_at.astimezone(zone):%d-%m-%Y %H:%M}  {decisions}; "
            f"fout op latere besluiten {before} → {after}"
        )
    click.echo(f"{' ' if now else '*'} {SEED}: wat de radar wist voordat er iets beoordeeld was")


@model.command("train")
@pass_house
def train_now(house: House) -> None:
    """Leert nu van wat er gekozen en afgewezen is.

    Het nieuwe model komt alleen in gebruik als het latere besluiten beter voorspelt dan het oude.
    """
    outcome = lessons.learn(house.engine, house.settings, clock())
    if outcome.lesson is None:
        stop("Er zijn nog te weinig nieuwe besluiten om van te leren.", ATTENTION)
    told = "Beter dan het oude; in gebruik." if outcome.used else "Niet beter dan het oude; bewaard, niet in gebruik."
    click.echo(f"Geleerd van {dutch.count(outcome.lesson.examples, 'besluit', 'besluiten')}. {told}")


@model.command("use")
@click.argument("name", metavar="NUMMER", help=f"Het nummer uit radar model list, of “{SEED}”.")
@pass_house
def use_lesson(house: House, name: str) -> None:
    """Neemt een eerder model in gebruik; wat nog wacht wordt dan opnieuw beoordeeld."""
    known = {str(one.id): one.id for one in models.lessons(house.engine, 1000)}
    if name != SEED and name not in known:
        stop(f"Er is geen model {name}. Kijk welke er zijn met: radar model list", WRONG_USE)
    models.use(house.engine, known.get(name), None, clock())
    click.echo(f"In gebruik: {name}.")
