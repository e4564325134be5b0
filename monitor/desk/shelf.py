"""The cards of the lists as they were last shown, so that most of a page is put together from what is there.

A card is found again only by all that can change on it (see `monitor.store.listed`), so it is never stale.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from monitor.desk.cards import card
from monitor.desk.decisions import Back
from monitor.desk.item_page import claimed
from monitor.desk.pages import Desk
from monitor.role import Role
from monitor.settings import Settings
from monitor.store import reviews
from monitor.store.listed import Listed

MOST = 500


class CardKey(NamedTuple):
    """All that a card shows, or by which one sees that it has changed."""

    item_id: int
    mark: tuple[Any, ...]
    said: int
    claim: str
    sample: bool
    back: Back
    role: Role


class Shelf:
    """A bounded number of cards, the longest unused goes first; other settings empty it. Many threads may use it."""

    def __init__(self) -> None:
        self._cards: OrderedDict[CardKey, Markup] = OrderedDict()
        self._settings: Settings | None = None
        self._lock = threading.Lock()
        self.making = threading.Lock()

    def find(self, settings: Settings, keys: Collection[CardKey]) -> dict[CardKey, Markup]:
        """Those of these cards that are there."""
        with self._lock:
            if self._settings is not settings:
                self._cards.clear()
                self._settings = settings
            found = {key: self._cards[key] for key in keys if key in self._cards}
            for key in found:
                self._cards.move_to_end(key)
            return found

    def put(self, settings: Settings, made: Mapping[CardKey, Markup]) -> None:
        """Keep cards that were made with these settings."""
        with self._lock:
            if self._settings is settings:
                self._cards.update(made)
                while len(self._cards) > MOST:
                    self._cards.popitem(last=False)


def shown_cards(
    desk: Desk,
    shelf: Shelf,
    ids: Sequence[int],
    known: Mapping[int, Listed],
    back: Back,
    role: Role,
    sample: Collection[int],
) -> list[Markup]:
    """The cards of these items in this order, as HTML; what is `known` of them now tells whether they changed."""
    settings = desk.live.current
    claims = {one: claimed(now.claim, desk) for one, now in known.items() if now.claim}
    keys = {
        one: CardKey(one, now.mark, now.said, claims.get(one, ""), one in sample, back, role)
        for one, now in known.items()
    }
    shown = shelf.find(settings, keys.values())
    if len(shown) < len(keys):
        with shelf.making:  # who asks for the same cards at the same time finds them when the first is done
            shown |= shelf.find(settings, [key for key in keys.values() if key not in shown])
            wanted = {one: key for one, key in keys.items() if key not in shown}
            made = _made(desk, settings, wanted)
            shelf.put(settings, made)
        shown |= made
    return [shown[keys[one]] for one in ids if one in keys and keys[one] in shown]


def _made(desk: Desk, settings: Settings, keys: Mapping[int, CardKey]) -> dict[CardKey, Markup]:
    """Make the cards of these items, each for its key."""
    template = desk.pages.get_template("card.html")
    made = {}
    for item in reviews.some(desk.engine, list(keys)):
        key = keys[item.id]
        html = template.render(
            card=card(item, settings),
            back=key.back,
            may={"reviewer": key.role.may(Role.REVIEWER)},
            claim=key.claim,
            said=key.said,
            sample=key.sample,
        )
        made[key] = Markup(html)  # noqa: S704 - a template that escapes made it
    return made
