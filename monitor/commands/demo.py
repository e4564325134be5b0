"""`radar demo`: the main job on a small made-up world on this computer; no internet, no account."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from pydantic import BaseModel

from digest import dutch
from monitor.commands.crawling import crawl_with_progress
from monitor.commands.edition import send_with_progress
from monitor.commands.house import BUSY, House, clock, pass_house, stop
from monitor.commands.serving import serve
from monitor.demo.configuration import write_config
from monitor.demo.stages import NoWorld, begin
from monitor.demo.tour import PASSWORD, REVIEWER, Tour
from monitor.demo.world import World, WorldError
from monitor.desk.passwords import hash_password
from monitor.intake import RunReport
from monitor.log import log_to_stderr
from monitor.store import reviews
from monitor.store.lock import crawl_lock

FOLDER = Path("var/demo")
FIRST_PORT = 8930
STAYS_OPEN_HOURS = 2
START_WITHIN = 20


class Ports(BaseModel):
    """The ports of the demo: of the made-up publishers and of the desk; fixed once, for addresses are identities."""

    world: int
    desk: int


def demo_house(folder: Path) -> House:
    """The installation of the demo: its own settings and database, and requests to this computer only."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RADAR_")}
    return House(folder / "config", environment | {"RADAR_ALLOW_LOOPBACK": "1"})


@click.group()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="MAP",
    default=FOLDER,
    show_default=True,
    help="Map van de demo.",
)
@click.pass_context
def demo(context: click.Context, folder: Path) -> None:
    """Laat zien wat de radar doet, op een verzonnen wereld.

    Er is geen internet en geen account voor nodig.
    """
    context.obj = demo_house(folder.resolve())


def _folder(house: House) -> Path:
    return house.folder.parent


@demo.command()
@pass_house
def start(house: House) -> None:
    """Leest drie verzonnen uitgevers, vult de wachtrij, maakt de weekbrief en opent de redactiepagina."""
    log_to_stderr(quiet=True)
    folder = _folder(house)
    folder.mkdir(parents=True, exist_ok=True)
    stop_background(folder)
    ports = _ports(folder)
    write_config(house.folder, ports.world, ports.desk)
    begin(folder, clock().astimezone(house.settings.radar.digest.zone_info).date())
    click.echo("De demo van de Participatieradar\n")
    house.engine  # noqa: B018 - the tables are made before another process opens them
    with _world(house, ports):
        _tour(house).walk(hash_password)
    _open_in_background(house)
    _what_next(house)


@demo.command()
@pass_house
def more(house: House) -> None:
    """Laat de verzonnen uitgevers meer berichten plaatsen en leest alleen die."""
    log_to_stderr(quiet=True)
    folder = _folder(house)
    try:
        ports = Ports.model_validate_json((folder / "ports.json").read_bytes())
        with _world(house, ports):
            published = _tour(house).more()
    except (FileNotFoundError, NoWorld):
        stop(f"Er is nog geen demo. Begin met: {_command(folder, 'start')}")
    if not published:
        click.echo("De uitgevers hebben niets meer te plaatsen.")
        click.echo(f"Opnieuw beginnen? {_command(folder, 'stop')}, en gooi de map {folder} weg.")
        return
    if not _answers(house):
        _open_in_background(house)
    click.echo(f"\nBekijk de wachtrij: {house.settings.radar.desk.public_url}")
    click.echo("Wat u nu kiest, staat klaar voor de volgende brief: zie “Brief” op de pagina.")


@demo.command("stop")
@pass_house
def stop_demo(house: House) -> None:
    """Sluit de redactiepagina van de demo."""
    stopped = stop_background(_folder(house))
    click.echo("De demo is gestopt." if stopped else "Er liep geen demo.")


@demo.command("serve", hidden=True)
@pass_house
def serve_demo(house: House) -> None:
    """De uitgevers en de redactiepagina, tot er gestopt wordt of twee uur om zijn."""
    log_to_stderr()
    ports = Ports.model_validate_json((_folder(house) / "ports.json").read_bytes())
    timer = threading.Timer(STAYS_OPEN_HOURS * 3600, os.kill, (os.getpid(), signal.SIGTERM))
    timer.daemon = True
    timer.start()
    with World(_folder(house), ports.world, clock().date()).serve():
        serve(house, with_ticks=True)


