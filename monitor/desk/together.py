"""Deciding on many items together: first the whole list to look at, then one button, and one to take it all back."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import dutch
from monitor.desk import decisions
from monitor.desk.cards import card
from monitor.desk.choice import choice
from monitor.desk.decisions import Told
from monitor.desk.pages import desk_of, page, reviewer_of
from monitor.store import reviews

MOST = 200
BATCH = re.compile(r"[0-9T]{10,30}-[0-9]{1,10}")


def preview(request: Request) -> Response:
    """All that would be turned down, to look at and to leave out what should stay."""
    desk, asked = desk_of(request), request.query_params
    chosen = choice(desk, asked)
    listed = reviews.set_aside if asked.get("van") == "terzijde" else reviews.queue
    found = listed(desk.engine, wanted=chosen.wanted, limit=MOST + 1) if chosen.made else []
    return page(
        request,
        "together.html",
        cards=[card(item, desk.live.current) for item in found[:MOST]],
        more=len(found) > MOST,
        most=MOST,
        batch="",
        told=None,
    )


async def decide(request: Request) -> Response:
    """Turn down what was ticked, as far as nobody decided on it in the meantime."""
    async with request.form() as form:
        return await run_in_threadpool(_decide, request, form)


async def undo(request: Request) -> Response:
    """Take back what was decided together."""
    async with request.form() as form:
        return await run_in_threadpool(_undo, request, form)


def done(request: Request) -> Response:
    """What was decided together, with the button to take it back; made from the record, never from the address."""
    desk, batch = desk_of(request), str(request.path_params["batch"])
    line = reviews.batch_of(desk.engine, batch) if BATCH.fullmatch(batch) else None
    ids = [int(one) for one in line.after["items"]] if line else []
    found = reviews.some(desk.engine, ids)
    turned_down = sum(item.decision == reviews.REJECTED for item in found)
    text = f"{dutch.count(turned_down, 'bericht is', 'berichten zijn')} afgewezen." if line else "Hier is niets gedaan."
    if line and not turned_down:
        text = "Dit is teruggedraaid. De berichten wachten weer op een besluit."
    return page(
        request,
        "together.html",
        cards=[card(item, desk.live.current) for item in found],
        more=False,
        most=MOST,
        batch=batch,
        told=Told(text, "/samen/ongedaan" if turned_down else ""),
    )


def _decide(request: Request, form: FormData) -> Response:
    desk = desk_of(request)
    ids = [int(one) for one in map(str, form.getlist("item")) if decisions.is_id(one)][:MOST]
    known = [item.id for item in reviews.some(desk.engine, ids)]
    batch = reviews.decide_all(desk.engine, known, reviewer_of(request).id, reviews.REJECTED, desk.clock())
    return RedirectResponse(f"/samen/{batch}" if batch else "/", status_code=303)


def _undo(request: Request, form: FormData) -> Response:
    desk, batch = desk_of(request), str(form.get("samen", ""))
    if not BATCH.fullmatch(batch):
        return RedirectResponse("/", status_code=303)
    reviews.undo_all(desk.engine, batch, reviewer_of(request).id, desk.clock())
    return RedirectResponse(f"/samen/{batch}", status_code=303)
