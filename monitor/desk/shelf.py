"""The cards of the lists as they were last shown, so that most of a page is put together from what is there.

A card is found again only by all that can change on it (see `monitor.store.reviews.marks`), so it is never stale.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from monitor.desk.cards import card
from monitor.desk.decisions import Back
from monitor.desk.pages import Desk
from monitor.role import Role
from monitor.settings import Settings
from monitor.store import reviews

MOST = 500


class Shelf:
    """A bounded number of cards, the longest unused goes first; other settings empty it. Many threads may use it."""

    def __init__(self) -> None:
        self._cards: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()
        self._settings: Settings | None = None
        self._lock = threading.Lock()

    def find(self, settings: Settings, keys: Collection[tuple[Any, ...]]) -> dict[tuple[Any, ...], Markup]:
        """Those of these cards that are there."""
        with self._lock:
            if self._settings is not settings:
                self._cards.clear()
                self._settings = settings
            found = {key: self._cards[key] for key in keys if key in self._cards}
            for key in found:
                self._cards.move_to_end(key)
            return found

    def put(self, settings: Settings, made: Mapping[tuple[Any, ...], Markup]) -> None:
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
    back: Back,
    role: Role,
    claims: Mapping[int, str],
    said: Mapping[int, int],
    sample: Collection[int],
) -> list[Markup]:
    """The cards of these items in this order, as HTML."""
    settings = desk.live.current
    marks = reviews.marks(desk.engine, ids)
    keys = {
        one: (one, mark, back, role, claims.get(one, ""), said.get(one, 0), one in sample)
        for one, mark in marks.items()
    }
    found = shelf.find(settings, keys.values())
    made = {}
    template = desk.pages.get_template("card.html")
    for item in reviews.some(desk.engine, [one for one, key in keys.items() if key not in found]):
        made[keys[item.id]] = Markup(  # noqa: S704 - a template that escapes made it
            template.render(
                card=card(item, settings),
                back=back,
                may={"reviewer": role.may(Role.REVIEWER)},
                claim=claims.get(item.id, ""),
                said=said.get(item.id, 0),
                sample=item.id in sample,
            )
        )
    shelf.put(settings, made)
    shown = found | made
    return [shown[keys[one]] for one in ids if one in keys and keys[one] in shown]
