"""`radar run` and `radar review`: the whole service, or the review page alone."""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import click
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from digest import dutch
from digest import pages as reader_pages
from monitor.commands.house import House, clock, fault_in_dutch, pass_house, stop, warn_of_loopback
from monitor.desk.app import app
from monitor.log import log, log_to_stderr
from monitor.radar_settings import DeskSettings
from monitor.reader_site import site
from monitor.store import notices
from monitor.store.people import reviewers

STOP_WITHIN = 5
LARGEST_BODY = 256 * 1024


def server(house: House) -> uvicorn.Server:
    """The review page as a server that has not started yet."""
    secure = house.settings.radar.desk.public_url.startswith("https://")
    review_pages = app(house.engine, house.live, lambda: house.editor, clock, secure=secure)
    for_readers = reader_pages.routes(house.engine, clock, lambda: site(house.settings))
    application = Starlette(routes=[*for_readers, Mount("/", app=review_pages)], max_body_size=LARGEST_BODY)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    options = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    return uvicorn.Server(options)


def serve(house: House, *, with_ticks: bool, ready: str = "") -> None:
    """Serve the review page, and tick when asked, until a signal to stop comes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # systemd stops us as Ctrl-C does
    door = _open_door(house)
    page = server(house)
    stop_ticking = _tick(house) if with_ticks else None
    log().info("service started", sources=len(house.settings.enabled), desk=house.settings.radar.desk.public_url)
    for notice in notices.current(house.engine):
        log().warning("notice", name=notice.name, text=notice.text)
    if ready:
        click.echo(ready)
    gc.freeze()  # what is here now stays, so no page waits until it has been searched for garbage
    try:
        page.run(sockets=[door])
    except KeyboardInterrupt:
        click.echo("De radar is gestopt.")
    finally:
        if stop_ticking:
            stop_ticking()
        door.close()
        log().info("service stopped")


def _tick(house: House) -> Callable[[], None]:
    """Begin to do what is due, again and again; returns what ends that."""
    from monitor import schedule  # what crawls and mails, which the review page alone opens without

    ticks = schedule.Ticks(house.engine, house.live, house.editor, clock)
    scheduler = schedule.start(ticks)

    def stop_ticking() -> None:
        ticks.stopping.set()
        scheduler.shutdown(wait=False)

    return stop_ticking


def _open_door(house: House) -> socket.socket:
    """The socket that the review page listens on, taken before anything else starts."""
    desk = house.settings.radar.desk
    try:
        family = socket.AF_INET6 if ":" in desk.host else socket.AF_INET
        door = socket.create_server((desk.host, desk.port), family=family)
        # Sockets that come in take this over; without it each kept connection may wait 40 ms for the rest of a page.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return door
    except OSError as fault:
        stop(
            f"De redactiepagina kan niet open op {desk.host}, poort {desk.port}: {fault_in_dutch(fault)}.\n"
            "Draait de radar al? Sluit die dan eerst, of kies bij desk in radar.yaml een andere port."
        )


def where(desk: DeskSettings) -> list[str]:
    """Where the review page can be opened; when `public_url` names another port of this machine, that it is wrong."""
    stated = urlsplit(desk.public_url)
    opens = f"http://{stated.hostname}:{desk.port}"
    here = stated.scheme == "http" and stated.hostname in ("127.0.0.1", "localhost")
    wrong = here and (stated.port or 80) != desk.port
    told = [f"De redactiepagina staat op {opens if wrong else desk.public_url} (stoppen met Ctrl-C)."]
    if wrong:
        told.append(
            f"Let op: bij desk in radar.yaml staat public_url op {desk.public_url}, maar port op {desk.port}.\n"
            "Maak ze gelijk, anders werken de links in mails aan collega's niet."
        )
    return told


def _welcome(house: House) -> str:
    lines = [
        *where(house.settings.radar.desk),
        f"De pagina's voor lezers staan op {house.settings.radar.digest.public_url}/welkom",
    ]
    if not reviewers(house.engine):
        lines.append("Er is nog niemand die kan inloggen. Maak iemand aan met: radar reviewer add NAAM@VOORBEELD.NL")
    return "\n".join(lines)


@click.command()
@pass_house
def run(house: House) -> None:
    """Draait alles: bronnen lezen, de redactiepagina, de weekbrief.

    Leest elke bron op zijn tijd en verzendt elke week wat er gekozen is. Stoppen met Ctrl-C; er gaat niets verloren.
    """
    log_to_stderr()
    followed = dutch.count(len(house.settings.enabled), "bron", "bronnen")
    outbox = house.settings.radar.digest.outbox
    where = (
        "via de mailserver" if house.settings.radar.relay else f"naar de map {outbox} (er is geen mailserver ingesteld)"
    )
    click.echo(f"De radar volgt {followed}. De brief gaat {where}.")
    warn_of_loopback(house.settings)
    serve(house, with_ticks=True, ready=_welcome(house))


@click.command()
@pass_house
def review(house: House) -> None:
    """Opent alleen de redactiepagina.

    Er wordt niets gelezen en niets verstuurd.
    """
    log_to_stderr()
    serve(house, with_ticks=False, ready=_welcome(house))
