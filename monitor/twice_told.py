"""Stories that a letter tells twice, or that its readers had before, by how each item is known to tell its story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digest import store as editions
from digest.check import Finding, Severity, title_words
from digest.edition import Edition, Entry
from digest.wishes import Rhythm
from monitor.store import tellings
from monitor.store.database import Engine
from monitor.store.reviews import QueuedItem
from monitor.stories import Stories, Telling

LETTERS_BACK = 5  # a story is told elsewhere within five weeks


def twice_told(engine: Engine, edition: Edition, items: Mapping[str, QueuedItem]) -> Iterator[Finding]:
    """Compare the entries with each other and with the letters of the last weeks; `items` are those of the entries.

    Two sources may tell one story: they stand together in the tables, or their texts are alike and nobody set them
    apart. Two entries under one title are told of by `digest.check`.
    """
    before = _before(engine, edition)
    footprints = tellings.of(engine, [*before, *(item.id for item in items.values())])
    fronts = {footprints[one].story if one in footprints else one: one for one in before}
    told = Stories(footprints[one] for one in before if one in footprints)
    inside: dict[int, tuple[int, Entry]] = {}
    for position, entry in enumerate(edition.entries, start=1):
        item = items.get(entry.reference)
        if item is None:
            continue
        mine, story = footprints.get(item.id), item.told_as or item.id
        messages: dict[str, None] = {}
        for twin in (fronts.get(story), _likest(told, mine)):
            if twin in before:
                messages[f"Dit verhaal stond al in nummer {before[twin]}, van een andere bron."] = None
            elif twin in inside and title_words(inside[twin][1]) != title_words(entry):
                messages[f"Hetzelfde verhaal als bericht {inside[twin][0]}. Eén van de twee is genoeg."] = None
        place = f"bericht {position}: {entry.title}"
        yield from (Finding(place, one, Severity.WARN, entry.reference) for one in messages)
        inside[item.id] = position, entry
        fronts.setdefault(story, item.id)
        if mine:
            told.add(mine)


def _before(engine: Engine, edition: Edition) -> dict[int, int]:
    """In which number the readers had an item of late; an overview of a month tells only what they had."""
    if edition.rhythm is Rhythm.MONTH:
        return {}
    again = {entry.reference for entry in edition.entries}
    return {
        int(reference): number
        for reference, number in editions.told_before(engine, edition.audience).items()
        if number >= edition.number - LETTERS_BACK and reference.isdigit() and reference not in again
    }


def _likest(told: Stories, mine: Telling | None) -> int | None:
    alike = told.find(mine.footprint, mine.source, mine.day) if mine else []
    return alike[0].item_id if alike else None
