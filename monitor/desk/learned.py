"""The page of what the radar learned from decisions: each lesson with how it did, and going back to another one."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import dutch
from monitor.desk import phrases
from monitor.desk.decisions import Told
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.figures_words import of_hundred
from monitor.store import models
from monitor.store.models import SEED, Lesson

SHOWN = 24
TAKEN = "Dit model geldt nu. De radar beoordeelt de berichten die nog wachten opnieuw; dat duurt even."
SHARES = (("precision", "terecht in de wachtrij"), ("recall", "gevonden van wat ertoe doet"))


@dataclass(frozen=True)
class LessonLine:
    """One time that was learned, in words; `name` is how it is asked for."""

    name: str
    title: str
    verdict: str
    shares: tuple[str, ...]
    in_use: bool


def overview(request: Request) -> Response:
    """What was learned, the latest first, and last what the radar knew before anybody decided."""
    desk = desk_of(request)
    now = models.in_use(desk.engine)
    lines = [_line(desk, one, in_use=bool(now and now.id == one.id)) for one in models.lessons(desk.engine, SHOWN)]
    learning = desk.live.current.radar.learning
    told = Told(TAKEN) if request.query_params.get("wat") == "gebruik" else None
    return page(
        request,
        "learned.html",
        lines=lines,
        seed=SEED,
        seed_in_use=now is None,
        told=told,
        switched_on=learning.model,
        needed=learning.decisions,
    )


async def use(request: Request) -> Response:
    """Judge with another lesson from now on, or with the seed."""
    async with request.form() as form:
        name = str(form.get("model", ""))
    await run_in_threadpool(_use, request, name)
    return RedirectResponse("/geleerd?wat=gebruik", status_code=303)


def _use(request: Request, name: str) -> None:
    desk = desk_of(request)
    known: dict[str, int | None] = {str(one.id): one.id for one in models.lessons(desk.engine, SHOWN)}
    known[SEED] = None
    if name not in known:
        raise HTTPException(404)
    models.use(desk.engine, known[name], reviewer_of(request).id, desk.clock())


def _line(desk: Desk, one: Lesson, *, in_use: bool) -> LessonLine:
    figures = one.figures
    better = figures["surprise_after"] < figures["surprise_before"]
    compared = dutch.count(figures["compared"], "later besluit", "latere besluiten")
    verdict = f"Vergeleken op {compared}: {'beter' if better else 'niet beter'} dan het model van toen."
    shares = tuple(
        f"{phrases.sentence(words)}: {of_hundred(figures[f'{name}_after'])}, "
        f"bij het model van toen {round(figures[f'{name}_before'] * 100)}."
        for name, words in SHARES
        if f"{name}_after" in figures and f"{name}_before" in figures
    )
    when = phrases.sentence(phrases.moment(one.trained_at, desk.now()))
    return LessonLine(
        str(one.id),
        f"{when}, van {dutch.count(one.examples, 'besluit', 'besluiten')}",
        verdict,
        shares,
        in_use,
    )
