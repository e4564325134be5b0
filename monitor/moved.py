"""Which items under an unknown address are old ones of their source: the address changed, not what stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from monitor.footprint import closeness, footprint
from monitor.item import Item, Known, spelt_out, title_key, words_of

SAME_TEXT = 0.6
SAME_TEXT_RETITLED = 0.8
RELAUNCHED = 3


def is_relaunch(moved: int, unknown: int) -> bool:
    """Whether a site was rebuilt: of what stands under an unknown address at least half, and three, are old texts."""
    return moved >= RELAUNCHED and 2 * moved >= unknown


def moved(
    unknown: Sequence[Item], listed: Collection[str], titled: Mapping[str, Sequence[Known]], same_day: Sequence[Known]
) -> dict[str, Known]:
    """Which items are old texts of the same source under a new address, by their first key.

    The same title alone proves it only when a whole site moved; an item whose old address is still `listed` stays. Many
    sites make the address from the title, so a text of the same day under another title has moved too.
    """
    olds = [old for alike in (*titled.values(), same_day) for old in alike]
    stays = {old.item_id for old in olds if old.key in listed}
    candidates = [
        (item, [old for old in _candidates(item, titled, same_day) if old.item_id not in stays]) for item in unknown
    ]
    renewed = _renewed(candidates, len(unknown))
    pairs = [(item, [old for old in olds if _may_be(item, old, renewed)]) for item, olds in candidates]
    relaunch = is_relaunch(sum(bool(olds) for _, olds in pairs), len(unknown))
    found: dict[str, Known] = {}
    for item, old_ones in pairs:
        taken = {old.item_id for old in found.values()}
        free = [old for old in old_ones if old.item_id not in taken]
        proven = next((old for old in free if relaunch or _proven(item, old)), None)
        if proven:
            found[item.keys[0]] = proven
    return found


def is_retitled(item: Item, old: Known) -> bool:
    """Whether a moved item, whose page was read before, is called otherwise now."""
    return item.read and old.read and words_of(old.title) not in _names(item)


def same_page(item: Item, titled: Mapping[str, Sequence[Known]], same_day: Sequence[Known]) -> Known | None:
    """The known item of which this one is the same page under other parameters, also when both are listed now.

    A list may tell its links where the visitor came from (`?terug=nieuws`). As a parameter may name another document
    too, title and text must prove it: the very same text under two parameters; beside an address without any, nearly
    the same one. For what was not read the same day does, or an address that ends in the words of a title.
    """
    alike = [old for key in item.title_keys for old in titled.get(key, ())] if titled else []
    return next((old for old in (*alike, *same_day) if _is_same_page(item, old.key, old)), None)


def without_doubles(items: Sequence[Item]) -> list[Item]:
    """The items without those that share a spelling of their address with another, or are the same page.

    Of two that are the same page the one that was read stays, else the first.
    """
    seen: set[str] = set()
    by_name: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    doubled: set[int] = set()
    for number, item in sorted(enumerate(items), key=lambda one: not one[1].read):
        path = _path(item.keys[0])
        names = {item.title, item.listed_as} - {""} or ({""} if path == item.keys[0] else set())
        before = [one for name in names for one in by_name.get((path, name), ())]
        if seen.intersection(item.keys) or any(_is_same_page(item, one.keys[0], one) for one in before):
            doubled.add(number)
            continue
        for name in {item.title, ""}:
            by_name[path, name].append(item)
        seen.update(item.keys)
    return [item for number, item in enumerate(items) if number not in doubled]


def _is_same_page(item: Item, key: str, other: Item | Known) -> bool:
    own, told = item.keys[0], bool(item.title and other.title)
    if _path(own) != _path(key) or (told and words_of(other.title) not in _names(item)):
        return False
    if "?" in own and "?" in key:
        return told and bool(item.text) and item.text == other.text
    if item.text and other.text:
        return _same_text(item, other, SAME_TEXT_RETITLED)
    same_day = told and item.has_day and item.published == other.published
    return same_day or (bool(title_key(spelt_out(own))) and _may_be(item, other))


def _path(key: str) -> str:
    return key.partition("?")[0]


def _names(item: Item) -> tuple[list[str], list[str]]:
    return words_of(item.title), words_of(item.listed_as)


def _candidates(item: Item, titled: Mapping[str, Sequence[Known]], same_day: Sequence[Known]) -> list[Known]:
    """The items with the title of this one or the one by which it is listed, then those with a text of its day."""
    alike = {old.item_id: old for key in item.title_keys for old in titled.get(key, ())}
    if item.text and item.has_day:
        of_day = [old for old in same_day if old.text and old.published == item.published]
        alike |= {old.item_id: old for old in of_day if _same_text(item, old, SAME_TEXT_RETITLED)}
    return list(alike.values())


def _renewed(candidates: Sequence[tuple[Item, Sequence[Known]]], unknown: int) -> Collection[date]:
    """The days that a rebuilt site gave to its items anew: old ones of three days bear it now, or three old texts do.

    A series that comes back every week goes from one day to one other, with another text.
    """
    if not is_relaunch(sum(bool(old_ones) for _, old_ones in candidates), unknown):
        return ()
    days: defaultdict[date, list[tuple[Item, Known]]] = defaultdict(list)
    for item, old_ones in candidates:
        dated = [old for old in old_ones if old.published]
        if item.has_day and item.published and dated and item.published not in [old.published for old in dated]:
            days[item.published].append((item, dated[0]))
    return [day for day, pairs in days.items() if _bear_another_day(pairs)]


def _bear_another_day(pairs: Sequence[tuple[Item, Known]]) -> bool:
    same = (item.text and old.text and _same_text(item, old) for item, old in pairs)
    return len({old.published for _, old in pairs}) >= RELAUNCHED or sum(map(bool, same)) >= RELAUNCHED


def _may_be(item: Item, old: Item | Known, renewed: Collection[date] = ()) -> bool:
    """Whether no other date and, when both are read, no other text speaks against an item being this old one."""
    declared = item.published and item.published_origin != "guess" and item.published not in renewed
    if declared and old.published and item.published != old.published:
        return False
    return not (item.text and old.text) or _same_text(item, old)


def _proven(item: Item, old: Known) -> bool:
    return bool(item.text and old.text) or (item.published is not None and item.published == old.published)


def _same_text(item: Item, old: Item | Known, least: float = SAME_TEXT) -> bool:
    if item.fingerprint == old.fingerprint:
        return True
    (how,) = closeness(footprint("", "", item.text), [footprint("", "", old.text)])
    return how.share >= least
