"""Tips of readers, for people to look at: an address, and why somebody thinks it matters."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import tips
from digest.edition import one_line
from monitor import tipped
from monitor.desk import phrases
from monitor.desk.cards import Link, web_address
from monitor.desk.decisions import Told, is_id
from monitor.desk.pages import desk_of, page, reviewer_of
from monitor.store import record

LONGEST_TITLE = 300
GONE = "Deze tip is al van de lijst."
HANDLED, AGAIN = "tip", "tip again"


@dataclass(frozen=True)
class TipLine:
    """A tip in words; `not_read` says why its page could not be read just now."""

    id: int
    link: Link
    site: str
    remark: str
    told: str
    not_read: str = ""


def overview(request: Request) -> Response:
    """The tips that nobody handled yet, the oldest first."""
    return _overview(request)


async def take_up(request: Request) -> Response:
    """Make an item of a tip, and go to its page to judge it."""
    async with request.form() as filled:
        title = one_line(str(filled.get("titel", "")))[:LONGEST_TITLE]
    return await run_in_threadpool(_take_up, request, title)


def handle(request: Request) -> Response:
    """Take a tip off the list."""
    desk, tip_id = desk_of(request), _tip_id(request)
    with desk.engine.begin() as connection:
        if tips.handle(connection, tip_id, desk.clock()):
            record.note(connection, reviewer_of(request).id, HANDLED, f"tip/{tip_id}", desk.clock())
    return RedirectResponse(f"/tips?na={tip_id}", status_code=303)


def put_back(request: Request) -> Response:
    """Put a tip on the list again that was taken off by mistake."""
    desk, tip_id = desk_of(request), _tip_id(request)
    with desk.engine.begin() as connection:
        handled = record.stands(connection, HANDLED, f"tip/{tip_id}", unless=AGAIN)
        if handled and tips.put_back(connection, tip_id):
            record.note(connection, reviewer_of(request).id, AGAIN, f"tip/{tip_id}", desk.clock())
    return RedirectResponse(f"/tips?na={tip_id}", status_code=303)


def _take_up(request: Request, title: str) -> Response:
    desk, tip_id = desk_of(request), _tip_id(request)
    wanted = next((one for one in tips.waiting(desk.engine) if one.id == tip_id), None)
    if wanted is None:
        return _overview(request, told=GONE)
    reading: threading.Lock = request.app.state.reading_a_tip
    if not reading.acquire(blocking=False):
        return _overview(request, 409, told="De radar leest net al een tip. Probeer het zo nog eens.")
    try:
        now, reviewer = desk.clock(), reviewer_of(request)
        found = tipped.take_up(desk.engine, desk.live.current, wanted.address, now, reviewer.id, title)
    except tipped.NotRead as fault:
        return _overview(request, 422, not_read=(tip_id, str(fault)))
    finally:
        reading.release()
    with desk.engine.begin() as connection:
        tips.handle(connection, tip_id, now)
    told = "" if found.new else f"?wat=bekend&na={found.item_id}"
    return RedirectResponse(f"/item/{found.item_id}{told}", status_code=303)


def _overview(
    request: Request, status_code: int = 200, *, told: str = "", not_read: tuple[int, str] = (0, "")
) -> Response:
    desk = desk_of(request)
    lines = [
        TipLine(
            one.id,
            Link(one.address, web_address(one.address)),
            urlsplit(one.address).hostname or "",
            one.remark,
            phrases.moment(one.told_at, desk.now()),
            not_read[1] if one.id == not_read[0] else "",
        )
        for one in tips.waiting(desk.engine)
    ]
    now_told = Told(told) if told else _told_after(request, {line.id for line in lines})
    return page(request, "tips.html", status_code, lines=lines, told=now_told)


def _told_after(request: Request, waiting: Collection[int]) -> Told | None:
    """What was done with the tip of which the address holds the number, as it is now."""
    desk, number = desk_of(request), request.query_params.get("na", "")
    if not is_id(number):
        return None
    subject = f"tip/{number}"
    if int(number) in waiting:
        undone = record.stands(desk.engine, AGAIN, subject, unless=HANDLED)
        return Told("Ongedaan gemaakt. De tip staat weer op de lijst.") if undone else None
    handled = record.stands(desk.engine, HANDLED, subject, unless=AGAIN)
    return Told("De tip is van de lijst.", f"/tips/{number}/ongedaan") if handled else Told(GONE)


def _tip_id(request: Request) -> int:
    tip_id = str(request.path_params["tip_id"])
    if not is_id(tip_id):
        raise HTTPException(404)
    return int(tip_id)
