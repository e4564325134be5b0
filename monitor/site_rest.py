"""Leaves a site alone that asked for it, with every source that is on it."""

from __future__ import annotations

from datetime import datetime

from crawlers.address import server
from crawlers.resting import Resting
from monitor.log import log
from monitor.settings import Settings
from monitor.store import sources
from monitor.store.database import Engine


def let_rest(engine: Engine, settings: Settings, resting: Resting) -> None:
    """Put off all sources on the sites that rest, until the time (seconds since 1970) that each told."""
    for name, rest in resting.sites.items():
        on_it = [
            source.name
            for source in settings.enabled
            if name in {server(endpoint.address) for endpoint in source.endpoints}
        ]
        until = datetime.fromtimestamp(rest.until, settings.radar.digest.zone_info)
        sources.let_rest(engine, on_it, until)
        log().info("site rests", site=name, until=until.isoformat(), told=rest.told, sources=on_it)
