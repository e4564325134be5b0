"""The pages for readers with something on them: editions that went out, a site, a browser, and a server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import uvicorn
from fakes_digest import NOW, TODAY, an_entry
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest import store
from digest.edition import Audience, Entry, EventData, compose
from digest.pages import routes
from digest.records import EditionState
from digest.sample import LETTERHEAD, sample
from digest.site import Choice, Site

SITE = Site(
    letterhead=LETTERHEAD,
    themes=(
        Choice(name="panels", title="Panels en inspraak"),
        Choice(name="zelfbeheer", title="Zelfbeheer"),
        Choice(name="overlegwet", title="Overlegwet en rechten"),
    ),
    goals=(Choice(name="formeel", title="Formeel"), Choice(name="informeel", title="Informeel")),
    rungs=(
        Choice(name="raadplegen", title="Huurders geven hun mening"),
        Choice(name="meebeslissen", title="Beslissen"),
    ),
    planned="elke donderdag",
)


def went_out(
    engine: Engine,
    entries: Sequence[Entry],
    issue: str = "2026-W48",
    audience: Audience = Audience.GEMEENTE,
    state: EditionState = EditionState.SENT,
) -> int:
    """Freeze an edition with these entries and bring it into a state; gives its id."""
    number = store.next_number(engine, audience)
    edition_id = store.save_draft(engine, compose(entries, audience, issue, number, TODAY), NOW)
    store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    store.move(engine, edition_id, state, EditionState.FROZEN)
    return edition_id


def an_example(reference: str, **values: object) -> Entry:
    return an_entry(reference, kind="praktijkvoorbeeld", **values)


def a_meeting(reference: str, day: date, **values: object) -> Entry:
    event = EventData(day=day, place="Hengelo", deadline=day - timedelta(days=2))
    return an_entry(reference, kind="agenda", event=event, **values)


def a_full_site(engine: Engine) -> None:
    """The sample edition for each audience, with themes and rungs, so that every page has something to show."""
    edition = sample(TODAY)
    entries = [
        entry.model_copy(update={"themes": ("panels", "overlegwet"), "goals": ("informeel",), "rung": "meebeslissen"})
        for entry in edition.entries
    ]
    for audience in Audience:
        went_out(engine, entries, audience=audience)


def application(engine: Engine, clock: Callable[[], datetime] = lambda: NOW) -> Starlette:
    return Starlette(routes=routes(engine, clock, lambda: SITE))


def browser(engine: Engine, clock: Callable[[], datetime] = lambda: NOW) -> TestClient:
    """A browser on the pages that does not follow redirects."""
    return TestClient(application(engine, clock), base_url=LETTERHEAD.public_url, follow_redirects=False)


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application on loopback for the length of the block; gives its address."""
    door = socket.create_server(("127.0.0.1", 0))
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as monitor.commands.serving does
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        door.close()
