"""`radar read`: what a reader makes of saved files; no network, no database."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from crawlers.saved import NotReadable, Reader, read_saved
from monitor.commands.house import ATTENTION, WRONG_USE, fault_in_dutch, stop

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@click.command()
@click.argument(
    "reader",
    type=click.Choice([reader.value for reader in Reader]),
    metavar="LEZER",
    help="Waarvoor het doorgaat: overview (pagina met berichten), article (één bericht), feed, sitemap, pdf, "
    "wordpress (JSON) of sru (zoekdienst).",
)
@click.argument(
    "files",
    type=click.Path(),
    nargs=-1,
    metavar="[BESTAND]...",
    help="Bewaarde bestanden, of - voor de standaardinvoer.",
)
@click.option("--address", default="", metavar="ADRES", help="Het adres van de pagina, om links compleet te maken.")
@click.option("--stream", is_flag=True, help='Lees JSON-regels {"id", "path", "url"} en geef er per regel één terug.')
def read(reader: str, files: tuple[str, ...], address: str, stream: bool) -> None:
    """Laat zien wat de radar uit een bewaard bestand haalt.

    Er wordt niets opgevraagd en niets bewaard.

    \b
    radar read overview nieuws.html --address https://voorbeeld.nl/nieuws
    curl -s https://voorbeeld.nl/feed/ | radar read feed -
    """
    if stream and files:
        stop("Met --stream komen de bestanden uit de JSON-regels; noem er dan geen.", WRONG_USE)
    if stream:
        _answer_lines(Reader(reader))
        return
    if not files:
        stop("Noem een bestand, of - voor de standaardinvoer.", WRONG_USE)
    for file in files:
        try:
            answer = _answer(Reader(reader), file, address)
        except (OSError, NotReadable) as error:
            stop(_told(file, reader, error), ATTENTION)
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _answer(reader: Reader, path: str, address: str) -> dict[str, Any]:
    with click.open_file(path, "rb") as file:
        body = file.read()
    return read_saved(reader, body, address, datetime.now(AMSTERDAM).date())


def _answer_lines(reader: Reader) -> None:
    """Answer each JSON line before the next is read; a file that cannot be read is told in its answer."""
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            path, name = request["path"], request.get("id")
        except (ValueError, KeyError, TypeError, AttributeError):
            stop(f'Geen JSON-regel met "path": {line.strip()[:80]}', WRONG_USE)
        try:
            answer = _answer(reader, path, request.get("url") or "")
        except (OSError, NotReadable) as error:
            answer = {"error": _why(error)}
        click.echo(json.dumps({"id": name, **answer}, ensure_ascii=False))


def _told(file: str, reader: str, error: OSError | NotReadable) -> str:
    if isinstance(error, OSError):
        return f"{file} is niet te lezen: {fault_in_dutch(error)}."
    return (
        f"{file} is geen {reader}, of het bestand is niet heel. Kies een andere LEZER of een ander bestand.\n({error})"
    )


def _why(error: OSError | NotReadable) -> str:
    return str(error.strerror) if isinstance(error, OSError) else str(error)
