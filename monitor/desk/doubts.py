"""The letters of an edition of which nobody knows whether they arrived, for editors to decide about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import dutch
from digest import store as editions
from digest.doubts import Doubt, doubts_of
from digest.records import DeliveryState, EditionRefused, EditionState, StoredEdition
from monitor.desk import phrases
from monitor.desk.decisions import ITEM_ID, LARGEST_ID, Told
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.store import doubts
from monitor.store.record import RecordLine

MOST_SHOWN = 200
TOLD = {
    "aangekomen": "Bewaard: deze brief is aangekomen.",
    "nog-eens": "De brief gaat zo nog eens weg, met hetzelfde kenmerk.",
    "terug": "Uw besluit is teruggedraaid.",
    "te-laat": "Dat kan niet meer: de brief is intussen weg, of iemand anders besliste al.",
}


@dataclass(frozen=True)
class DoubtLine:
    """A letter in doubt in words; `settled` says who decided what, "" while nobody did."""

    id: int
    reader: str
    tried: str
    note: str
    has_left: bool
    settled: str


def overview(request: Request) -> Response:
    """The letters in doubt: those that wait for a person first, then what goes by itself and what was decided."""
    desk, edition = desk_of(request), _edition(request)
    decided = doubts.decisions(desk.engine, edition)
    found = doubts_of(desk.engine, edition.id, decided)
    waiting = [_line(desk, one) for one in found if _waits(one)]
    told = TOLD.get(request.query_params.get("wat", ""))
    return page(
        request,
        "doubts.html",
        edition=edition,
        title=f"Nummer {edition.number} voor {edition.audience.plural}, {edition.content.week}",
        stands_still=edition.state is EditionState.STOPPED,
        waiting=waiting[:MOST_SHOWN],
        more=len(waiting) - MOST_SHOWN,
        by_itself=[_line(desk, one) for one in found if _goes(one) and one.delivery_id not in decided],
        settled=[
            _line(desk, one, decided[one.delivery_id])
            for one in found
            if one.delivery_id in decided and _may_go_back(one, decided[one.delivery_id])
        ],
        told=Told(told) if told else None,
    )


async def settle(request: Request) -> Response:
    """Decide about one letter or more: it arrived, it goes once more, or that is taken back."""
    async with request.form() as form:
        chosen, step = [str(one) for one in form.getlist("brief")], str(form.get("doe", ""))
    return await run_in_threadpool(_settle, request, chosen, step)


def _settle(request: Request, chosen: Sequence[str], step: str) -> Response:
    desk, edition, me = desk_of(request), _edition(request), reviewer_of(request).id
    if not chosen or len(chosen) > MOST_SHOWN or not all(map(_is_number, chosen)):
        raise HTTPException(422)
    do = {"aangekomen": doubts.arrived, "nog-eens": doubts.once_more, "terug": doubts.undo}.get(step)
    if do is None:
        raise HTTPException(422)
    done = do(desk.engine, edition, [int(one) for one in chosen], me, desk.clock())
    return RedirectResponse(f"/brief/{edition.id}/onzeker?wat={step if done else 'te-laat'}", status_code=303)


def _line(desk: Desk, one: Doubt, decision: RecordLine | None = None) -> DoubtLine:
    tried = phrases.moment(one.tried_at, desk.now()) if one.tried_at else "nog niet"
    note = f"Gaat vanzelf nog één keer, {phrases.moment(one.again_at, desk.now())}." if one.again_at else ""
    settled = ""
    if decision:
        what = "Aangekomen" if decision.action == doubts.ARRIVED else "Gaat nog eens"
        settled = f"{what}, besloot {decision.who} {phrases.moment(decision.at, desk.now())}."
    return DoubtLine(
        one.delivery_id,
        f"{one.name} <{one.email}>" if one.name else one.email,
        f"{tried} ({dutch.count(one.attempts, 'keer', 'keer')} geprobeerd)",
        note,
        one.has_left,
        settled,
    )


def _waits(one: Doubt) -> bool:
    return one.state is DeliveryState.IN_DOUBT and one.again_at is None


def _goes(one: Doubt) -> bool:
    return one.state is DeliveryState.IN_DOUBT and one.again_at is not None


def _may_go_back(one: Doubt, decision: RecordLine) -> bool:
    """Whether a decision can still be taken back: a letter that went once more cannot be called back."""
    return one.state is DeliveryState.SENT if decision.action == doubts.ARRIVED else _goes(one)


def _edition(request: Request) -> StoredEdition:
    number = str(request.path_params["edition_id"])
    if not _is_number(number):
        raise HTTPException(404)
    try:
        return editions.find_edition(desk_of(request).engine, int(number))
    except EditionRefused:
        raise HTTPException(404) from None


def _is_number(text: str) -> bool:
    return bool(ITEM_ID.fullmatch(text)) and int(text) <= LARGEST_ID
