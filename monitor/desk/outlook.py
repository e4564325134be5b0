"""How the next letter of an audience stands, in words: when it goes, what is found, and what people did with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest import dutch
from digest.check import Finding, Severity
from digest.edition import Audience, Edition
from monitor.desk import phrases
from monitor.desk.pages import Desk
from monitor.press_day import issue
from monitor.store import arrangements, link_checks

CHECK, SENDING = "#controle", "#versturen"  # where on the page of a letter
FIELDS = {"summary": "#samenvatting-{}", "title": "#titel"}  # where on the page of an item


@dataclass(frozen=True)
class Fault:
    """All that was found at one place of a letter, and the address of that place."""

    place: str
    messages: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class Step:
    """How far one side of the making of a letter is: `state` is bad, warn or good, `address` where on its page."""

    text: str
    state: str
    address: str


@dataclass(frozen=True)
class Outlook:
    """How the next letter of an audience stands."""

    audience: Audience
    entries: str
    planned: str
    steps: tuple[Step, ...]
    stops: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    links: str


def outlook(desk: Desk, edition: Edition) -> Outlook:
    """Look at an edition as it is now."""
    findings = desk.editor.findings(edition)
    stops = [one for one in findings if one.severity is Severity.STOP]
    warnings = [one for one in findings if one.severity is not Severity.STOP]
    return Outlook(
        edition.audience,
        phrases.quantity(len(edition.entries), "bericht", "berichten"),
        _planned(desk, edition),
        (*_found(len(stops), len(warnings)), *_standing(desk, edition)),
        _faults(stops),
        _faults(warnings),
        _links(desk, edition),
    )


def _found(stops: int, warnings: int) -> Iterator[Step]:
    if stops:
        text = f"{stops} punt moet eerst beter" if stops == 1 else f"{stops} punten moeten eerst beter"
        yield Step(text, "bad", CHECK)
    if warnings:
        yield Step(f"{dutch.count(warnings, 'punt', 'punten')} om naar te kijken", "warn", CHECK)
    if not stops and not warnings:
        yield Step("Niets gevonden dat beter moet", "good", CHECK)


def _standing(desk: Desk, edition: Edition) -> Iterator[Step]:
    """What people did with a letter so far: held back, approved, or waiting for that."""
    if arrangements.of(desk.engine, edition.audience, edition.number).held:
        yield Step("Wordt tegengehouden", "bad", SENDING)
    needed = desk.live.current.radar.digest.approvals
    given = len(desk.editor.approved(edition))
    if needed and given >= needed:
        yield Step("Goedgekeurd", "good", SENDING)
    elif needed:
        yield Step(f"{given} van {needed} keer goedgekeurd", "warn", SENDING)


def _planned(desk: Desk, edition: Edition) -> str:
    """When an edition goes, in words; one that should have gone goes as soon as it may."""
    ahead = desk.editor.ahead(edition.audience)
    if issue(ahead.date()) != edition.issue:
        return "zodra het kan"
    return phrases.moment(ahead, desk.now())


def _links(desk: Desk, edition: Edition) -> str:
    """When the links of a letter were looked at, in words; "" when it has none."""
    addresses = {entry.address for entry in edition.entries if entry.address}
    moments = [at for _, at in link_checks.of(desk.engine, sorted(addresses)).values()]
    if not moments:
        return "De links zijn nog niet nagekeken." if addresses else ""
    if len(moments) < len(addresses):
        return f"{len(addresses) - len(moments)} van de {len(addresses)} links nog niet nagekeken."
    return f"Alle links zijn nagekeken, het laatst {phrases.moment(max(moments), desk.now())}."


def _faults(findings: Sequence[Finding]) -> tuple[Fault, ...]:
    """What was found, together for each place, in the order in which the places were met."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.place, []).append(one)
    return tuple(Fault(place, tuple(one.message for one in here), _address(here[0])) for place, here in found.items())


def _address(finding: Finding) -> str:
    """Where the desk shows what is to be mended."""
    if not finding.reference.isdigit():
        return "#erin" if finding.place == "brief" else "#voorbeeld"
    anchor = FIELDS.get(finding.field, "")
    return f"/item/{finding.reference}{anchor.format(finding.reference)}"
