"""Tell new from changed, from already here, from moved, and from told elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from monitor.footprint import Footprint, footprint
from monitor.item import Arrival, Item, Known, Publisher, words_of
from monitor.moved import is_relaunch, is_retitled, moved, same_page, without_doubles
from monitor.stories import Stories, Telling
from monitor.text_change import share_changed

FRESH_FOR = timedelta(days=60)
LEAST_CHANGE = 0.02
FEW = 5
FULLER = 1.5


@dataclass(frozen=True, slots=True)
class New:
    """An item seen for the first time.

    `told_as` is the item that stands in front of its story; `takes_over` are items that it, or that one, stands before.
    -1 stands for the first new item that is stored together with this one, -2 for the second, and so on.
    """

    item: Item
    arrival: Arrival
    told_as: int | None = None
    takes_over: tuple[int, ...] = ()
    footprint: Footprint | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A known item with other content; `first_reading` when its page had not been read before.

    A first reading may show that it tells a story of another source, or that what came in as news is old (`is_old`).
    """

    item: Item
    known: Known
    first_reading: bool
    told_as: int | None = None
    takes_over: tuple[int, ...] = ()
    footprint: Footprint | None = None
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A known item whose text stands under a new address now: nothing new, but the old address is gone."""

    item: Item
    known: Known


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


Intent = New | Changed | Moved | Unread | Alias | Touched


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store knows that bears on one harvest.

    `known` maps address keys to items, `titled` the keys of titles (`title_key`) to items of the same source that may
    have moved; `same_day` are those that were published on a day on which an unknown item was, and `listed` the known
    keys that the source lists now. `told` holds the stories of the last weeks and `publishers` who tells them.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    titled: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    told: Stories = field(default_factory=Stories)
    publishers: Mapping[str, Publisher] = field(default_factory=dict)
    same_day: Sequence[Known] = ()
    listed: Collection[str] = ()


def recognise(items: Sequence[Item], memory: Memory, *, baseline: bool, today: date) -> list[Intent]:
    """Decide what each item is; items that are already here with the same content are left out."""
    once = without_doubles(items)
    held = {item.keys[0]: _held(item, memory) for item in once}
    unknown = [item for item in once if held[item.keys[0]] is None]
    here = {key for item in once for key in item.keys}.union(memory.listed)
    moves = {} if baseline else moved(unknown, here, memory.titled, memory.same_day)
    relaunch = is_relaunch(len(moves), len(unknown))
    undated = sum(_declared(item) is None for item in unknown if item.keys[0] not in moves)
    archive = relaunch and undated > FEW
    decided: list[Intent] = []
    for item in once:
        if before := held[item.keys[0]]:
            decided += _again(item, before, memory, today)
        elif before := moves.get(item.keys[0]):
            decided.append(Moved(item, before))
            if not relaunch and is_retitled(item, before):
                decided.append(_changed(item, before, memory, today))
        else:
            arrival = _arrival(item, baseline=baseline, undated_is_old=archive, today=today)
            decided.append(_new(_found_here(item, memory.known), arrival, memory, today))
    return decided


def _again(item: Item, before: Known, memory: Memory, today: date) -> list[Intent]:
    """What there is to say of an item that is known."""
    other_content = item.read and item.fingerprint != before.fingerprint and _may_change(item, before)
    if other_content and not _is_slight(item, before):
        return [_changed(item, before, memory, today)]
    if item.failure and not before.read:
        return [Unread(item, before)]
    if item.read and item.source == before.source and item.modified > before.modified:
        return [Touched(item, before)]
    if before.source != item.source or any(key not in memory.known for key in item.keys):
        return [Alias(item, before)]
    return []


def _held(item: Item, memory: Memory) -> Known | None:
    """What the store holds of an item, under its address or under the same one with other parameters.

    A canonical address under which another title was read is a mistake of the page: pages of some sites all name the
    same one, and each would swallow the one before.
    """
    by_canonical, by_address = memory.known.get(item.keys[0]), memory.known.get(item.keys[-1])
    other_title = by_canonical and words_of(by_canonical.title) != words_of(item.title)
    if by_canonical and by_canonical != by_address and by_canonical.read and other_title:
        return by_address
    return by_canonical or by_address or same_page(item, memory.titled, memory.same_day)


def _found_here(item: Item, known: Mapping[str, Known]) -> Item:
    """A new item whose canonical address is another item's goes by the address it was found at."""
    return replace(item, address=item.found_at, keys=item.keys[-1:]) if item.keys[0] in known else item


