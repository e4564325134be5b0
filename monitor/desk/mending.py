"""A source that yields nothing any more: find where its known items stand now, show them, and take that address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crawlers.findings import Findings
from crawlers.probing import Ask, ProbeJob, probe
from monitor import sources_file
from monitor.desk.adding import TOO_MANY, job_for, look_of, looks_of, shown, still_looking
from monitor.desk.cards import Link, web_address
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.sources import MEND, MEND_BACK, MENDED, MENDED_BACK, Reading, reading_page, told_above
from monitor.desk.written import written
from monitor.proposal import KINDS, Repair, places, repairs
from monitor.settings import SourceSettings
from monitor.store import lookup, record, sources

NOWHERE = "De radar vindt de bekende berichten nergens terug. Zoek zelf op de site waar het nieuws nu staat."
NOTHING_KNOWN = "Van deze bron kent de radar nog geen berichten, dus hij kan ze ook niet terugvinden."


@dataclass(frozen=True)
class Standing:
    """An address of a source as the record keeps it, with the lines of sources.yaml that say it ("": not known)."""

    addresses: str
    endpoint: str = ""


def standing(told: Mapping[str, str]) -> Standing:
    """What a line of the record says of an address; the first of them kept no lines of sources.yaml."""
    return Standing(told["addresses"], told.get("endpoint", ""))


def begin(request: Request) -> Response:
    """Look in the background for the known items: at the old address, at the front page, and at what they lead to."""
    desk, source = desk_of(request), _source(request)
    past = lookup.past(desk.engine, source.name)
    if not past:
        return _page(request, source, None, NOTHING_KNOWN, 409)
    jobs = [job_for(desk, place).model_copy(update={"known": tuple(past)}) for place in places(source)]
    name = looks_of(request).begin(jobs[0].address, _search(jobs, past))
    if not name:
        return _page(request, source, None, TOO_MANY, 409)
    return RedirectResponse(f"/bronnen/{source.name}/herstel/{name}", status_code=303)


def show(request: Request) -> Response:
    """How far the look is, or the address on which most known items stand, with what stands there."""
    look, source = look_of(request), _source(request)
    if look.findings is None:
        return still_looking(request, look)
    best = _best(desk_of(request), source, look.findings)
    return _page(request, source, best, "" if best else NOWHERE)


def accept(request: Request) -> Response:
    """Put the found address in the place of the old one, and read it at once; what stood there is kept on record."""
    desk, source, findings = desk_of(request), _source(request), look_of(request).findings
    best = _best(desk, source, findings) if findings else None
    if best is None:
        raise HTTPException(404)
    old, new = source.endpoints[0].address, best.endpoint(desk.now().date())
    wrong = _put(request, source, Standing(old), Standing(best.candidate.address, new), MEND)
    if wrong:
        return _page(request, source, best, wrong, 409)
    return RedirectResponse(reading_page(source.name, desk.clock(), MENDED), status_code=303)


def undo(request: Request) -> Response:
    """Put the address back that stood there before, as it was written, and read it at once."""
    desk, source = desk_of(request), _source(request)
    mended = record.stands(desk.engine, MEND, f"source/{source.name}", unless=MEND_BACK)
    before = standing(mended.before) if mended else Standing("")
    if not mended or not before.endpoint:
        return told_above(request, Reading("Hier is niets meer om ongedaan te maken.", wrong=True), 409)
    wrong = _put(request, source, standing(mended.after), before, MEND_BACK)
    if wrong:
        return told_above(request, Reading(wrong, wrong=True), 409)
    return RedirectResponse(reading_page(source.name, desk.clock(), MENDED_BACK), status_code=303)


def _put(request: Request, source: SourceSettings, old: Standing, new: Standing, action: str) -> str:
    """Write another endpoint in the place of one, with a line of the record, and make the source due.

    Returns what kept us from it, and then nothing was changed, or "".
    """
    desk, stood = desk_of(request), ""
    folder, environment = desk.live.folder, desk.live.environment

    def replace_it() -> None:
        nonlocal stood
        stood = sources_file.replace_endpoint(folder, environment, source.name, old.addresses, new.endpoint)

    wrong = written(replace_it)
    if wrong:
        return wrong
    change = {"before": asdict(replace(old, endpoint=stood)), "after": asdict(new)}
    subject = f"source/{source.name}"
    record.note_alone(desk.engine, reviewer_of(request).id, action, subject, desk.clock(), **change)
    desk.live.refresh()
    sources.make_due(desk.engine, [source.name], desk.clock())
    return ""


def _search(jobs: Sequence[ProbeJob], past: Mapping[str, str]) -> Iterator[Ask | Findings]:
    """Look around at one place after another until known items stand there; ends with what the last look found."""
    findings = Findings(address=jobs[0].address)
    for wanted in jobs:
        for event in probe(wanted):
            if isinstance(event, Ask):
                yield event
            else:
                findings = event
        if repairs(findings.candidates, past):
            break
    yield findings


def _source(request: Request) -> SourceSettings:
    source = desk_of(request).live.current.source(request.path_params["name"])
    if source is None:
        raise HTTPException(404)
    return source


def _best(desk: Desk, source: SourceSettings, findings: Findings) -> Repair | None:
    return next(iter(repairs(findings.candidates, lookup.past(desk.engine, source.name))), None)


def _page(
    request: Request, source: SourceSettings, best: Repair | None, wrong: str, status_code: int = 200
) -> Response:
    old = source.endpoints[0].address
    return page(
        request,
        "mend.html",
        status_code,
        source=source,
        old=Link(old, web_address(old)),
        best=best,
        new=Link(best.candidate.address, web_address(best.candidate.address)) if best else None,
        kind=KINDS[best.candidate.kind] if best else "",
        items=shown(best.candidate) if best else (),
        wrong=wrong,
    )
