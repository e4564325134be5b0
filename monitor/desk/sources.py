"""The page of the sources: how each fares, when it was and will be read, and what that brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from crawlers.publication import Reason
from monitor.completeness import STATEMENT_OVER, Gap, Week, statement
from monitor.desk import phrases
from monitor.desk.cards import web_address
from monitor.desk.decisions import Told
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.health_words import NOT_YET, Health, health, proof
from monitor.settings import SourceSettings
from monitor.source_state import SourceRun, SourceState
from monitor.store import gaps, items, record, sources

RUNS_SHOWN = 5


@dataclass(frozen=True)
class RunLine:
    """One reading of a source in words."""

    when: str
    outcome: str
    found: str
    news: str
    flagged: str


@dataclass(frozen=True)
class SourceLine:
    """A source in words."""

    name: str
    title: str
    home: str
    health: Health
    mood: str
    detail: str
    since: str
    checked: str
    due: str
    runs: tuple[RunLine, ...]
    proof: str
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """What is known of the last week and of the gaps, for all sources at once."""

    weeks: Mapping[str, Week]
    waiting: Mapping[str, int]
    gaps: Sequence[Gap]


def overview(request: Request) -> Response:
    """Every source of the settings: those that are read first, those that are off below."""
    desk = desk_of(request)
    states = sources.states(desk.engine)
    since = desk.clock() - STATEMENT_OVER
    proven = Proof(sources.week(desk.engine, since), items.waiting(desk.engine), gaps.open_gaps(desk.engine))
    return page(
        request,
        "sources.html",
        lines=[_line(desk, source, states.get(source.name), proven) for source in desk.live.current.enabled],
        off=[source.title for source in desk.live.current.sources if not source.enabled],
        told=_told(desk, request.query_params.get("nu", "")),
    )


def read_now(request: Request) -> Response:
    """Make a source due at once; the next tick reads it."""
    desk, name = desk_of(request), request.path_params["name"]
    if name not in {source.name for source in desk.live.current.enabled}:
        raise HTTPException(404)
    sources.make_due(desk.engine, [name], desk.clock())
    return RedirectResponse(f"/bronnen?nu={name}", status_code=303)


def close_gap(request: Request) -> Response:
    """A person has looked at the site: nothing was missed."""
    desk, name = desk_of(request), request.path_params["name"]
    with desk.engine.begin() as connection:
        if gaps.close(connection, name, desk.clock(), "person"):
            record.note(connection, reviewer_of(request).id, "close gap", f"source/{name}", desk.clock())
    return RedirectResponse("/bronnen", status_code=303)


def health_check(request: Request) -> Response:
    """For machines: whether the database answers, and how many sources wait to be read."""
    desk = desk_of(request)
    names = [source.name for source in desk.live.current.enabled]
    try:
        due = len(sources.due(desk.engine, names, desk.clock()))
    except Exception:  # whatever keeps the database from answering, the check must say so rather than fail
        return JSONResponse({"status": "failed", "database": "failed"}, status_code=503)
    return JSONResponse({"status": "ok", "database": "ok", "sources_due": due})


def _told(desk: Desk, name: str) -> Told | None:
    source = desk.live.current.source(name)
    if source is None or not source.enabled:
        return None
    return Told(f"{source.title} is zo aan de beurt. Ververs deze pagina over een minuut.")


def _line(desk: Desk, source: SourceSettings, state: SourceState | None, proven: Proof) -> SourceLine:
    now = desk.now()
    missed = [gap for gap in proven.gaps if gap.source == source.name]
    said = statement(proven.weeks.get(source.name, Week()), proven.waiting.get(source.name, 0), len(missed))
    runs = sources.runs(desk.engine, source.name, RUNS_SHOWN)
    fares = health(state.reason if state else "")
    return SourceLine(
        source.name,
        source.title,
        web_address(source.home or ""),
        fares,
        "not-yet" if fares is NOT_YET else "good" if fares.good else "bad",
        state.detail if state and not fares.good else "",
        phrases.moment(state.since, now) if state and state.since and not fares.good else "",
        phrases.moment(state.checked_at, now) if state and state.checked_at else "nog niet",
        _due(state, now),
        tuple(_run(run, now) for run in runs),
        proof(said) if state and state.baseline_at else "",
        tuple(f"{phrases.moment(gap.since, now)} tot {phrases.moment(gap.opened_at, now)}" for gap in missed),
    )


def _due(state: SourceState | None, now: datetime) -> str:
    if state is None or state.due_at <= now:
        return "zo dadelijk"
    return phrases.moment(state.due_at, now)


def _run(run: SourceRun, now: datetime) -> RunLine:
    outcome = "gelukt" if run.reason in (Reason.OK, Reason.UNCHANGED) else health(run.reason).sentence
    return RunLine(
        phrases.moment(run.finished_at, now),
        "eerste keer: alles is bekend gemaakt" if run.baseline and outcome == "gelukt" else outcome,
        str(run.listed),
        str(run.new),
        str(run.flagged),
    )
