"""An installation that read the demo world: the archive, then weeks of news, with the desk and the service."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

from fakes_crawl import SWITCH, crawler
from fakes_desk import Clock, judgement
from fakes_digest import a_reader
from fakes_line import EVERYBODY, read_letter
from starlette.applications import Starlette

from digest import subscribers
from digest.edition import Audience
from monitor.demo.stages import publish_more
from monitor.desk import session
from monitor.desk.app import app
from monitor.desk.passwords import hash_password
from monitor.editor import Editor
from monitor.item import Arrival, Item
from monitor.recognise import New
from monitor.role import Role
from monitor.schedule import Ticks
from monitor.settings import LiveSettings
from monitor.store import items, people, reviews
from monitor.store.database import Engine

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # the letter of the demo goes on Thursday at nine
EMAIL, PASSWORD = "anna@voorbeeld.nl", "vier losse woorden samen"
CORPUS = Path(__file__).parent / "corpus" / "items.jsonl"


def read_world(folder: Path, engine: Engine) -> None:
    """Read the archive of the demo world and then all it has to say; the settings stay in `folder`/config."""
    with crawler(folder, engine, WEDNESDAY) as made:
        names = [source.name for source in made.settings().enabled]
        made.crawl(*names)
        while publish_more(folder / "world"):
            continue
        made.crawl(*names)


@dataclass
class Installation:
    """An installation on Wednesday morning: one editor who can sign in, and one reader of each audience."""

    engine: Engine
    config: Path
    outbox: Path
    clock: Clock = field(default_factory=lambda: Clock(WEDNESDAY))

    def __post_init__(self) -> None:
        """Let an editor and readers in, and keep the letters in an outbox of our own."""
        radar = self.config / "radar.yaml"
        lines = [line for line in radar.read_text().splitlines() if not line.startswith("  outbox: ")]
        there = "\n".join(lines).replace("\ndigest:\n", f"\ndigest:\n  outbox: {self.outbox}\n")
        radar.write_text(f"{there}\n")
        database = {"RADAR_DATABASE": self.engine.url.render_as_string(hide_password=False)}
        self.live = LiveSettings(self.config, SWITCH | database)
        people.add_reviewer(self.engine, EMAIL, "Anna", hash_password(PASSWORD), self.clock(), Role.EDITOR)
        subscribers.add(self.engine, [a_reader(one.value, one) for one in Audience], self.clock())

    @property
    def editor(self) -> Editor:
        """The editor as the service has it."""
        return Editor(self.engine, lambda: self.live.current, self.clock)

    @property
    def application(self) -> Starlette:
        """The desk as it is built in production."""
        return app(self.engine, self.live, lambda: self.editor, self.clock, secure=False)

    def wait_for_judgement(self, count: int) -> None:
        """Fill the queue up to this many stories with labelled items that matter."""
        with CORPUS.open(encoding="utf-8") as lines:
            labelled = [one for one in map(json.loads, lines) if one["label"]["relevant"] == 2]
        short = count - reviews.waiting(self.engine)
        self._store(labelled[:short])

    def _store(self, labelled: Sequence[dict[str, str]]) -> None:
        with self.engine.begin() as connection:
            for number, one in enumerate(labelled):
                item = Item(
                    source="plein31",
                    title=one["title"],
                    intro=one["intro"],
                    text=one["body"],
                    address=one["url"],
                    keys=(one["url"],),
                    published=date(2026, 11, 20),
                    published_precision="day",
                )
                judged = judgement(one["title"], score=0.6 - number / 1000)
                judged = judged.model_copy(update={"audiences": EVERYBODY})
                item_id = items.add(connection, New(item, Arrival.NEWS), self.clock())
                items.save_judgement(connection, item_id, judged, self.clock())

    def token(self) -> str:
        """A new session of the editor, for a cookie."""
        token, now = session.new_token(), self.clock()
        anna = people.by_email(self.engine, EMAIL)
        assert anna is not None
        people.open_session(self.engine, anna.id, token, now, now + session.LASTS)
        return token

    def service(self) -> Ticks:
        """The ticks of the service at this moment."""
        return Ticks(self.engine, self.live, self.editor, self.clock)

    def letters(self) -> dict[str, EmailMessage]:
        """Every mail to a reader in the outbox folder, by the name before the @."""
        return {
            path.name.partition("@")[0]: read_letter(path) for path in sorted(self.outbox.glob("*@lezers.example*"))
        }
