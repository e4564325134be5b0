"""The page of one item: its reasons and text, what colleagues think of it, and how it comes in the letter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.desk import decisions, phrases
from monitor.desk.amend_form import AmendForm, amend_form, reading_of
from monitor.desk.cards import card, claimed, paragraphs
from monitor.desk.decisions import Back
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.why import why
from monitor.store import items, record, reviews, talk
from monitor.store.reviews import QueuedItem
from monitor.text_change import Paragraph, changed_paragraphs

MOST_SHOWN = 20  # comments and lines of the record; what came before them can be opened


def one(request: Request) -> Response:
    """Everything that is known of one item."""
    return show(request, decisions.item_of(request))


def show(request: Request, item: QueuedItem, refused: AmendForm | None = None) -> Response:
    """The page of an item; with the form that was sent and what is wrong in it, when something is."""
    desk, settings = desk_of(request), desk_of(request).live.current
    taken = talk.claims(desk.engine, [item.id], desk.now()).get(item.id)
    return page(
        request,
        "item.html",
        422 if refused else 200,
        card=card(item, settings, whole=True),
        claim=claimed(taken, desk.zone) if taken else "",
        form=refused or amend_form(item, settings),
        reading=reading_of(item.summary, item),
        **_talk(request, item),
        why=why(item.judgement),
        told=decisions.told_after(request),
        paragraphs=paragraphs(item),
        seen=phrases.moment(item.first_seen_at, desk.now()),
        versions=_versions(desk, item.id),
        front=reviews.one(desk.engine, item.told_as) if item.told_as else None,
        record=[
            decisions.line_of_record(row, desk.now())
            for row in record.of_subject(desk.engine, reviews.subject_of(item.id))
        ],
        back=Back("item"),
        most_shown=MOST_SHOWN,
    )


def _talk(request: Request, item: QueuedItem) -> dict[str, Any]:
    """What colleagues think and say of an item."""
    engine, me = desk_of(request).engine, reviewer_of(request)
    opinions = talk.opinions(engine, item.id)
    return {
        "opinions": opinions,
        "differ": len({one.decision for one in opinions}) > 1,
        "may_withdraw": any(one.reviewer_id == me.id for one in opinions) and item.decided_by != me.name,
        "asked_by": talk.asked_by(engine, item.id),
        "comments": talk.comments(engine, item.id),
    }


@dataclass(frozen=True)
class Edit:
    """An edit by the publisher: when, and what it changed."""

    number: int
    when: str
    paragraphs: tuple[Paragraph, ...]


def _versions(desk: Desk, item_id: int) -> list[Edit]:
    """What the source changed in the text since it came out, edit by edit."""
    known = items.versions(desk.engine, item_id)
    return [
        Edit(
            after.version, phrases.moment(after.seen_at, desk.now()), changed_paragraphs(_whole(before), _whole(after))
        )
        for before, after in pairwise(known)
    ]


def _whole(version: Any) -> str:
    intro = "" if version.text.startswith(version.intro) else version.intro
    return f"{version.title}\n\n{intro}\n\n{version.text}"