def _tour(house: House) -> Tour:
    return Tour(
        folder=_folder(house),
        engine=house.engine,
        editor=house.editor,
        crawl=lambda: _crawl(house),
        send=lambda edition_id: send_with_progress(house, edition_id),
        say=click.echo,
        today=clock().astimezone(house.settings.radar.digest.zone_info).date(),
    )


def _crawl(house: House) -> RunReport:
    names = tuple(source.name for source in house.settings.enabled)
    for _ in range(START_WITHIN * 10):
        with crawl_lock(house.engine) as held:
            if held:
                return crawl_with_progress(house, names)
        time.sleep(0.1)
    stop("De demo op de achtergrond leest de bronnen al. Probeer het zo weer.", BUSY)


@contextmanager
def _world(house: House, ports: Ports) -> Iterator[None]:
    """The made-up publishers, served by us unless the background does so already."""
    if _answers(house):
        yield
        return
    try:
        with World(_folder(house), ports.world, clock().date()).serve():
            yield
    except WorldError as error:
        stop(str(error))


def _ports(folder: Path) -> Ports:
    """The ports of this demo; new ones are free ports, and stay the same from then on."""
    path = folder / "ports.json"
    if path.exists():
        return Ports.model_validate_json(path.read_bytes())
    desk = next(port for port in range(FIRST_PORT, FIRST_PORT + 100, 2) if _free(port) and _free(port + 1))
    ports = Ports(desk=desk, world=desk + 1)
    path.write_text(ports.model_dump_json(), encoding="utf-8")
    return ports


def _free(port: int) -> bool:
    for host in ("127.0.0.1", "127.0.0.31", "127.0.0.32", "127.0.0.33"):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((host, port))
            except OSError:
                return False
    return True


def _answers(house: House) -> bool:
    address = f"{house.settings.radar.desk.public_url}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False


def _open_in_background(house: House) -> None:
    """Start a process that keeps the publishers and the desk open after this command has ended."""
    folder = _folder(house)
    command = [sys.executable, "-m", "monitor.cli", "demo", "--folder", str(folder), "serve"]
    with (folder / "demo.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    (folder / "demo.pid").write_text(str(process.pid), encoding="utf-8")
    deadline = time.monotonic() + START_WITHIN
    while not _answers(house):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            stop(f"De redactiepagina ging niet open. Waarom staat in {folder / 'demo.log'}.")
        time.sleep(0.1)


def stop_background(folder: Path) -> bool:
    """End the background process of an earlier demo; returns False when there was none."""
    path = folder / "demo.pid"
    if not path.exists():
        return False
    pid = int(path.read_text(encoding="utf-8"))
    path.unlink()
    if not _runs(pid, folder):
        return False
    deadline = time.monotonic() + START_WITHIN
    while _runs(pid, folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.1)
    return True


def _runs(pid: int, folder: Path) -> bool:
    """Whether this process is the background of the demo in this folder; a number may be another's by now."""
    try:
        return str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _command(folder: Path, verb: str) -> str:
    """How to give a command of this demo: by make, unless it lives in a folder of its own."""
    if folder == FOLDER.resolve():
        return {"start": "make demo", "more": "make demo-more", "stop": "make demo-stop"}[verb]
    return f"radar demo --folder {folder} {verb}"


def _what_next(house: House) -> None:
    folder, url = _folder(house), house.settings.radar.desk.public_url
    waiting = reviews.waiting(house.engine)
    choose = f"Kies of wijs af: {dutch.count(waiting, 'bericht wacht', 'berichten wachten')} op u in de wachtrij."
    click.echo(
        f"""
Bekijk het zelf:
  De redactiepagina    {url}
                       e-mail {REVIEWER}, wachtwoord {PASSWORD}
  De verzonden mails   {house.settings.radar.digest.outbox} (open een .eml in uw mailprogramma)

Wat u nu kunt doen op de pagina:
  {choose if waiting else "De wachtrij is leeg. Bekijk wat er gekozen is."}
  Kijk daarna bij “Brief” hoe de volgende brief wordt.

En hier:
  {_command(folder, "more")}
      De uitgevers plaatsen meer; alleen het nieuwe komt erbij.
  {_command(folder, "start")}
      Nog een keer; er komt niets dubbel in.
  {_command(folder, "stop")}
      De pagina sluiten. Dat gaat na {STAYS_OPEN_HOURS} uur vanzelf."""
    )
