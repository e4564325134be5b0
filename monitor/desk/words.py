"""The rule bench: the page on which words are changed, tried on stored items, saved and taken back."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor import bench, words_file
from monitor.desk import phrases
from monitor.desk.decisions import Told
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.trial_words import Outcome, outcome
from monitor.problems import Problem
from monitor.settings import SettingsError
from monitor.store import words as editions
from monitor.store.words import WordsEdition
from monitor.words_file import Overtaken

LONGEST = 200_000
LINES_SHOWN = 60
TOLD = {
    "bewaard": "Bewaard. De radar beoordeelt de berichten die nog wachten nu opnieuw; dat duurt even.",
    "terug": "Teruggezet. De radar beoordeelt de berichten die nog wachten nu opnieuw; dat duurt even.",
}
CANNOT_WRITE = "Het bestand words.yaml is niet te schrijven. Vraag de beheerder van deze computer om hulp."


@dataclass(frozen=True)
class PastLine:
    """An earlier text of the words, with the lines that changed in it."""

    number: int
    what: str
    changes: str
    current: bool


@dataclass(frozen=True)
class Draft:
    """What stands in the form: the theme ("" is the whole file), its text, and the file it was taken from."""

    theme: str
    text: str
    seen: str


def open_words(request: Request) -> Response:
    """A theme, or the whole file, to look at and to change."""
    theme = request.query_params.get("thema", "")
    whole = words_file.read(desk_of(request).live.current.folder)
    cut = words_file.part(whole, theme) if theme else None
    draft = Draft(theme if cut else "", cut.text if cut else whole, words_file.fingerprint(whole))
    told = TOLD.get(request.query_params.get("wat", ""))
    return _show(request, draft, told=Told(told) if told else None)


async def try_words(request: Request) -> Response:
    """Say what the words in the form would change; nothing is saved."""
    async with request.form() as form:
        return await run_in_threadpool(_try, request, form)


async def save_words(request: Request) -> Response:
    """Save the words in the form."""
    async with request.form() as form:
        return await run_in_threadpool(_save, request, form)


async def restore_words(request: Request) -> Response:
    """Put an earlier text back."""
    async with request.form() as form:
        return await run_in_threadpool(_restore, request, form)


def _try(request: Request, form: FormData) -> Response:
    desk, draft = desk_of(request), _draft(form)
    try:
        then = desk.live.with_words(_whole(desk, draft).encode())
    except SettingsError as error:
        return _show(request, draft, problems=_problems(desk, draft, error), status_code=422)
    except Overtaken as overtaken:
        return _show(request, draft, problems=(str(overtaken),), status_code=409)
    trial = bench.trial(desk.engine, desk.live.current, then, desk.clock())
    return _show(request, draft, came=outcome(desk, trial))


def _save(request: Request, form: FormData) -> Response:
    desk, draft = desk_of(request), _draft(form)
    over = words_file.read(desk.live.current.folder)
    note = f"thema {draft.theme} veranderd" if draft.theme else "veranderd"
    try:
        text = _whole(desk, draft)
        bench.save(desk.engine, desk.live, text, over, note, reviewer_of(request).id, desk.clock())
    except SettingsError as error:
        return _show(request, draft, problems=_problems(desk, draft, error), status_code=422)
    except Overtaken as overtaken:
        return _show(request, draft, problems=(str(overtaken),), status_code=409)
    except OSError:
        return _show(request, draft, problems=(CANNOT_WRITE,), status_code=500)
    return RedirectResponse(f"/woorden?thema={draft.theme}&wat=bewaard", status_code=303)


def _restore(request: Request, form: FormData) -> Response:
    desk, number = desk_of(request), str(form.get("versie", ""))
    edition = editions.edition(desk.engine, int(number)) if number.isdecimal() and len(number) < 10 else None
    if edition is None:
        raise HTTPException(404)
    whole = words_file.read(desk.live.current.folder)
    draft = Draft("", whole, words_file.fingerprint(whole))
    try:
        bench.back(desk.engine, desk.live, edition, reviewer_of(request).id, desk.clock())
    except SettingsError as error:
        return _show(request, replace(draft, text=edition.content), problems=_lines(error.problems), status_code=422)
    except OSError:
        return _show(request, draft, problems=(CANNOT_WRITE,), status_code=500)
    return RedirectResponse("/woorden?wat=terug", status_code=303)


def _draft(form: FormData) -> Draft:
    text = str(form.get("tekst", "")).replace("\r\n", "\n")
    if not text.strip():
        raise HTTPException(422)
    if len(text) > LONGEST:
        raise HTTPException(413)
    return Draft(str(form.get("thema", "")), text, str(form.get("gezien", "")))


def _whole(desk: Desk, draft: Draft) -> str:
    """The whole file with the draft in it; raises Overtaken when the draft was taken from another text."""
    whole = words_file.read(desk.live.current.folder)
    if words_file.fingerprint(whole) != draft.seen:
        raise Overtaken
    if not draft.theme:
        return draft.text if draft.text.endswith("\n") else draft.text + "\n"
    cut = words_file.part(whole, draft.theme)
    if cut is None:
        raise HTTPException(404)
    return words_file.with_part(whole, cut, draft.text)


def _problems(desk: Desk, draft: Draft, error: SettingsError) -> tuple[str, ...]:
    """What is wrong, with lines counted from the top of what stands in the form."""
    cut = words_file.part(words_file.read(desk.live.current.folder), draft.theme) if draft.theme else None
    return _lines(_seen_from(problem, cut.start if cut else 0, draft.text) for problem in error.problems)


def _seen_from(problem: Problem, before: int, text: str) -> Problem:
    """A problem as one sees it from a part of the file; a bracket left open there shows up on a line after it."""
    last = text.rstrip("\n").count("\n") + 1
    line = problem.line - before
    if not problem.file.endswith(words_file.NAME) or line < 1 or (line > last and problem.key):
        return problem
    return problem.model_copy(update={"file": "", "line": min(line, last)})


def _lines(problems: Iterable[Problem]) -> tuple[str, ...]:
    return tuple(phrases.sentence(str(problem)) for problem in problems)


def _show(
    request: Request,
    draft: Draft,
    *,
    told: Told | None = None,
    problems: Sequence[str] = (),
    came: Outcome | None = None,
    status_code: int = 200,
) -> Response:
    desk = desk_of(request)
    return page(
        request,
        "words.html",
        status_code,
        draft=draft,
        themes=[(theme.name, theme.title) for theme in desk.live.current.words.themes],
        rows=min(max(draft.text.count("\n") + 3, 8), 30),
        told=told,
        problems=problems,
        outcome=came,
        past=_past(desk),
    )


def _past(desk: Desk) -> list[PastLine]:
    """The earlier texts, the newest first; which one holds now is told by the file itself."""
    kept = editions.editions(desk.engine)
    now = words_file.read(desk.live.current.folder)
    return [
        PastLine(
            one.id,
            _what(one, desk.now()),
            _changes(kept[place + 1].content, one.content) if place + 1 < len(kept) else "",
            place == 0 and one.content == now,
        )
        for place, one in enumerate(kept)
    ]


def _what(one: WordsEdition, now: datetime) -> str:
    by = f" door {one.by}" if one.by else ""
    return f"{phrases.sentence(phrases.moment(one.saved_at, now))}: {one.note}{by}"


def _changes(before: str, after: str) -> str:
    """The lines that went (-) and came (+)."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    changed = [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    more = f"\n… en nog {len(changed) - LINES_SHOWN} regels" if len(changed) > LINES_SHOWN else ""
    return "\n".join(changed[:LINES_SHOWN]) + more
