"""How fast the pages for readers are over HTTP on loopback, with years of letters behind them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from fakes_digest import NOW, an_entry
from fakes_pages import application, served

from digest import store
from digest.edition import Audience, Entry, compose
from digest.records import EditionState
from digest.sample import LETTERHEAD
from monitor.store.database import migrate, open_engine

WEEKS = 100
ITEMS = 10
ASKED = 150
FIRST = date(2024, 1, 4)


def publishing(folder: Path) -> Iterator[tuple[str, float, str]]:
    """Pages a second for one visitor who asks one after the other, new and kept."""
    engine = open_engine(f"sqlite:///{folder / 'pages.db'}")
    migrate(engine)
    for week in range(WEEKS):
        _publish(engine, week)
    letters = f"{WEEKS * len(Audience)} letters"
    with served(application(engine)) as address:
        for what, path in (
            (f"front page ({letters})", "/welkom"),
            ("a letter on its page", "/brieven/gemeente/2024-W01"),
            ("an item on its page", "/berichten/gemeente-7-3"),
            ("examples of one theme and rung", "/voorbeelden?thema=panels&trede=meebeslissen"),
            ("examples with words that nothing holds", "/voorbeelden?woorden=onvindbaar"),
            ("the Atom feed of a theme", "/thema/panels/atom.xml"),
        ):
            first, again = _ask(address, path)
            yield f"{what}, new", ASKED / first, "pages/s"
            yield f"{what}, kept (304)", ASKED / again, "pages/s"
    engine.dispose()


def _publish(engine, week: int) -> None:  # type: ignore[no-untyped-def]
    day = FIRST + timedelta(weeks=week)
    year, number, _ = day.isocalendar()
    for audience in Audience:
        entries = [_entry(f"{audience.value}-{week}-{position}", position) for position in range(ITEMS)]
        edition = compose(entries, audience, f"{year}-W{number:02}", week + 1, day)
        edition_id = store.save_draft(engine, edition, NOW)
        store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
        store.move(engine, edition_id, EditionState.SENT, EditionState.FROZEN)


def _entry(reference: str, position: int) -> Entry:
    kind = "praktijkvoorbeeld" if position % 3 == 0 else "nieuws"
    themes: Sequence[str] = ("panels",) if position % 2 else ("zelfbeheer", "overlegwet")
    return an_entry(reference, kind=kind, themes=tuple(themes), rung="meebeslissen", goals=("informeel",))


def _ask(address: str, path: str) -> tuple[float, float]:
    host = urlsplit(address).netloc
    connection = http.client.HTTPConnection(host)

    def fetch(**headers: str) -> tuple[int, str]:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status, str(response.getheader("ETag"))

    status, tag = fetch()
    assert status == 200
    spent = []
    for headers, expected in (({}, 200), ({"If-None-Match": tag}, 304)):
        began = time.perf_counter()
        for _ in range(ASKED):
            assert fetch(**headers)[0] == expected
        spent.append(time.perf_counter() - began)
    connection.close()
    return spent[0], spent[1]