def _is_slight(item: Item, before: Known) -> bool:
    """Whether a watched page differs from the version we have by a few words only, such as a date or a counter."""
    return item.watched and before.read and bool(before.text) and share_changed(before.text, item.text) < LEAST_CHANGE


def _may_change(item: Item, before: Known) -> bool:
    """Only an item's own source tells that it changed; another one may at most read it for the first time."""
    return item.source == before.source or not before.read


def _arrival(item: Item, *, baseline: bool, undated_is_old: bool, today: date) -> Arrival:
    """A guessed date never decides; many undated items of a site that was rebuilt are no news, a few may be."""
    if baseline:
        return Arrival.BASELINE
    declared = _declared(item)
    if declared is None:
        return Arrival.ARCHIVE if undated_is_old else Arrival.NEWS
    return Arrival.ARCHIVE if declared < today - FRESH_FOR else Arrival.NEWS


def _new(item: Item, arrival: Arrival, memory: Memory, today: date) -> New:
    if arrival is not Arrival.NEWS:
        return New(item, arrival)
    told = _tell(item, memory, today)
    return New(item, arrival, told.told_as, told.takes_over, told.footprint)


def _changed(item: Item, before: Known, memory: Memory, today: date) -> Changed:
    first_reading = not before.read
    if before.arrival is not Arrival.NEWS:
        return Changed(item, before, first_reading)
    if first_reading and _shows_age(item, before, today):
        return Changed(item, before, first_reading, is_old=True)
    told = _tell(item, memory, today)
    if not first_reading or before.told_as or before.apart:
        return Changed(item, before, first_reading, footprint=told.footprint)
    others = tuple(other for other in told.takes_over if other != before.item_id)
    return Changed(item, before, first_reading, told.told_as, others, told.footprint)


def _shows_age(item: Item, before: Known, today: date) -> bool:
    """Whether a page dates an item that no listing dated long before we saw it: read at once, it had been no news."""
    seen_on = before.first_seen_at.date() if before.first_seen_at else today
    arrival = _arrival(item, baseline=False, undated_is_old=False, today=seen_on)
    return before.published is None and arrival is Arrival.ARCHIVE


@dataclass(frozen=True, slots=True)
class _Told:
    footprint: Footprint
    told_as: int | None = None
    takes_over: tuple[int, ...] = ()


def _tell(item: Item, memory: Memory, today: date) -> _Told:
    """Find the story that an item tells, and who stands in front of it; stories that it joins become one."""
    mine = footprint(item.title, item.intro, item.text, item.published)
    found = memory.told.find(mine, item.source, story_day(item, today))
    if not found:
        return _Told(mine)
    fronts = tuple(dict.fromkeys(one.story for one in found))
    if _stands_before(item, mine, found[0], memory.publishers):
        return _Told(mine, takes_over=fronts)
    return _Told(mine, told_as=fronts[0], takes_over=fronts[1:])


def story_day(item: Item, today: date) -> date:
    """The day by which a telling is placed in time: when it was published, else when we saw it."""
    declared = _declared(item)
    return min(declared, today) if declared else today


def _declared(item: Item) -> date | None:
    """When an item was published, unless that is a guess."""
    return item.published if item.published_origin != "guess" else None


def _stands_before(item: Item, mine: Footprint, other: Telling, publishers: Mapping[str, Publisher]) -> bool:
    """Whether a new item is the original: by the credit line, by what the sources are, then by the earlier day.

    Of one day, the fuller text stands in front of an excerpt.
    """
    my_publisher = publishers.get(item.source, Publisher())
    its_publisher = publishers.get(other.source, Publisher())
    if _names(mine.credit, its_publisher):
        return False
    if _names(other.footprint.credit, my_publisher):
        return True
    if my_publisher.original != its_publisher.original:
        return my_publisher.original
    if not item.has_day or item.published is None:
        return False
    fuller = mine.size >= FULLER * other.footprint.size
    return item.published < other.day or (item.published == other.day and fuller)


def _names(credit: str, publisher: Publisher) -> bool:
    return any(name in credit for name in publisher.names)
