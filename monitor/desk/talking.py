"""What colleagues do with an item together: take it up, give an opinion, ask for a second one, and comment."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.desk import decisions
from monitor.desk.cards import DECISIONS
from monitor.desk.pages import desk_of, reviewer_of
from monitor.store import talk


async def take(request: Request) -> Response:
    """Take an item up for a quarter of an hour, so that colleagues see it."""
    async with request.form() as form:
        return await run_in_threadpool(_take, request, form)


async def let_go(request: Request) -> Response:
    """Give back an item that one had taken up."""
    async with request.form() as form:
        return await run_in_threadpool(_let_go, request, form)


async def give_opinion(request: Request) -> Response:
    """Say what one thinks of an item; the decision stays."""
    async with request.form() as form:
        return await run_in_threadpool(_give_opinion, request, form)


async def ask_second(request: Request) -> Response:
    """Ask colleagues for a second opinion, or no longer."""
    async with request.form() as form:
        return await run_in_threadpool(_ask_second, request, form)


async def say(request: Request) -> Response:
    """Add a comment for colleagues."""
    async with request.form() as form:
        return await run_in_threadpool(_say, request, form)


async def take_back(request: Request) -> Response:
    """Withdraw one's own comment."""
    async with request.form() as form:
        return await run_in_threadpool(_take_back, request, form)


async def put_back(request: Request) -> Response:
    """Put one's own comment back that was withdrawn by mistake."""
    async with request.form() as form:
        return await run_in_threadpool(_put_back, request, form)


def _take(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), decisions.item_of(request)
    taken = talk.take(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return decisions.answer(request, form, item, "opgepakt" if taken else "bezet")


def _let_go(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), decisions.item_of(request)
    talk.let_go(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return decisions.answer(request, form, item, "teruggelegd")


def _give_opinion(request: Request, form: FormData) -> Response:
    desk, item, decision = desk_of(request), decisions.item_of(request), str(form.get("mening", ""))
    if decision and decision not in DECISIONS:
        raise HTTPException(422)
    talk.give_opinion(desk.engine, item.id, reviewer_of(request).id, decision, desk.clock())
    return decisions.answer(request, form, item, "mening")


def _ask_second(request: Request, form: FormData) -> Response:
    desk, item, wanted = desk_of(request), decisions.item_of(request), form.get("vraag") != "nee"
    talk.ask_second(desk.engine, item.id, reviewer_of(request).id, desk.clock(), wanted=wanted)
    return decisions.answer(request, form, item, "gevraagd" if wanted else "niet-gevraagd")


def _say(request: Request, form: FormData) -> Response:
    desk, item, text = desk_of(request), decisions.item_of(request), decisions.clean(str(form.get("opmerking", "")))
    if len(text) > decisions.LONGEST_TEXT:
        raise HTTPException(413)
    if not text:
        raise HTTPException(422)
    talk.say(desk.engine, item.id, reviewer_of(request).id, text, desk.clock())
    return decisions.answer(request, form, item, "opmerking")


def _take_back(request: Request, form: FormData) -> Response:
    desk, item, number = desk_of(request), decisions.item_of(request), str(request.path_params["comment_id"])
    if not decisions.is_id(number):
        raise HTTPException(404)
    me = reviewer_of(request).id
    if not talk.take_back(desk.engine, item.id, int(number), me, desk.clock()):
        raise HTTPException(404)
    return decisions.answer(request, form, item, "ingetrokken")


def _put_back(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), decisions.item_of(request)
    if not talk.put_back(desk.engine, item.id, reviewer_of(request).id, desk.clock()):
        raise HTTPException(404)
    return decisions.answer(request, form, item, "opmerkingterug")
