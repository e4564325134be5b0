from __future__ import annotations

import pytest

from monitor.completeness import Statement
from monitor.desk.phrasebook import phrasebook
from monitor.health_words import proof


@pytest.mark.parametrize(
    ("said", "dutch", "english"),
    [
        (
            Statement(seen=8, published=8, caught_up=0, open=0),
            "De laatste week verschenen er 8 berichten. De radar zag ze allemaal. Er is niets meer na te kijken.",
            "8 items appeared in the last week. The radar saw them all. Nothing is left to be checked.",
        ),
        (
            Statement(seen=1, published=1, caught_up=0, open=0),
            "De laatste week verscheen er 1 bericht. Dat zag de radar. Er is niets meer na te kijken.",
            "One item appeared in the last week. The radar saw it. Nothing is left to be checked.",
        ),
        (
            Statement(seen=6, published=9, caught_up=2, open=3),
            "De laatste week verschenen er 9 berichten. De radar zag er 6. Daarvan 2 via een ander adres van de site. "
            "Nog na te kijken: 3.",
            "9 items appeared in the last week. The radar saw 6 of them. 2 of them by another address of the site. "
            "Still to be checked: 3.",
        ),
        (
            Statement(seen=0, published=2, caught_up=0, open=2),
            "De laatste week verschenen er 2 berichten. De radar zag er nog geen. Nog na te kijken: 2.",
            "2 items appeared in the last week. The radar has seen none of them yet. Still to be checked: 2.",
        ),
        (
            Statement(seen=0, published=0, caught_up=0, open=1, read=False),
            "De laatste week is deze bron niet gelezen. Of er iets verscheen, weet de radar niet. Nog na te kijken: 1.",
            "This source was not read in the last week. Whether anything was published, the radar does not know. "
            "Still to be checked: 1.",
        ),
        (
            Statement(seen=0, published=0, caught_up=0, open=0),
            "De laatste week verscheen er niets nieuws. Er is niets meer na te kijken.",
            "Nothing new appeared in the last week. Nothing is left to be checked.",
        ),
    ],
)
def test_what_a_week_proves_is_told_in_short_sentences(said: Statement, dutch: str, english: str) -> None:
    """How much appeared, how much of it was seen and by which way, and what is left, in both languages."""
    assert proof(said) == dutch
    assert phrasebook().plain(dutch) == english
