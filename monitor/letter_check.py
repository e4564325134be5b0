"""What our own memory tells of a letter: links that are gone, sentences of others, stories told twice; and its size."""

from __future__ import annotations

from collections.abc import Iterator

from digest import dutch
from digest.check import Finding, Severity
from digest.edition import Edition
from digest.render import Letter
from monitor.copied_text import copied_sentences
from monitor.store import link_checks, reviews
from monitor.store.database import Engine
from monitor.twice_told import twice_told

GMAIL_CUTS_AT = 102_000  # bytes of HTML; what comes after it hides behind a link


def remembered(engine: Engine, edition: Edition, letter: Letter) -> Iterator[Finding]:
    """Look at each entry beside what was stored of it, and at the letter as a whole."""
    answers = link_checks.of(engine, [entry.address for entry in edition.entries])
    ids = [int(entry.reference) for entry in edition.entries if entry.reference.isdigit()]
    items = {str(one.id): one for one in reviews.some(engine, ids)}
    for position, entry in enumerate(edition.entries, start=1):
        place = f"bericht {position}: {entry.title or entry.reference}"
        answer, at = answers.get(entry.address, (None, None))
        if answer and at and answer.dead:
            day = dutch.day(at.date())
            yield Finding(place, f"De link werkt niet meer (gekeken op {day}).", Severity.WARN, entry.reference)
        if item := items.get(entry.reference):
            for one in copied_sentences(f"{entry.summary} {entry.why}", f"{item.intro}\n{item.text}"):
                message = f"Staat bijna zo bij de bron: “{one}” Zeg het in eigen woorden."
                yield Finding(place, message, Severity.WARN, entry.reference, "summary")
    yield from twice_told(engine, edition, items)
    size = len(letter.html.encode())
    if size > GMAIL_CUTS_AT:
        message = f"De brief is te lang voor Gmail ({size // 1000} kB, hoogstens {GMAIL_CUTS_AT // 1000})."
        yield Finding("brief", f"{message} Laat iets wachten tot de volgende.", Severity.WARN)
