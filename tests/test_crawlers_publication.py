"""What the crawling process hands over, written as lines and read back."""

from __future__ import annotations

from datetime import date

from crawlers.publication import Dated, Origin, Precision, Publication, from_line, to_line

HALF = "\ud83d"  # half of a pair of surrogates, as JSON-LD that was cut short may hold
TOLD = Publication(
    source="bond",
    address="https://bond.example/nieuws/een/",
    title="Café ‘De Huurder’ \U0001f3e0",
    text='Een\n\n"twee"',
    published=Dated(day=date(2026, 11, 20), precision=Precision.DAY, origin=Origin.FEED),
    authors=("Anna", "Bo"),
)


def test_a_line_holds_all_that_was_told():
    """What is written on one line is read back the same, whatever signs it holds."""
    line = to_line(TOLD)
    assert (line.count("\n"), line[-1]) == (1, "\n")
    assert from_line(line.encode()) == TOLD


def test_what_cannot_be_written_becomes_a_question_mark():
    """Half a pair of surrogates is no sign in any encoding; only it is lost, wherever it stands."""
    line = to_line(TOLD.model_copy(update={"text": f"één {HALF} twee", "authors": ("Anna", HALF)}))
    assert from_line(line.encode()) == TOLD.model_copy(update={"text": "één ? twee", "authors": ("Anna", "?")})
