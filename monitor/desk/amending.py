"""An item for the letter in people's own words: keeps what they put otherwise, and looks at a text as it is typed."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.amendment import NOTHING
from monitor.desk import decisions
from monitor.desk.amend_form import amend_form, read_form, reading_of
from monitor.desk.item_page import show
from monitor.desk.pages import desk_of, page, reviewer_of
from monitor.store import amendments


async def check(request: Request) -> Response:
    """A piece of a page about the text that is being typed; nothing is kept."""
    async with request.form() as form:
        text = decisions.clean(str(form.get("samenvatting", "")))[: decisions.LONGEST_TEXT]
    item = await run_in_threadpool(decisions.item_of, request)
    reading = reading_of(text, item)
    if reading is None:
        return Response("", media_type="text/html")
    return page(request, "level.html", reading=reading)


async def keep(request: Request) -> Response:
    """Keep what somebody puts otherwise than the radar found it."""
    async with request.form() as form:
        return await run_in_threadpool(_keep, request, form)


async def undo(request: Request) -> Response:
    """Bring back what held before the latest amendment."""
    return await run_in_threadpool(_undo, request)


def _keep(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), decisions.item_of(request)
    try:
        new = NOTHING if form.get("terug") else read_form(form, item, desk.live.current)
    except ValueError as fault:
        return show(request, item, amend_form(item, desk.live.current).refused(form, str(fault)))
    amendments.keep(desk.engine, item.id, reviewer_of(request).id, new, desk.clock())
    return RedirectResponse(f"/item/{item.id}?na={item.id}&wat=aangepast", status_code=303)


def _undo(request: Request) -> Response:
    desk, item = desk_of(request), decisions.item_of(request)
    amendments.undo(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return RedirectResponse(f"/item/{item.id}?na={item.id}&wat=aanpassingterug", status_code=303)
