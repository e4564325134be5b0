from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.terms import Lexicon, ending_in, fold, parse_term


def found(term: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Lexicon([parse_term(term)]).find(text)]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("huurdersraad", "De Huurdersraad, niet de huurdersraden.", ["Huurdersraad"]),
        ("wooncooperatie*", "Wooncoöperaties en WOONCOOPERATIE", ["Wooncoöperaties", "WOONCOOPERATIE"]),
        (
            "huurder(s)participatie",
            "huurderparticipatie, huurdersparticipatie",
            ["huurderparticipatie", "huurdersparticipatie"],
        ),
        ("co( )creatie", "co-creatie, cocreatie, co creatie", ["co-creatie", "cocreatie", "co creatie"]),
        ("sociaal plan", "een sociaal\nplan; sociaal. Plan B", ["sociaal\nplan"]),
        ("huurder* ~3 meepraten", "meepraten doen huurders", ["meepraten doen huurders"]),
        ("huurder* ~3 meepraten", "huurders die heel graag willen meepraten", []),
        ("huurder* ~9 meepraten", "Huurders komen. Wij meepraten.", []),
        ("huurder*|bewoner* ~4 kiest|kiezen", "de bewoners kiezen", ["bewoners kiezen"]),
        ("70%-regel*", "de 70%-regeling", ["70%-regeling"]),
        ("huurders*", "huurder", []),
    ],
)
def test_terms_find_what_they_say(term: str, text: str, expected: list[str]) -> None:
    """Each way of writing a term finds its words, and no others."""
    assert found(term, text) == expected


@pytest.mark.parametrize(
    "term", ["", "...", "a*", "woon*cooperatie", "huur(der", "huur)der", "a ~0 b", "a ~ b", "a ~3 b ~3 c", "((a))"]
)
def test_a_term_that_cannot_be_understood_is_refused(term: str) -> None:
    """A mistake in a term is told, in Dutch, with the term itself."""
    with pytest.raises(ValueError, match=r'^"'):
        parse_term(term)


@given(term=st.text(max_size=30), text=st.text(max_size=100))
@settings(deadline=None)
def test_any_term_is_understood_or_refused(term: str, text: str) -> None:
    """No term and no text gives another error than a refusal, and a hit lies within the text."""
    try:
        parsed = parse_term(term)
    except ValueError:
        return
    assert all(0 <= hit.start < hit.end <= len(text) for hit in Lexicon([parsed]).find(text))


def test_a_word_at_the_end_of_a_compound() -> None:
    """Compounds end in the word; a phrase begins at a word, and without a star nothing may follow."""
    found = ending_in(["bijeenkomst*", "festival", "avond over", "huurder ~3 avond"])
    assert found.findall(
        fold("Regiobijeenkomsten, een Buurtfestival, festivalletje, een avond over, Paasavond over")
    ) == [
        "bijeenkomsten",
        "festival",
        "avond over",
    ]
    assert not ending_in([]).search("iets")
