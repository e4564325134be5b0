"""The form in which people put an item otherwise for the letter, and what there is to say of a text they type."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from digest import dutch, plain_dutch
from digest.edition import Audience
from monitor.amendment import LONGEST_TITLE, NOTHING, Amendment, amend
from monitor.copied_text import copied_sentences
from monitor.desk.cards import event_in_words, kind_title
from monitor.desk.decisions import clean
from monitor.judgement import Event
from monitor.settings import Settings
from monitor.store.reviews import QueuedItem
from monitor.words import ItemKind

LONGEST_PLACE = 200
MOST_SENTENCES = 3


@dataclass(frozen=True)
class Reading:
    """What there is to say of a text for the letter while it is written."""

    level: str
    easy: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Boxes of which several may be ticked: (value, title, ticked)."""

    name: str
    title: str
    found: str
    options: tuple[tuple[str, str, bool], ...]

    def ticked(self, chosen: Container[str]) -> Group:
        """The same boxes with these ticked."""
        return replace(self, options=tuple((value, title, value in chosen) for value, title, _ in self.options))


@dataclass(frozen=True)
class AmendForm:
    """The form with what holds now, and what the radar found beside it."""

    title: str
    kind: str
    kinds: tuple[tuple[str, str], ...]
    found_kind: str
    groups: tuple[Group, ...]
    day: str
    place: str
    deadline: str
    found_event: str
    amended: bool
    faults: tuple[str, ...] = ()

    def refused(self, typed: FormData, fault: str) -> AmendForm:
        """The form as somebody filled it in, with what is wrong: nothing has to be typed twice."""
        return replace(
            self,
            title=str(typed.get("titel", "")),
            kind=str(typed.get("soort", "")),
            groups=tuple(group.ticked({str(one) for one in typed.getlist(group.name)}) for group in self.groups),
            day=str(typed.get("dag", "")),
            place=str(typed.get("plaats", "")),
            deadline=str(typed.get("aanmelden", "")),
            faults=(fault,),
        )


def reading_of(text: str, item: QueuedItem) -> Reading | None:
    """How easy a text is, and which sentences were taken from the source; None for no text."""
    if not text.strip():
        return None
    found = plain_dutch.level(text)
    remarks = [
        *(f"Staat bijna zo bij de bron: “{one}” Zeg het in eigen woorden." for one in _copied(text, item)),
        *(f"Lange zin, maak er twee van: “{one}”" for one in plain_dutch.long_sentences(text)),
        *(f"Moeilijk woord: “{word}”. Makkelijker: “{easy}”." for word, easy in plain_dutch.hard_words(text)),
    ]
    if (count := len(plain_dutch.sentences(text))) > MOST_SENTENCES:
        remarks.append(f"Dit zijn {count} zinnen. Twee of drie is genoeg.")
    return Reading(found.name, found.score >= plain_dutch.EASY_LEVEL, tuple(remarks))


def _copied(text: str, item: QueuedItem) -> tuple[str, ...]:
    return copied_sentences(text, f"{item.intro}\n{item.text}")


def read_form(form: FormData, item: QueuedItem, settings: Settings) -> Amendment:
    """What a filled-in form puts otherwise than the radar found it; raises ValueError in Dutch on what cannot be."""
    found = item.judgement
    title = clean(str(form.get("titel", "")))
    if len(title) > LONGEST_TITLE:
        raise ValueError(f"de titel is langer dan {LONGEST_TITLE} tekens.")
    kind = str(form.get("soort", ""))
    known = {theme.name for theme in settings.words.themes} | set(found.themes)
    themes = tuple(str(one) for one in form.getlist("thema") if one in known)
    audiences = tuple(one for one in Audience if one.value in form.getlist("voor"))
    event = _event(form)
    try:
        return Amendment(
            title="" if title == item.title else title,
            kind=ItemKind(kind) if kind else None,
            audiences=None if set(audiences) == set(found.audiences or Audience) else audiences,
            themes=None if set(themes) == set(found.themes) else themes,
            event=None if event == found.event else event,
            no_event=event is None and found.event is not None,
        )
    except (ValidationError, ValueError):
        raise ValueError("er staat iets in dat de radar niet begrijpt.") from None


def _event(form: FormData) -> Event | None:
    day, deadline = (
        _day(str(form.get(name, "")), label)
        for name, label in (("dag", "datum"), ("aanmelden", "laatste dag om aan te melden"))
    )
    place = clean(str(form.get("plaats", "")))[:LONGEST_PLACE]
    if day is None:
        if place or deadline:
            raise ValueError("een bijeenkomst heeft een datum nodig.")
        return None
    if deadline and deadline > day:
        raise ValueError("de laatste dag om aan te melden ligt na de bijeenkomst.")
    return Event(day=day, place=place, deadline=deadline)


def _day(text: str, label: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"de {label} is geen dag; schrijf die zo: 2026-11-30.") from None


def amend_form(item: QueuedItem, settings: Settings) -> AmendForm:
    """The form as it stands for an item."""
    found, words = item.judgement, settings.words
    now = amend(found, item.amendment, words)
    titles = {name: name for name in (*found.themes, *now.themes)} | {one.name: one.title for one in words.themes}
    plural = {one.value: one.plural for one in Audience}
    event = now.event
    return AmendForm(
        title=item.amendment.title,
        kind=item.amendment.kind or "",
        kinds=tuple({kind.value: kind_title(kind, settings) for kind in ItemKind}.items()),
        found_kind=kind_title(found.kind, settings),
        groups=(
            _group("voor", "Voor wie?", plural, found.audiences or tuple(Audience), now.audiences or tuple(Audience)),
            _group("thema", "Thema’s", titles, found.themes, now.themes),
        ),
        day=event.day.isoformat() if event else "",
        place=event.place if event else "",
        deadline=event.deadline.isoformat() if event and event.deadline else "",
        found_event=event_in_words(found.event),
        amended=item.amendment != NOTHING,
    )


def _group(name: str, title: str, titles: dict[str, str], found: Iterable[Any], now: Iterable[Any]) -> Group:
    told, ticked = [titles[one] for one in found], set(now)
    return Group(
        name,
        title,
        dutch.listing(told) if told else "geen",
        tuple((value, text, value in ticked) for value, text in titles.items()),
    )
