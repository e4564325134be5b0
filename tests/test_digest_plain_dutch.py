import pytest
from fakes_digest import TODAY, an_entry

from digest.check import check
from digest.edition import Audience, compose
from digest.plain_dutch import hard_words, level, long_sentences
from digest.sample import sample

EASY = "Bewoners kiezen zelf. De corporatie betaalt. In het voorjaar begint het werk."
HARD = (
    "Ten behoeve van de implementatie van het participatiebeleid dienen belanghebbenden, conform de vigerende "
    "samenwerkingsovereenkomst, gedurende de besluitvormingsprocedure representatief geconsulteerd te worden."
)


def test_hard_words_come_with_an_easy_one():
    """Each once, whole words only, phrases too, in the order of the text."""
    assert hard_words("Conform het plan. CONFORM de wet, ten behoeve van ons.") == (
        ("conform", "volgens"),
        ("ten behoeve van", "voor"),
    )
    assert hard_words("De echtere conformiteit van het plan.") == ()


def test_long_sentences_are_found():
    """Over twenty words."""
    exactly = "Woord " + " ".join(["woord"] * 19) + "."
    assert long_sentences(f"Kort. {exactly} Klaar.") == ()
    more = f"Een {exactly}"
    assert long_sentences(f"Kort. {more} Klaar.") == (more,)


@pytest.mark.parametrize(
    ("text", "name"), [(EASY, "B1 of makkelijker"), (HARD, "moeilijker dan B2"), ("", "B1 of makkelijker")]
)
def test_a_level_is_given(text, name):
    """Short words in short sentences are easy; an office sentence is not."""
    assert level(text).name == name


def test_the_check_names_what_is_hard_to_read():
    """A summary with an office sentence gets warnings that say what to write; it never stops the letter."""
    findings = check(compose([an_entry(summary=HARD)], Audience.GEMEENTE, "2026-W48", 1, TODAY), frozenset())
    told = " ".join(finding.message for finding in findings)
    assert "“conform” (schrijf: volgens)" in told
    assert "moeilijker dan B2" in told
    assert "Deze zin is lang (" in told
    assert {finding.severity.value for finding in findings} == {"warn"}


def test_our_own_sample_is_easy_to_read():
    """What we show as an example gives no reason for a remark."""
    assert [finding for finding in check(sample(TODAY), frozenset()) if "schrijf" in finding.message] == []
