"""Tell new from changed, from already here, and from told elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from monitor.item import Arrival, Item, Known, Recent

FRESH_FOR = timedelta(days=60)
SHORTEST_COPY = 20
SAME_STORY = 0.5


@dataclass(frozen=True, slots=True)
class New:
    """An item seen for the first time.

    `told_as` is the item that told the story before; `takes_over` are copies that this one stands before.
    """

    item: Item
    arrival: Arrival
    told_as: int | None = None
    takes_over: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A known item with other content; `first_reading` when its page had not been read before."""

    item: Item
    known: Known
    first_reading: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """A known item whose page was tried again and could not be read."""

    item: Item
    known: Known


@dataclass(frozen=True, slots=True)
class Alias:
    """A known item met under an address it was not known by, or at another source."""

    item: Item
    known: Known


@dataclass(frozen=True, slots=True)
class Touched:
    """A known item whose source says that it changed, while its content stayed the same."""

    item: Item
    known: Known


Intent = New | Changed | Unread | Alias | Touched


@dataclass(frozen=True, slots=True)
class Stories:
    """The items of the last weeks, indexed by their runs of three words.

    Copies and excerpts share most of the runs of the shorter text; the index keeps the cost of a look-up in
    proportion to the text, not to the number of stories.
    """

    recent: Mapping[int, Recent] = field(default_factory=dict)
    sizes: Mapping[int, int] = field(default_factory=dict)
    index: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def same_as(self, item: Item) -> Recent | None:
        """Find the item of another source that shares at least half the runs of the shorter text."""
        mine = runs(item.title, item.intro, item.text)
        shared = Counter(number for run in mine for number in self.index.get(run, ()))
        for number, count in shared.most_common():
            other = self.recent[number]
            shorter = min(len(mine), self.sizes[number])
            if other.source != item.source and shorter >= SHORTEST_COPY and count >= SAME_STORY * shorter:
                return other
        return None


def runs(*texts: str) -> frozenset[int]:
    """Hash every run of three words."""
    words = re.findall(r"\w+", " ".join(texts).casefold())
    return frozenset(hash(run) for run in zip(words, words[1:], words[2:], strict=False))


def stories(recent: Iterable[Recent]) -> Stories:
    """Index the items of the last weeks."""
    by_id: dict[int, Recent] = {}
    sizes: dict[int, int] = {}
    index: dict[int, list[int]] = {}
    for one in recent:
        by_id[one.item_id] = one
        mine = runs(one.title, one.intro, one.text)
        sizes[one.item_id] = len(mine)
        for run in mine:
            index.setdefault(run, []).append(one.item_id)
    return Stories(by_id, sizes, {run: tuple(ids) for run, ids in index.items()})


def recognise(
    items: Sequence[Item],
    known: Mapping[str, Known],
    told: Stories,
    *,
    baseline: bool,
    today: date,
    titles: Mapping[str, str],
) -> list[Intent]:
    """Decide what each item is; items that are already here with the same content are left out.

    `known` maps address keys to what the store holds, `titles` names of sources to how they are called in a text.
    """
    decided: list[Intent] = []
    seen: set[str] = set()
    for item in items:
        if seen.intersection(item.keys):
            continue
        seen.update(item.keys)
        before = _held(item, known)
        if before is None:
            decided.append(_new(_found_here(item, known), told, baseline=baseline, today=today, titles=titles))
        elif item.read and item.fingerprint != before.fingerprint and _may_change(item, before):
            decided.append(Changed(item, before, first_reading=not before.read))
        elif item.failure and not before.read:
            decided.append(Unread(item, before))
        elif item.read and item.source == before.source and item.modified > before.modified:
            decided.append(Touched(item, before))
        elif before.source != item.source or any(key not in known for key in item.keys):
            decided.append(Alias(item, before))
    return decided


def _held(item: Item, known: Mapping[str, Known]) -> Known | None:
    """What the store holds of an item.

    A canonical address under which another title was read is a mistake of the page: pages of some sites all name the
    same one, and each would swallow the one before.
    """
    by_canonical, by_address = known.get(item.keys[0]), known.get(item.keys[-1])
    if by_canonical and by_canonical != by_address and by_canonical.read and _words(by_canonical) != _words(item):
        return by_address
    return by_canonical or by_address


def _found_here(item: Item, known: Mapping[str, Known]) -> Item:
    """A new item whose canonical address is another item's goes by the address it was found at."""
    return replace(item, address=item.found_at, keys=item.keys[-1:]) if item.keys[0] in known else item


def _words(titled: Item | Known) -> list[str]:
    return re.findall(r"\w+", titled.title.casefold())


def _may_change(item: Item, before: Known) -> bool:
    """Only an item's own source tells that it changed; another one may at most read it for the first time."""
    return item.source == before.source or not before.read


def _new(item: Item, told: Stories, *, baseline: bool, today: date, titles: Mapping[str, str]) -> New:
    if baseline:
        return New(item, Arrival.BASELINE)
    if item.published and item.published_origin != "guess" and item.published < today - FRESH_FOR:
        return New(item, Arrival.ARCHIVE)
    other = told.same_as(item)
    if other is None:
        return New(item, Arrival.NEWS)
    if _credits(other.text, titles.get(item.source, "")):
        return New(item, Arrival.NEWS, takes_over=(other.item_id,))
    return New(item, Arrival.NEWS, told_as=other.item_id)


def _credits(text: str, publisher: str) -> bool:
    """Say whether a text names the publisher as its source ("Bron: ...")."""
    return bool(publisher) and bool(re.search(rf"\bbron:?\s+{re.escape(publisher)}", text, re.IGNORECASE))
