"""An edition of the digest: what it says, in which order, for whom. Pure values.

An edition holds its own copy of all it says, so that it can be read without the rooms it came from.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest import dutch
from digest.wishes import EVERYTHING, Rhythm, Wishes

LONGEST_TITLE_IN_SUBJECT = 70
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """The text on one line: white space collapsed, control characters and reading-direction tricks removed.

    Titles come from publishers; a line break in one must not become a header or a second line of the text part.
    """
    spaced = " ".join(text.split())
    return "".join(
        character
        for character in spaced
        if unicodedata.category(character) not in ("Cc", "Cs") and character not in BIDI_CONTROLS
    )


Line = Annotated[str, AfterValidator(one_line)]


class Audience(StrEnum):
    """For whom an edition is made; a subscriber follows exactly one."""

    CORPORATIE = "corporatie"
    HUURDERSORGANISATIE = "huurdersorganisatie"
    GEMEENTE = "gemeente"

    @property
    def plural(self) -> str:
        """The audience as the letter names it, in the plural."""
        return {
            Audience.CORPORATIE: "woningcorporaties",
            Audience.HUURDERSORGANISATIE: "huurdersorganisaties",
            Audience.GEMEENTE: "gemeenten",
        }[self]


class Kind(StrEnum):
    """The part of the letter an entry stands in, in the order of the letter."""

    NIEUWS = "nieuws"
    PUBLICATIE = "publicatie"
    PRAKTIJKVOORBEELD = "praktijkvoorbeeld"
    TWENTE = "twente"
    AGENDA = "agenda"

    @property
    def heading(self) -> str:
        """The heading of this part of the letter."""
        return {
            Kind.NIEUWS: "Nieuws",
            Kind.PUBLICATIE: "Publicaties",
            Kind.PRAKTIJKVOORBEELD: "Praktijkvoorbeelden",
            Kind.TWENTE: "Uit Twente",
            Kind.AGENDA: "Agenda",
        }[self]

    def counted(self, number: int) -> str:
        """How many entries of this kind there are, in words: "2 publicaties"."""
        one, many = {
            Kind.NIEUWS: ("nieuwsbericht", "nieuwsberichten"),
            Kind.PUBLICATIE: ("publicatie", "publicaties"),
            Kind.PRAKTIJKVOORBEELD: ("praktijkvoorbeeld", "praktijkvoorbeelden"),
            Kind.TWENTE: ("bericht uit Twente", "berichten uit Twente"),
            Kind.AGENDA: ("bijeenkomst", "bijeenkomsten"),
        }[self]
        return dutch.count(number, one, many)


LABELS = (Kind.PUBLICATIE, Kind.PRAKTIJKVOORBEELD)


class EventData(BaseModel):
    """When and where a meeting is; `deadline` is the last day to sign up. Days are Dutch calendar days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    place: Line = ""
    deadline: date | None = None


class Deadline(BaseModel):
    """A day before which, or on which at the latest, something has to be done; `text` says what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    text: Line = Field(min_length=1)


class Entry(BaseModel):
    """One item as the letter tells it: our own summary, where it came from and why it matters.

    `reference` names the item in the room that chose it; it is what "sent before" goes by.
    `published_text` is how exactly the date is known ("mei 2015"); without it the day is written in full.
    `kind` is a value of `Kind`; anything else counts as nieuws. `placed` is the part of the letter that editors chose
    for it. `audiences` are those whose letter tells it. `region` is True for news from Twente; `goals` and `rung` (of
    the participation ladder) are the words of the room that chose it, "" when they are not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str = Field(min_length=1)
    title: Line
    address: str
    source: Line
    published: date | None = None
    published_text: Line = ""
    summary: Line = ""
    why: Line = ""
    kind: str = Kind.NIEUWS.value
    placed: Kind | None = None
    audiences: tuple[Audience, ...] = ()
    themes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    rung: str = ""
    event: EventData | None = None
    region: bool = False

    @property
    def part(self) -> Kind:
        """Where in the letter the entry stands: where editors put it, else by what it is.

        A meeting always stands in the agenda, for only there the letter tells its day; other news from Twente apart.
        """
        if self.event is not None:
            return Kind.AGENDA
        if self.placed:
            return self.placed
        if self.kind == Kind.AGENDA:
            return Kind.AGENDA
        if self.region:
            return Kind.TWENTE
        return Kind(self.kind) if self.kind in list(Kind) else Kind.NIEUWS

    @property
    def label(self) -> str:
        """What the entry is, where the heading above it does not say so: "praktijkvoorbeeld" among news from Twente."""
        return self.kind if self.kind in LABELS and self.part not in (self.kind, Kind.AGENDA) else ""

    @property
    def places(self) -> tuple[Kind, ...]:
        """The parts of the letter it may stand in; only what is a meeting belongs in the agenda."""
        if self.event is not None:
            return (Kind.AGENDA,)
        return tuple(kind for kind in Kind if kind is not Kind.AGENDA or self.kind == Kind.AGENDA)

    def others(self, audience: Audience) -> tuple[str, ...]:
        """Which other audiences get the entry too, in the plural."""
        return tuple(other.plural for other in Audience if other in self.audiences and other is not audience)

    @property
    def when(self) -> str:
        """The date of publication as the letter shows it; "" when none is known."""
        if self.published_text:
            return self.published_text
        return dutch.day(self.published) if self.published else ""


