"""A small world behind the desk: short settings, items judged by hand, people, and a browser that is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.edition import Audience, Edition
from monitor.desk import session
from monitor.desk.app import app
from monitor.desk.passwords import hash_password
from monitor.editor import Editor
from monitor.item import Arrival, Item
from monitor.judge import Effect, Judgement, JudgeReason, Place, Relevance
from monitor.recognise import New
from monitor.role import Role
from monitor.settings import ItemKind, LiveSettings
from monitor.source_state import SourceRun
from monitor.store import items, people, sources

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LAST_WEEK = NOW - timedelta(days=6)  # Wednesday; NOW is a Tuesday
HOST = "radar.example"
HOME = f"http://{HOST}"
OWN_PAGE = {"sec-fetch-site": "same-origin"}
EMAIL = "els@voorbeeld.example"
PASSWORD = "een lang wachtwoord"

SOURCES = """
sources:
  - name: linde
    title: De Linde
    home: https://linde.example/
    endpoints: [{kind: feed, address: "https://linde.example/feed"}]
  - name: eik
    title: De Eik
    endpoints: [{kind: overview, address: "https://eik.example/nieuws"}]
  - name: wilg
    title: De Wilg
    enabled: false
    endpoints: [{kind: feed, address: "https://wilg.example/feed"}]
"""
WORDS = """
gate: [huurder*]
themes:
  - {name: panels, title: Panels en inspraak, goals: [informeel], strong: [huurderspanel]}
audiences:
  - {name: corporatie, title: Corporaties, always: true}
  - {name: gemeente, title: Gemeenten, words: [gemeente*]}
kinds:
  - {name: nieuws, title: Nieuws}
"""
RADAR = f"""
agent: {{contact: radar@voorbeeld.example}}
learning: {{model: false}}
desk: {{public_url: "{HOME}"}}
digest:
  sender_address: radar@voorbeeld.example
  postal: Voorbeeldstraat 1, 7500 AA Enschede
  contact: radar@voorbeeld.example
"""


@dataclass
class Clock:
    """A clock that stands still until it is set on."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.now

    def add(self, time: timedelta) -> None:
        """Set it on."""
        self.now += time


class BrokenEditor(Editor):
    """An editor in whose work nobody foresaw a fault."""

    def upcoming(self, audience: Audience) -> Edition:
        """Fail with words that nobody outside may read."""
        raise RuntimeError("geheim: het wachtwoord van de database is 1234")


@dataclass
class House:
    """The desk with everything around it."""

    engine: Engine
    folder: Path
    clock: Clock = field(default_factory=Clock)
    secure: bool = False
    broken: bool = False

    def __post_init__(self) -> None:
        """Write the settings."""
        self.folder.mkdir()
        for name, text in (("sources", SOURCES), ("words", WORDS), ("radar", RADAR)):
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.live = LiveSettings(self.folder, {})

    def learns(self) -> House:
        """The same house with the learned part switched on, which most tests do without."""
        path = self.folder / "radar.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("model: false", "model: true"), encoding="utf-8")
        self.live.refresh()
        return self

    @property
    def application(self) -> Starlette:
        """The desk as it is built in production."""
        editor = (BrokenEditor if self.broken else Editor)(self.engine, lambda: self.live.current, self.clock)
        return app(self.engine, self.live, lambda: editor, self.clock, secure=self.secure)

    def browser(self, **headers: str) -> TestClient:
        """A browser at our own page that does not follow redirects."""
        return TestClient(
            self.application,
            base_url=HOME.replace("http:", "https:") if self.secure else HOME,
            headers=OWN_PAGE | headers,
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def reviewer(
        self, name: str = "Els de Vries", email: str = EMAIL, password: str = "", role: Role = Role.ADMINISTRATOR
    ) -> int:
        """Add somebody who may judge; without a password they cannot sign in by the form. Returns their id."""
        hashed = hash_password(password) if password else ""
        people.add_reviewer(self.engine, email, name, hashed, self.clock(), role)
        reviewer = people.by_email(self.engine, email)
        assert reviewer is not None
        return reviewer.id

    def signed_in(
        self, name: str = "Els de Vries", email: str = EMAIL, role: Role = Role.ADMINISTRATOR, **headers: str
    ) -> TestClient:
        """A browser of somebody who is signed in."""
        token, now = session.new_token(), self.clock()
        people.open_session(self.engine, self.reviewer(name, email, role=role), token, now, now + session.LASTS)
        browser = self.browser(**headers)
        browser.cookies.set(session.cookie_name(secure=self.secure), token)
        return browser

    def began(self, at: datetime) -> None:
        """Note the first run over a source."""
        plain = dict.fromkeys(("requests", "listed", "new", "changed", "flagged", "left_over"), 0)
        run = SourceRun(
            source="linde", finished_at=at, seconds=1.0, reason="ok", detail="", baseline=True, endpoints=[], **plain
        )
        with self.engine.begin() as connection:
            sources.save_run(connection, run)

    def item(self, title: str = "Huurderspanel telt 800 leden", **other: Any) -> int:
        """Store an item that was judged; returns its id."""
        judged = judgement(title, score=other.pop("score", 0.8), reasons=other.pop("reasons", ()))
        new = New(item(title, **other), Arrival.NEWS, told_as=other.get("told_as"))
        with self.engine.begin() as connection:
            item_id = items.add(connection, new, self.clock())
            items.save_judgement(connection, item_id, judged, self.clock())
        return item_id


def item(title: str, **other: Any) -> Item:
    """An item of De Linde; any field can be given another value."""
    other.pop("told_as", None)
    address = other.pop("address", f"https://linde.example/nieuws/{title.lower().replace(' ', '-')}")
    plain = {"source": "linde", "published": date(2026, 11, 20), "published_precision": "day"}
    return Item(**plain | {"title": title, "address": address, "keys": (address,)} | other)


def judgement(title: str, *, score: float, reasons: Sequence[JudgeReason] = ()) -> Judgement:
    """A verdict by hand: the first word of the title is a reason for it."""
    first = [reason(title.split()[0], title, Place.TITLE)] if title else []
    return Judgement(
        relevant=Relevance.YES if score >= 0.75 else Relevance.MAYBE if score >= 0.5 else Relevance.NO,
        score=score,
        flagged=score >= 0.5,
        themes=("panels",),
        goals=(),
        audiences=(Audience.CORPORATIE,),
        kind=ItemKind.NEWS,
        event=None,
        reasons=(*first, *reasons),
        words_version="test",
    )


def reason(found: str, sentence: str, place: Place = Place.TEXT, effect: Effect = Effect.RAISES) -> JudgeReason:
    """One reason for or against an item."""
    theme = "panels" if effect is Effect.RAISES else None
    return JudgeReason(term=found, found=found, place=place, sentence=sentence, points=3.0, theme=theme, effect=effect)
