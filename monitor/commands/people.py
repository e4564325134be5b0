"""`radar reviewer` and `radar subscriber`: who judges, and who gets the letter."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from pathlib import Path

import click

from digest import dutch, own_data, suppressions
from digest import subscribers as readers
from digest.address import normalised
from digest.bounce_tables import Suppression
from digest.consent import COLUMNS, OUR_CLOCK, new_subscriber, read_csv
from digest.edition import Audience
from digest.records import Subscriber
from monitor.commands.house import WRONG_USE, House, clock, pass_house, stop
from monitor.desk.passwords import SHORTEST_PASSWORD, hash_password
from monitor.role import Role
from monitor.store import people

ROLES = click.Choice([role.value for role in Role])
AUDIENCES = click.Choice([audience.value for audience in Audience])


@click.group()
def reviewer() -> None:
    """De mensen die op de redactiepagina kiezen."""


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Wachtwoord", hide_input=True, confirmation_prompt="Nog een keer")
    if len(password) < SHORTEST_PASSWORD:
        stop(
            f"Het wachtwoord is te kort. Neem minstens {SHORTEST_PASSWORD} tekens, zoals vier losse woorden.", WRONG_USE
        )
    return password


@reviewer.command("add")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@click.option("--name", default="", metavar="NAAM", help="Naam zoals collega's die zien.")
@click.option(
    "--role", type=ROLES, default=None, help="Wat die mag; anders is de eerste beheerder en ieder ander beoordelaar."
)
@click.option("--password-stdin", is_flag=True, help="Lees het wachtwoord van de standaardinvoer.")
@pass_house
def add_reviewer(house: House, email: str, name: str, role: str | None, password_stdin: bool) -> None:
    """Geeft iemand toegang tot de redactiepagina.

    Een lezer kijkt mee, een beoordelaar kiest, een redacteur maakt ook de brief, en een beheerder regelt alles.
    """
    try:
        address = normalised(email)
    except ValueError as error:
        stop(f"{error}.", WRONG_USE)
    hashed = hash_password(_ask_password(password_stdin))
    first = Role.REVIEWER if people.reviewers(house.engine) else Role.ADMINISTRATOR
    given = Role(role) if role else first
    if not people.add_reviewer(house.engine, address, name or address.partition("@")[0], hashed, clock(), given):
        stop(f"{address} heeft al toegang. Een nieuw wachtwoord: radar reviewer password {address}")
    click.echo(f"{address} kan nu als {given} inloggen op {house.settings.radar.desk.public_url}")


@reviewer.command("password")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@click.option("--password-stdin", is_flag=True, help="Lees het wachtwoord van de standaardinvoer.")
@pass_house
def change_password(house: House, email: str, password_stdin: bool) -> None:
    """Geeft iemand een nieuw wachtwoord en logt die overal uit."""
    if people.by_email(house.engine, email) is None:
        stop(f"{email} heeft geen toegang. Zie: radar reviewer list")
    people.set_password(house.engine, email, hash_password(_ask_password(password_stdin)), clock())
    click.echo(f"Het wachtwoord van {email} is veranderd.")


@reviewer.command("role")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@click.argument("role", type=ROLES, metavar="ROL", help="lezer, beoordelaar, redacteur of beheerder.")
@pass_house
def change_role(house: House, email: str, role: str) -> None:
    """Geeft iemand een andere rol; die geldt meteen."""
    one = people.by_email(house.engine, email)
    if one is None:
        stop(f"{email} heeft geen toegang. Zie: radar reviewer list")
    people.set_role(house.engine, one.id, Role(role), clock())
    click.echo(f"{email} is nu {role}.")


@reviewer.command("remove")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@pass_house
def remove_reviewer(house: House, email: str) -> None:
    """Neemt iemand de toegang af; wat die besloot, blijft staan."""
    one = people.by_email(house.engine, email)
    if one is None:
        stop(f"{email} heeft geen toegang. Zie: radar reviewer list")
    people.withdraw(house.engine, one.id, clock())
    click.echo(f"{one.email} heeft geen toegang meer.")


@reviewer.command("list")
@pass_house
def list_reviewers(house: House) -> None:
    """Toont wie toegang heeft."""
    everyone = people.reviewers(house.engine)
    for one in everyone:
        click.echo(f"{one.email}\t{one.name}\t{one.role}")
    if not everyone:
        click.echo("Nog niemand. Maak iemand aan met: radar reviewer add NAAM@VOORBEELD.NL", err=True)


@click.group()
def subscriber() -> None:
    """De lezers van de brief.

    Zonder bewijs van toestemming komt niemand op de lijst.
    """


@subscriber.command("add")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@click.option("--audience", type=AUDIENCES, required=True, help="Welke brief deze lezer krijgt.")
@click.option("--name", default="", metavar="NAAM", help="Naam van de lezer.")
@click.option(
    "--consent", required=True, metavar="TEKST", help='Hoe er toestemming kwam, zoals "aanmeldformulier 3 mei".'
)
@click.option(
    "--consent-date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="JJJJ-MM-DD",
    default=None,
    help="Dag van de toestemming; anders vandaag.",
)
@pass_house
def add_subscriber(house: House, email: str, audience: str, name: str, consent: str, consent_date: date | None) -> None:
    """Voegt een lezer toe, met bewijs van toestemming (Telecommunicatiewet 11.7)."""
    now = clock()
    today = now.astimezone(OUR_CLOCK).date()
    when = date(consent_date.year, consent_date.month, consent_date.day) if consent_date else today
    try:
        newcomer = new_subscriber(email, name, audience, consent, when, today, by="radar subscriber add")
        added = readers.add(house.engine, [newcomer], now)
    except ValueError as error:
        stop(f"{error}.", WRONG_USE)
    except readers.SubscriberRefused as refused:
        stop(str(refused), WRONG_USE)
    click.echo(
        f"{newcomer.email} {'krijgt nu' if added.added else 'kreeg al'} de brief voor {Audience(audience).plural}."
    )


@subscriber.command("import")
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="BESTAND", help="Het CSV-bestand."
)
@pass_house
def import_subscribers(house: House, file: Path) -> None:
    """Leest lezers uit een CSV-bestand: e-mail, naam, doelgroep, toestemming_op, toestemming_hoe.

    Het bestand gaat er helemaal in of helemaal niet.
    """
    try:
        newcomers, problems = read_csv(
            file.read_text(encoding="utf-8"), clock(), by=f"radar subscriber import {file.name}"
        )
    except UnicodeDecodeError:
        stop(f"{file} is geen UTF-8. Bewaar het in Excel als “CSV UTF-8”.", WRONG_USE)
    if problems:
        lines = [f"{file}, regel {problem.line}: {problem.message}" for problem in problems]
        stop("\n".join([*lines, "Er is niemand toegevoegd."]), WRONG_USE)
    try:
        added = readers.add(house.engine, newcomers, clock())
    except readers.SubscriberRefused as refused:
        stop(f"{refused}\nEr is niemand toegevoegd.", WRONG_USE)
    there = dutch.count(len(added.already), "stond", "stonden")
    click.echo(f"{dutch.count(len(added.added), 'lezer', 'lezers')} toegevoegd, {there} er al op.")


@subscriber.command("list")
@click.option("--audience", type=AUDIENCES, default=None, help="Alleen deze doelgroep.")
@pass_house
def list_subscribers(house: House, audience: str | None) -> None:
    """Toont de lezers als CSV, in de vorm die import ook leest."""
    out = csv.writer(sys.stdout)
    out.writerow(COLUMNS)
    for one in readers.subscribers(house.engine):
        if audience in (None, one.audience.value):
            cells = (one.email, one.name, one.audience.value, one.consent.when, one.consent.how)
            out.writerow([_plain(str(cell)) for cell in cells])


@subscriber.command("remove")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@pass_house
def remove_subscriber(house: House, email: str) -> None:
    """Meldt een lezer af; die krijgt niets meer, ook niet van een brief die al klaarstaat."""
    one = _known_reader(house, email)
    readers.leave(house.engine, one.token, clock())
    click.echo(f"{one.email} is afgemeld.")


@subscriber.command("export")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@pass_house
def export_subscriber(house: House, email: str) -> None:
    """Toont alles wat van een lezer bewaard is, als JSON (recht op inzage, AVG 15)."""
    click.echo(json.dumps(own_data.export(house.engine, _known_reader(house, email)), ensure_ascii=False, indent=2))


@subscriber.command("erase")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@pass_house
def erase_subscriber(house: House, email: str) -> None:
    """Wist alles wat van een lezer bewaard is (AVG 17).

    Dat kan niet ongedaan worden gemaakt. Een geheime code blijft, zodat een oude lijst niemand terugbrengt.
    """
    one = _known_reader(house, email)
    own_data.erase(house.engine, one.id, Suppression.ERASED, clock())
    click.echo(f"De gegevens van {one.email} zijn gewist.")


@subscriber.command("allow")
@click.argument("email", metavar="E-MAIL", help="Het e-mailadres.")
@pass_house
def allow_subscriber(house: House, email: str) -> None:
    """Haalt een adres van de lijst van wie niet gemaild mag worden.

    Alleen als de lezer er zelf om vraagt, bijvoorbeeld na een klacht bij vergissing. Daarna kan die zich aanmelden.
    """
    try:
        address = normalised(email)
    except ValueError as error:
        stop(f"{error}.", WRONG_USE)
    with house.engine.begin() as connection:
        lifted = suppressions.lift(connection, address)
    click.echo(f"{address} {'mag weer gemaild worden' if lifted else 'stond niet op die lijst'}.")


def _known_reader(house: House, email: str) -> Subscriber:
    try:
        one = readers.by_email(house.engine, email)
    except ValueError as error:
        stop(f"{error}.", WRONG_USE)
    if one is None:
        stop(f"{email} staat niet op de lijst. Zie: radar subscriber list")
    return one


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
