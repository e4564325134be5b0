"""The page of the sources: how each fares, when it was and will be read, and what that brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from crawlers.publication import Reason
from monitor import sources_file
from monitor.completeness import STATEMENT_OVER, Gap, Week, statement
from monitor.desk import phrases
from monitor.desk.bars import DAYS, WEEKS, Bars, bars
from monitor.desk.cards import web_address
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.written import written
from monitor.health_words import NOT_YET, Health, health, proof
from monitor.role import Role
from monitor.settings import SourceSettings
from monitor.source_state import SourceRun, SourceState
from monitor.store import gaps, items, record, sources

RUNS_SHOWN = 5
READ_WITHIN = timedelta(minutes=5)
SWITCHED_ON, MENDED, MENDED_BACK = "aan", "hersteld", "teruggezet"  # what a reading may be for, as in an address
MEND, MEND_BACK = "repair source", "repair undone"
LOOKED, LOOK_AGAIN = "close gap", "reopen gap"


@dataclass(frozen=True)
class Reading:
    """What was done with a source, or how far it is with reading it; `going` as long as there is something to wait for.

    `undo` is where to take it back, or "".
    """

    text: str
    going: bool = False
    wrong: bool = False
    undo: str = ""
    may_undo: Role = Role.ADMINISTRATOR


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
    rests: str
    runs: tuple[RunLine, ...]
    proof: str
    gaps: tuple[str, ...]
    rhythm: Bars
    mendable: bool


@dataclass(frozen=True)
class Proof:
    """What is known of the last weeks and of the gaps, for all sources at once."""

    weeks: Mapping[str, Week]
    waiting: Mapping[str, int]
    gaps: Sequence[Gap]
    news: Mapping[str, Sequence[tuple[datetime, int]]]


def overview(request: Request) -> Response:
    """Every source of the settings: those that are read first, those that are off below."""
    return told_above(request, _reading(desk_of(request), request.query_params))


def read_now(request: Request) -> Response:
    """Make a source due at once; the next tick reads it."""
    desk, name = desk_of(request), request.path_params["name"]
    if name not in {source.name for source in desk.live.current.enabled}:
        raise HTTPException(404)
    sources.make_due(desk.engine, [name], desk.clock())
    return RedirectResponse(reading_page(name, desk.clock()), status_code=303)


def reading_page(name: str, since: datetime, after: str = "") -> str:
    """Where one sees how far it is with the reading of a source that was asked for at this moment, `after` what."""
    asked = {"nu": name, "sinds": since.isoformat(timespec="seconds")}
    return f"/bronnen?{urlencode(asked | ({'wat': after} if after else {}))}"


def switch_on(request: Request) -> Response:
    """Write into the settings that a source is read."""
    return _switch(request, on=True)


def switch_off(request: Request) -> Response:
    """Write into the settings that a source is no longer read; what it brought stays."""
    return _switch(request, on=False)


def close_gap(request: Request) -> Response:
    """A person has looked at the site: nothing was missed."""
    desk, name = desk_of(request), request.path_params["name"]
    with desk.engine.begin() as connection:
        if gaps.close(connection, name, desk.clock(), gaps.PERSON):
            record.note(connection, reviewer_of(request).id, LOOKED, f"source/{name}", desk.clock())
    return RedirectResponse(f"/bronnen?{urlencode({'bekeken': name})}", status_code=303)


def reopen_gap(request: Request) -> Response:
    """Ask once more for somebody to look: "I looked" was pressed by mistake."""
    desk, name = desk_of(request), request.path_params["name"]
    with desk.engine.begin() as connection:
        closed = record.stands(connection, LOOKED, f"source/{name}", unless=LOOK_AGAIN)
        if closed and gaps.reopen(connection, name):
            record.note(connection, reviewer_of(request).id, LOOK_AGAIN, f"source/{name}", desk.clock())
    return RedirectResponse(f"/bronnen?{urlencode({'bekeken': name})}", status_code=303)


def health_check(request: Request) -> Response:
    """For machines: whether the database answers, and how many sources wait to be read."""
    desk = desk_of(request)
    names = [source.name for source in desk.live.current.enabled]
    try:
        due = len(sources.due(desk.engine, names, desk.clock()))
    except Exception:  # whatever keeps the database from answering, the check must say so rather than fail
        return JSONResponse({"status": "failed", "database": "failed"}, status_code=503)
    return JSONResponse({"status": "ok", "database": "ok", "sources_due": due})


def told_above(request: Request, reading: Reading | None, status_code: int = 200) -> Response:
    """Every source, with above them what was done."""
    desk = desk_of(request)
    states, now = sources.states(desk.engine), desk.clock()
    proven = Proof(
        sources.week(desk.engine, now - STATEMENT_OVER),
        items.waiting(desk.engine),
        gaps.open_gaps(desk.engine),
        sources.news(desk.engine, now - timedelta(days=DAYS * WEEKS)),
    )
    return page(
        request,
        "sources.html",
        status_code,
        lines=[_line(desk, source, states.get(source.name), proven) for source in desk.live.current.enabled],
        off=[source for source in desk.live.current.sources if not source.enabled],
        reading=reading,
    )


def _switch(request: Request, *, on: bool) -> Response:
    desk, name = desk_of(request), request.path_params["name"]
    source = desk.live.current.source(name)
    if source is None:
        raise HTTPException(404)
    if source.enabled is not on:
        folder, environment = desk.live.folder, desk.live.environment
        wrong = written(lambda: sources_file.switch(folder, environment, name, on=on))
        if wrong:
            return told_above(request, Reading(wrong, wrong=True), 409)
        action = "switch on" if on else "switch off"
        record.note_alone(desk.engine, reviewer_of(request).id, action, f"source/{name}", desk.clock())
        desk.live.refresh()
    told = reading_page(name, desk.clock(), SWITCHED_ON) if on else f"/bronnen?uit={name}"
    return RedirectResponse(told, status_code=303)


def _reading(desk: Desk, asked: Mapping[str, str]) -> Reading | None:
    """What to tell on top of the page: how far a reading is, that a source is off now, or that somebody looked."""
    off = desk.live.current.source(asked.get("uit", ""))
    if off and not off.enabled:
        told = f"{off.title} staat uit. Wat de radar van deze bron heeft, blijft bewaard."
        return Reading(told, undo=f"/bronnen/{off.name}/aan")
    return _looked(desk, asked.get("bekeken", "")) or _read(desk, asked)


def _looked(desk: Desk, name: str) -> Reading | None:
    """That somebody looked whether something of a source was missed, or must look after all."""
    source = desk.live.current.source(name)
    if source is None:
        return None
    if record.stands(desk.engine, LOOKED, f"source/{name}", unless=LOOK_AGAIN):
        told = f"Er is zelf gekeken bij {source.title}. De radar vraagt het niet meer."
        return Reading(told, undo=f"/bronnen/{name}/gat/ongedaan", may_undo=Role.EDITOR)
    if record.stands(desk.engine, LOOK_AGAIN, f"source/{name}", unless=LOOKED):
        return Reading(f"Ongedaan gemaakt. De radar vraagt weer om te kijken bij {source.title}.")
    return None


def _read(desk: Desk, asked: Mapping[str, str]) -> Reading | None:
    """How far it is with a reading, and where to take back what it was for."""
    reading = _how_far(desk, asked)
    source = desk.live.current.source(asked.get("nu", ""))
    if reading is None or source is None:
        return None
    after, subject = asked.get("wat", ""), f"source/{source.name}"
    if after == SWITCHED_ON:
        return replace(reading, undo=f"/bronnen/{source.name}/uit")
    if after == MENDED and record.stands(desk.engine, MEND, subject, unless=MEND_BACK):
        return replace(reading, undo=f"/bronnen/{source.name}/herstel/ongedaan")
    if after == MENDED_BACK:
        return replace(reading, text=f"Ongedaan gemaakt: {source.title} heeft weer het vorige adres. {reading.text}")
    return reading


def _how_far(desk: Desk, asked: Mapping[str, str]) -> Reading | None:
    source, since = desk.live.current.source(asked.get("nu", "")), _moment(asked.get("sinds", ""))
    if source is None or not source.enabled or since is None:
        return None
    (run,) = sources.runs(desk.engine, source.name, 1) or (None,)
    if run and run.finished_at >= since:
        fares = health(run.reason)
        if not fares.good:
            return Reading(f"{source.title} is bekeken. {fares.sentence}", wrong=True)
        if run.baseline:
            return Reading(f"{source.title} is voor het eerst gelezen: {_many(run.new)}. Wat nu nog komt, is nieuws.")
        return Reading(f"{source.title} is gelezen: {_many(run.new, 'nieuw ', 'nieuwe ')}.")
    state = sources.states(desk.engine).get(source.name)
    if state and state.rests_until and state.rests(desk.clock()):
        until = phrases.moment(state.rests_until, desk.now())
        return Reading(
            f"De site van {source.title} wil met rust gelaten worden tot {until}. Dan leest de radar haar weer."
        )
    if desk.clock() - since > READ_WITHIN:
        return Reading(f"{source.title} is nog niet gelezen. Draait de radar wel (radar run)?", wrong=True)
    return Reading(f"De radar leest {source.title} zo dadelijk. Deze pagina ververst vanzelf.", going=True)


def _many(number: int, one: str = "", many: str = "") -> str:
    return phrases.quantity(number, f"{one}bericht", f"{many}berichten")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


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
        phrases.moment(state.rests_until, now) if state and state.rests_until and state.rests_until > now else "",
        tuple(_run(run, now) for run in runs),
        proof(said) if state and state.baseline_at else "",
        tuple(f"{phrases.moment(gap.since, now)} tot {phrases.moment(gap.opened_at, now)}" for gap in missed),
        bars(proven.news.get(source.name, ()), desk.clock()),
        bool(state and state.baseline_at and not fares.good),
    )


def _due(state: SourceState | None, now: datetime) -> str:
    if state is None or state.due_at <= now:
        return "zo dadelijk"
    return phrases.moment(state.due_at, now)


def _run(run: SourceRun, now: datetime) -> RunLine:
    full = any(each.get("full") for each in run.endpoints)
    well = "gelukt, maar er kan meer zijn dan het adres geeft" if full else "gelukt"
    outcome = well if run.reason in (Reason.OK, Reason.UNCHANGED) else health(run.reason).sentence
    return RunLine(
        phrases.moment(run.finished_at, now),
        "eerste keer: alles is bekend gemaakt" if run.baseline and outcome == well else outcome,
        str(run.listed),
        str(run.new),
        str(run.flagged),
    )
