"""`radar run` and `radar review`: the whole service, or the review page alone."""

from __future__ import annotations

import logging

import click
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from digest import pages as reader_pages
from monitor import schedule
from monitor.commands.house import House, clock, log_to_stderr, pass_house
from monitor.desk.app import app
from monitor.store import notices
from monitor.store.people import reviewers

STOP_WITHIN = 5


def server(house: House) -> uvicorn.Server:
    """The review page as a server that has not started yet."""
    desk = house.settings.radar.desk
    secure = desk.public_url.startswith("https://")
    review_pages = app(house.engine, house.live, house.editor, clock, secure=secure)
    application = Starlette(routes=[*reader_pages.routes(house.engine, clock), Mount("/", app=review_pages)])
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    options = uvicorn.Config(
        application,
        host=desk.host,
        port=desk.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    return uvicorn.Server(options)


def serve(house: House, *, with_ticks: bool, ready: str = "") -> None:
    """Serve the review page, and tick when asked, until a signal to stop comes."""
    log = structlog.get_logger()
    page = server(house)
    ticks = schedule.Ticks(house.engine, house.live, house.editor, clock)
    scheduler = schedule.start(ticks) if with_ticks else None
    log.info("service started", sources=len(house.settings.enabled), desk=house.settings.radar.desk.public_url)
    for notice in notices.current(house.engine):
        log.warning("notice", name=notice.name, text=notice.text)
    if ready:
        click.echo(ready)
    try:
        page.run()
    except KeyboardInterrupt:
        click.echo("De radar is gestopt.")
    finally:
        if scheduler:
            scheduler.shutdown(wait=False)
        log.info("service stopped")


def _welcome(house: House) -> str:
    public_url = house.settings.radar.desk.public_url
    lines = [f"De redactiepagina staat op {public_url} (stoppen met Ctrl-C)."]
    if not reviewers(house.engine):
        lines.append("Er is nog niemand die kan inloggen. Maak iemand aan met: radar reviewer add NAAM@VOORBEELD.NL")
    return "\n".join(lines)


@click.command()
@pass_house
def run(house: House) -> None:
    """Draait alles: bronnen lezen op tijd, de redactiepagina, en elke week de brief."""
    log_to_stderr()
    enabled = house.settings.enabled
    outbox = house.settings.radar.digest.outbox
    where = (
        "via de mailserver" if house.settings.radar.relay else f"naar de map {outbox} (er is geen mailserver ingesteld)"
    )
    click.echo(f"De radar volgt {len(enabled)} bronnen. De brief gaat {where}.")
    serve(house, with_ticks=True, ready=_welcome(house))


@click.command()
@pass_house
def review(house: House) -> None:
    """Opent alleen de redactiepagina; er wordt niets gelezen en niets verstuurd."""
    log_to_stderr()
    serve(house, with_ticks=False, ready=_welcome(house))
