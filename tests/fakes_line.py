"""An installation from the reviewers on: items judged for an audience, readers, and an outbox folder."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

from fakes_desk import House, item, judgement
from fakes_digest import a_reader
from sqlalchemy import Engine

from digest import subscribers
from digest.edition import Audience
from monitor.editor import Editor
from monitor.item import Arrival
from monitor.recognise import New
from monitor.settings import LiveSettings
from monitor.store import items, reviews

SUMMARY = "Huurders praten mee over het onderhoud. De verhuurder vertelt wat ermee gebeurt."
EVERYBODY = tuple(Audience)


class Line(House):
    """The house of the desk tests with a letter on Tuesday at ten in Amsterdam, which is where its clock stands."""

    def __post_init__(self) -> None:
        """Write the settings, with an outbox folder of their own."""
        super().__post_init__()
        path = self.folder / "radar.yaml"
        more = f'  weekday: dinsdag\n  hour: "10:00"\n  outbox: {self.outbox}\n'
        first = f"database: {self.engine.url}\nregion: {{places: [Hengelo]}}\n"
        path.write_text(f"{first}{path.read_text()}{more}", encoding="utf-8")
        self.live = LiveSettings(self.folder, {})

    @property
    def outbox(self) -> Path:
        """Where the letters end."""
        return self.folder.parent / "outbox"

    @property
    def editor(self) -> Editor:
        """The editor as the service has it."""
        return Editor(self.engine, lambda: self.live.current, self.clock)

    def flagged(self, title: str, *audiences: Audience, **other: object) -> int:
        """Store an item that was flagged for these audiences; returns its id."""
        judged = judgement(title, score=0.9).model_copy(update={"audiences": audiences})
        with self.engine.begin() as connection:
            item_id = items.add(connection, New(item(title, **other), Arrival.NEWS), self.clock())
            items.save_judgement(connection, item_id, judged, self.clock())
        return item_id

    def accepted(self, title: str, *audiences: Audience, summary: str = SUMMARY, **other: object) -> int:
        """Store an item that was flagged for these audiences and accepted with a summary; returns its id."""
        item_id = self.flagged(title, *audiences, **other)
        self.decide(item_id, reviews.ACCEPTED)
        self.write(item_id, summary)
        return item_id

    def decide(self, item_id: int, decision: str) -> None:
        """Have a reviewer decide."""
        reviews.decide(self.engine, item_id, self.reviewer(), decision, self.clock())

    def write(self, item_id: int, summary: str) -> None:
        """Have a reviewer write the summary for the letter."""
        reviews.write(self.engine, item_id, self.reviewer(), summary=summary, now=self.clock())

    def readers(self, audience: Audience, *names: str) -> None:
        """Sign up readers of an audience."""
        subscribers.add(self.engine, [a_reader(name, audience) for name in names], self.clock())

    def letters(self) -> dict[str, EmailMessage]:
        """Every mail in the outbox folder, by the name before the @ of its reader."""
        return {path.name.partition("@")[0]: read_letter(path) for path in sorted(self.outbox.glob("*.eml"))}


def line(engine: Engine, folder: Path) -> Line:
    """A line with its settings in a folder."""
    return Line(engine, folder / "config")


def read_letter(path: Path) -> EmailMessage:
    """A mail out of an .eml file."""
    return email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP_POLICY)


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter on one line."""
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return " ".join(str(body.get_content()).split())


def titles(entries: object) -> list[str]:
    """The titles of entries, in order."""
    return [entry.title for entry in entries]  # type: ignore[attr-defined]
