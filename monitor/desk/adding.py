"""A source by pasting its address, on the desk: look around in the background, show what is there, write it down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crawlers.address import absolute
from crawlers.findings import Candidate
from crawlers.probing import ProbeJob, job, probe
from crawlers.publication import Listed
from monitor import sources_file
from monitor.desk import phrases
from monitor.desk.cards import Link, web_address
from monitor.desk.looks import Look, Looks
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.sources import reading_page
from monitor.desk.written import written
from monitor.proposal import (
    KINDS,
    NO_ADDRESS,
    Proposal,
    already_followed,
    first_lines,
    propose,
    same_site,
    trouble_in_words,
    typed_address,
    usual_choice,
    why,
)
from monitor.store import record

EVERY = "2"
DAY = re.compile(r"\d{4}-\d\d-\d\d")
TOO_MANY = "De radar kijkt al op andere sites rond. Probeer het over een minuut opnieuw."


@dataclass(frozen=True)
class Choice:
    """One address that could be followed, in words."""

    number: int
    kind: str
    link: Link
    listed: int
    sure: str
    why: str
    chosen: bool
    items: tuple[tuple[str, Link], ...]
    lines: Sequence[str]


def form(request: Request) -> Response:
    """Ask for an address."""
    return _form(request, "", "")


async def begin(request: Request) -> Response:
    """Look around at the address that was pasted."""
    async with request.form() as filled:
        return await run_in_threadpool(_begin, request, str(filled.get("adres", ""))[:2000])


def show(request: Request) -> Response:
    """How far the look is, or what it found."""
    desk, look = desk_of(request), look_of(request)
    if look.findings is None:
        return still_looking(request, look)
    if look.findings.trouble:
        return _form(request, look.address, trouble_in_words(look.findings))
    chosen = usual_choice(look.findings.candidates)
    others = [other.title for other in same_site(look.findings.address, desk.live.current.sources)]
    choices = [_choice(n, one, one in chosen, desk) for n, one in enumerate(look.findings.candidates)]
    return page(request, "found.html", findings=look.findings, choices=choices, others=others, wrong="")


def still_looking(request: Request, look: Look) -> Response:
    """The page that says what was asked so far, and asks for itself again."""
    response = page(request, "looking.html", address=look.address, asked=look.asked)
    response.headers["Refresh"] = EVERY
    return response


def job_for(desk: Desk, address: str) -> ProbeJob:
    """The job of looking around at an address, with the manners of the settings."""
    settings = desk.live.current
    manners: dict[str, Any] = {"pause": settings.radar.crawl.pause, "timeout": settings.radar.crawl.timeout}
    return job(address, settings.user_agent, desk.now().date(), **manners, allow_loopback=settings.allow_loopback)


def shown(one: Candidate) -> tuple[tuple[str, Link], ...]:
    """The first items of an address, with their dates, or else the day on which each was changed."""
    return tuple((_day(item), Link(item.title or item.address, web_address(item.address))) for item in one.items)


def _day(item: Listed) -> str:
    changed = "" if item.published else item.modified[:10]
    if DAY.fullmatch(changed):
        return f"laatst gewijzigd: {phrases.published(date.fromisoformat(changed), 'day')}"
    return phrases.published(item.published.day if item.published else None, "day")


async def add(request: Request) -> Response:
    """Write the chosen addresses down as a source."""
    async with request.form() as filled:
        return await run_in_threadpool(_add, request, filled)


def _begin(request: Request, typed: str) -> Response:
    desk, settings = desk_of(request), desk_of(request).live.current
    address = absolute(typed_address(typed), "")
    if not address:
        return _form(request, typed, NO_ADDRESS, 422)
    known = already_followed(address, settings.sources)
    if known:
        return _form(request, typed, f"Dit adres volgt de radar al: het hoort bij de bron {known.title}.", 409)
    name = looks_of(request).begin(address, probe(job_for(desk, address)))
    if not name:
        return _form(request, typed, TOO_MANY, 409)
    return RedirectResponse(f"/bronnen/nieuw/{name}", status_code=303)


def _add(request: Request, filled: FormData) -> Response:
    desk, findings = desk_of(request), look_of(request).findings
    if findings is None or not findings.candidates:
        raise HTTPException(404)
    numbers = {str(value) for value in filled.getlist("adres")}
    chosen = [one for number, one in enumerate(findings.candidates) if str(number) in numbers]
    proposal = propose(findings, chosen, desk.live.current.sources, desk.now().date())
    wrong = _write(desk, proposal) if chosen else "Kies minstens één adres."
    if wrong:
        choices = [_choice(n, one, one in chosen, desk) for n, one in enumerate(findings.candidates)]
        return page(request, "found.html", 422, findings=findings, choices=choices, others=[], wrong=wrong)
    subject, after = f"source/{proposal.name}", {"addresses": ", ".join(one.address for one in chosen)}
    record.note_alone(desk.engine, reviewer_of(request).id, "add source", subject, desk.clock(), after=after)
    desk.live.refresh()
    return RedirectResponse(reading_page(proposal.name, desk.clock()), status_code=303)


def _write(desk: Desk, proposal: Proposal) -> str:
    folder, environment, block = desk.live.folder, desk.live.environment, proposal.block()
    return written(lambda: sources_file.add_source(folder, environment, block))


def _choice(number: int, one: Candidate, chosen: bool, desk: Desk) -> Choice:
    followed = already_followed(one.address, desk.live.current.sources)
    reasons = f"{why(one)}; dit adres hoort al bij {followed.title}" if followed else why(one)
    link = Link(one.address, web_address(one.address))
    chosen = chosen and not followed
    sure, lines = f"{one.confidence:.0%}", first_lines(one)
    return Choice(number, KINDS[one.kind], link, one.listed, sure, reasons, chosen, shown(one), lines)


def _form(request: Request, typed: str, wrong: str, status_code: int = 200) -> Response:
    return page(request, "add_source.html", status_code, typed=typed, wrong=wrong)


def looks_of(request: Request) -> Looks:
    """The looks around of this desk."""
    looks: Looks = request.app.state.looks
    return looks


def look_of(request: Request) -> Look:
    """The look that the address names; raises a 404 when there is none any more."""
    look = looks_of(request).get(str(request.path_params["look"]))
    if look is None:
        raise HTTPException(404)
    return look
