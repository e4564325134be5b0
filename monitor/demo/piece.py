"""What the publishers of the demo world have to say, and the truth about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from digest.edition import Audience
from monitor.demo.spelling import Spelling

CONTENT = Path(__file__).parent / "content"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE_OPENS = time(8, 15)
ARCHIVE_AGE = timedelta(days=200)


class Value(BaseModel):
    """A frozen value read from the content files; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Truth(StrEnum):
    """Whether an item belongs in a letter about tenant participation."""

    CLEAR = "clear"
    BORDERLINE = "borderline"
    OFF_TOPIC = "off_topic"


class Shape(StrEnum):
    """What kind of page an item has."""

    ARTICLE = "article"
    PUBLICATION = "publication"
    PROJECT = "project"
    EVENT = "event"
    THEME = "theme"


class Person(Value):
    """A contact person, invented like everything here."""

    name: str
    role: str
    phone: str
    email: str


class Photo(Value):
    """A picture in the text: what it shows, and the line below it."""

    alt: str
    caption: str


class Document(Value):
    """A PDF that a publication offers; its address has no `.pdf`."""

    name: str
    text: str

    @property
    def path(self) -> str:
        """Where the publisher serves it."""
        return f"/media/document/{self.name}"


class Piece(Value):
    """One item of a publisher; the keys are explained at the top of content/plein31.yaml.

    `listed` is False for a page that the overview and the feed do not mention.
    `told_by` names the item of another publisher ("publisher/path") that this one repeats.
    """

    path: str
    stage: int
    title: str
    intro: str
    text: str
    truth: Truth
    days: int | None = None
    spelling: Spelling = Spelling.DAY
    shape: Shape = Shape.ARTICLE
    label: str = ""
    minutes: int = 0
    runs: bool = False
    authors: tuple[str, ...] = ()
    contacts: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()
    press: Person | None = None
    photo: Photo | None = None
    document: Document | None = None
    listed: bool = True
    told_by: str = ""
    own_title: str = ""
    audiences: tuple[Audience, ...] | None = None
    summary: str = ""
    why: str = ""

    @property
    def relevant(self) -> bool:
        """Whether it clearly belongs in the letter."""
        return self.truth is Truth.CLEAR

    def published(self, today: date) -> date | None:
        """The day the page names; None for a page without a date."""
        return None if self.days is None else today - timedelta(days=self.days)

    def moment(self, today: date) -> datetime:
        """When it was put on the site, in Dutch time: never later than `today`, and later stages always later."""
        if self.days is None:
            age = ARCHIVE_AGE if self.stage == 1 else timedelta(days=1)
            return datetime.combine(today - age, OFFICE_OPENS, AMSTERDAM)
        at = OFFICE_OPENS if self.days else time(0, self.stage)
        return datetime.combine(today - timedelta(days=self.days), at, AMSTERDAM)


class PlainPage(Value):
    """A page of a site that is no publication; `lists` makes it list the items below that path."""

    path: str
    title: str
    text: str = ""
    lists: str = ""


class Publisher(Value):
    """An invented publisher: the shape of its site, and its items."""

    name: str
    title: str
    motto: str
    address: str
    overview: str
    paging: Literal["path", "query"]
    page_size: int
    sitemap: str
    sitemap_children: bool = False
    feed: str = ""
    disallow: tuple[str, ...] = ()
    pages: tuple[PlainPage, ...]
    items: tuple[Piece, ...]

    def visible(self, stage: int, today: date) -> tuple[Piece, ...]:
        """What the site shows at a stage, newest first."""
        shown = [piece for piece in self.items if piece.stage <= stage]
        return tuple(sorted(shown, key=lambda piece: piece.moment(today), reverse=True))


def publishers() -> tuple[Publisher, ...]:
    """Read the three publishers and all they will ever publish."""
    return tuple(_read())


def _read() -> Iterator[Publisher]:
    yaml = YAML(typ="safe")
    for name in ("plein31", "koepel", "huurdersbond"):
        yield Publisher.model_validate(yaml.load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8")))
