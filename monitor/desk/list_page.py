"""A page with a list of items, put together from pieces as they were last made: the cards, and the page around them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.desk.cards import card, claimed
from monitor.desk.decisions import Back
from monitor.desk.english import language_of, page_in
from monitor.desk.pages import Desk, around, database_of, desk_of, reviewer_of
from monitor.desk.shelf import Shelf
from monitor.language import Language
from monitor.role import Role
from monitor.store import reviews
from monitor.store.database import Database
from monitor.store.listed import Listed, Queued
from monitor.store.queue import Position

MOST_CARDS = 500
MOST_FRAMES = 50
MOST_PAGES = 20
HERE = Markup("<!--here-->")  # no text from outside can look like it, for that is escaped


class CardKey(NamedTuple):
    """A card as one kind of reader sees it in one place; all texts and numbers, for it is looked up often."""

    item_id: int
    sample: bool
    list_name: str
    start: str
    choice: str
    may_decide: bool
    language: str


class FrameKey(NamedTuple):
    """A list as one person sees it."""

    person: int
    list_name: str
    choice: str
    language: str


class Shelves:
    """The pieces that lists are put together from, and the pages of the queue as the database last gave them."""

    def __init__(self) -> None:
        self.cards: Shelf[CardKey, bytes] = Shelf(MOST_CARDS)
        self.frames: Shelf[FrameKey, tuple[bytes, bytes]] = Shelf(MOST_FRAMES)
        self.pages: Shelf[Position | None, Queued] = Shelf(MOST_PAGES)


def shelves_of(request: Request) -> Shelves:
    """The shelves of the desk that serves this request."""
    shelves: Shelves = request.app.state.shelves
    return shelves


@dataclass(frozen=True)
class Ends:
    """What stands at both ends of the cards: addresses of what follows and of deciding together, or ""."""

    following: str = ""
    together: str = ""
    behind: int = 0


def list_page(
    request: Request,
    items: Mapping[int, Listed],
    sample: Collection[int],
    back: Back,
    ends: Ends,
    **frame: Any,
) -> Response:
    """Show these items in this order; `frame` is what list.html shows around them."""
    shelves = shelves_of(request)
    language, desk, context = language_of(request), desk_of(request), around(request) | frame
    cards = _cards(request, shelves.cards, items, sample, back, language)
    context |= {"any_cards": bool(cards)}
    top, bottom = _frame(desk, shelves.frames, context, back, language)
    shown = desk.pages.get_template("shown.html").render(context, cards=HERE, back=back, **vars(ends))
    before, _, after = page_in(language, shown).partition(HERE)
    return HTMLResponse(b"".join((top, before.encode(), *cards, after.encode(), bottom)))


def _frame(
    desk: Desk, shelf: Shelf[FrameKey, tuple[bytes, bytes]], context: Mapping[str, Any], back: Back, language: Language
) -> tuple[bytes, bytes]:
    """What stands before and after the list; only what there is to undo knows on which page of it one is."""
    settings = desk.live.current
    key = FrameKey(context["reviewer"].id, back.name, back.choice, language.value)
    shown = {**context, "back": back if context["told"] else replace(back, start="")}
    found = shelf.find(settings, {key: shown})
    if not found:
        html = desk.pages.get_template("list.html").render(shown, shown=HERE)
        top, _, bottom = page_in(language, html).partition(HERE)
        found = {key: (top.encode(), bottom.encode())}
        shelf.put(settings, {key: (shown, found[key])})
    return found[key]


def _cards(
    request: Request,
    shelf: Shelf[CardKey, bytes],
    items: Mapping[int, Listed],
    sample: Collection[int],
    back: Back,
    language: Language,
) -> list[bytes]:
    """The cards of these items; one that was taken away in the meantime is left out."""
    settings, may_decide = desk_of(request).live.current, reviewer_of(request).role.may(Role.REVIEWER)
    place = (back.name, back.start, back.choice, may_decide, language.value)
    wanted = {CardKey(one, one in sample, *place): item for one, item in items.items()}
    shown = shelf.find(settings, wanted)
    if len(shown) < len(wanted):
        with shelf.making:  # who asks for the same cards at the same time finds them when the first is done
            missing = {key: item for key, item in wanted.items() if key not in shown}
            shown |= shelf.find(settings, missing)
            missing = {key: item for key, item in missing.items() if key not in shown}
            made = dict(_made(desk_of(request), database_of(request), missing, back, language))
            shelf.put(settings, {key: (wanted[key], html) for key, html in made.items()})
        shown |= made
    return [shown[key] for key in wanted if key in shown]


def _made(
    desk: Desk, database: Database, wanted: Mapping[CardKey, Listed], back: Back, language: Language
) -> Iterable[tuple[CardKey, bytes]]:
    """Make these cards."""
    template, settings = desk.pages.get_template("card.html"), desk.live.current
    keys = {key.item_id: key for key in wanted}
    for item in reviews.some(database, list(keys)):
        key = keys[item.id]
        now = wanted[key]
        html = template.render(
            card=card(item, settings),
            back=back,
            may={"reviewer": key.may_decide},
            claim=claimed(now.claim, desk.zone) if now.claim else "",
            said=now.said,
            sample=key.sample,
        )
        yield key, page_in(language, html).encode()
