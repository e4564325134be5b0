"""Which pages a visit reads, in which order."""

from __future__ import annotations

from collections.abc import Sequence

from crawlers.address import key
from crawlers.ask import Ask, Purpose
from crawlers.found import Found, changed, renewed_together, was_there
from crawlers.publication import Entry, Listed
from crawlers.source import CrawlOrder


def pages_to_read(order: CrawlOrder, main: Found, closed: Sequence[Found]) -> list[Ask]:
    """The pages of what is new, then of what could not be read before, then of what changed.

    `closed` are the listings of the visit and `main` the first of them that yielded; an item of several listings is
    taken from the main one. What an endpoint lists when it is read for the first time, or at the end of an overview
    that is looked through, may be no news, and a time of change that a site gives to all its items at once says
    nothing.
    """
    unread: dict[str, Entry] = {key(address): Listed(address=address) for address in order.unread}
    new, touched, seen = [], [], set[str]()
    for found in sorted(closed, key=lambda one: one is not main):
        together = renewed_together(found)
        first = not order.remembered(found.endpoint).yielded and not order.baseline
        inserted, slid_in = found.inserted, found.slid_in
        for name, listed in found.items.items():
            if name in seen:
                continue
            seen.add(name)
            if name not in found.known:
                old = (first or name in slid_in) and was_there(listed, order.since)
                late = (found is not main or name in inserted) and not old
                new.append(_page(listed, Purpose.PAGE, found, old=old, late=late))
            elif name in unread:
                unread[name] = listed
            elif changed(listed, found.known, name) and listed.modified[:10] != together:
                touched.append(_page(listed, Purpose.CHANGED, found))
    again = [_page(listed, Purpose.AGAIN, main) for listed in unread.values()]
    return [*new, *again, *touched]


def _page(listed: Entry, purpose: Purpose, found: Found, *, old: bool = False, late: bool = False) -> Ask:
    kind = found.endpoint.kind
    return Ask(listed.address, purpose, listed=listed.whole(), found_by=kind, was_there=old, caught_up=late)