@dataclass(frozen=True)
class Group:
    """One part of the letter with its entries, in order."""

    kind: Kind
    entries: tuple[Entry, ...]


class Edition(BaseModel):
    """One edition for one audience.

    `issue` is the ISO week ("2026-W48"), or the month of which it is the overview ("2026-M11"); `number` counts the
    editions of the audience in that rhythm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    audience: Audience
    issue: str = Field(pattern=r"^\d{4}-(W\d{2}|M(0[1-9]|1[0-2]))$")
    number: int = Field(ge=1)
    composed_on: date
    intro: Line = ""
    deadlines: tuple[Deadline, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def groups(self) -> tuple[Group, ...]:
        """The parts of the letter that have entries, in the order of the letter."""
        parts = ((kind, tuple(entry for entry in self.entries if entry.part is kind)) for kind in Kind)
        return tuple(Group(kind, entries) for kind, entries in parts if entries)

    @property
    def days(self) -> tuple[Deadline, ...]:
        """The days to remember, the nearest first: those of the year, and the last ones to sign up for a meeting."""
        last_days = (
            Deadline(day=entry.event.deadline, text=f"Laatste dag om u aan te melden: {entry.title}")
            for entry in self.entries
            if entry.event and entry.event.deadline and entry.event.deadline >= self.composed_on
        )
        return tuple(sorted((*self.deadlines, *last_days), key=lambda one: one.day))

    @property
    def rhythm(self) -> Rhythm:
        """Whether this is a letter of a week or of a month."""
        return Rhythm.MONTH if self.issue[5] == "M" else Rhythm.WEEK

    @property
    def week(self) -> str:
        """The issue in words: "week 48 van 2026", or "november 2026"."""
        return issue_in_words(self.issue)

    def only(self, wishes: Wishes) -> Edition:
        """The edition with no more in it than a reader asked for."""
        if wishes == EVERYTHING:
            return self
        wanted = (entry for entry in self.entries if wishes.admit(entry.themes, in_region=entry.region))
        return self.model_copy(update={"entries": tuple(wanted)})

    @property
    def subject(self) -> str:
        """The subject of the mail; it says what is in the letter, on one line."""
        name = f"Participatieradar {self.week if self.rhythm is Rhythm.MONTH else self.number}"
        if not self.groups:
            return name
        title = _shortened(self.groups[0].entries[0].title, LONGEST_TITLE_IN_SUBJECT)
        others = len(self.entries) - 1
        if not others:
            return f"{name}: {title}"
        tail = f"en {dutch.count(others, 'ander bericht', 'andere berichten')}"
        if re.search(r"[?!]$", title):
            tail = tail.capitalize()
        return f"{name}: {title} {tail}"

    @property
    def canonical_json(self) -> str:
        """The edition as JSON in one fixed spelling: sorted keys, no spaces."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def content_hash(self) -> str:
        """SHA-256 over the canonical JSON, in hexadecimal: two editions that say the same share it."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()


def issue_in_words(issue: str) -> str:
    """An issue as people say it: "week 48 van 2026" for "2026-W48", "november 2026" for "2026-M11"."""
    year, number = int(issue[:4]), int(issue[6:])
    return f"{dutch.MONTHS[number - 1]} {year}" if issue[5] == "M" else f"week {number} van {year}"


def compose(
    entries: Iterable[Entry],
    audience: Audience,
    issue: str,
    number: int,
    composed_on: date,
    intro: str = "",
    deadlines: Iterable[Deadline] = (),
    order: Sequence[str] = (),
) -> Edition:
    """Make an edition: parts in the order of the letter, newest first, meetings by day.

    Within a part the references in `order` come first, in that order. A reference stands in it once (the first wins)
    and a meeting before `composed_on` is left out.
    """
    places = {reference: place for place, reference in enumerate(order)}
    kept: dict[str, Entry] = {}
    for entry in entries:
        if entry.event is None or entry.event.day >= composed_on:
            kept.setdefault(entry.reference, entry)
    return Edition(
        audience=audience,
        issue=issue,
        number=number,
        composed_on=composed_on,
        intro=intro,
        deadlines=tuple(deadlines),
        entries=tuple(sorted(kept.values(), key=lambda entry: _place_in_letter(entry, places))),
    )


def _place_in_letter(entry: Entry, places: Mapping[str, int]) -> tuple[int, int, int]:
    part, chosen = list(Kind).index(entry.part), places.get(entry.reference, len(places))
    if entry.part is Kind.AGENDA:
        return part, chosen, entry.event.day.toordinal() if entry.event else date.max.toordinal()
    return part, chosen, -entry.published.toordinal() if entry.published else 0


def _shortened(text: str, longest: int) -> str:
    text = text.rstrip(" .")
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,:;–-") + "…"
