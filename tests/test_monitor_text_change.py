"""What changed between two versions of a text, so that a person can read it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text_change import Change, Stretch, changed_paragraphs, share_changed

BEFORE = """De eerste alinea blijft.

Huurders krijgen zes weken om te reageren op het plan van de verhuurder.

Deze alinea verdwijnt."""
AFTER = """De eerste alinea blijft.

Huurders krijgen acht weken om te reageren op het plan van de verhuurder.

Er komt iets nieuws bij over geld voor scholing."""


def test_only_what_changed_is_told_with_its_words_marked():
    """The same paragraph is left out; of an edited one the words are marked; a new and a gone one stand whole."""
    edited, *rest = changed_paragraphs(BEFORE, AFTER)
    assert edited == (
        Stretch("Huurders krijgen"),
        Stretch("zes", Change.GONE),
        Stretch("acht", Change.ADDED),
        Stretch("weken om te reageren op het plan van de verhuurder."),
    )
    assert {(part.change, part.text) for paragraph in rest for part in paragraph} == {
        (Change.GONE, "Deze alinea verdwijnt."),
        (Change.ADDED, "Er komt iets nieuws bij over geld voor scholing."),
    }


def test_the_same_text_did_not_change():
    """Other blanks and line ends are no change; neither is nothing at all."""
    assert changed_paragraphs(BEFORE, BEFORE.replace("\n\n", "\n \n")) == ()
    assert share_changed(BEFORE, BEFORE) == share_changed("", "") == 0.0


def test_how_much_changed_is_a_share():
    """One word of many is little, another text is all."""
    assert 0 < share_changed(BEFORE, BEFORE.replace("zes", "acht")) < 0.1
    assert share_changed("een twee drie", "vier vijf zes") == 1.0


TEXTS = st.lists(st.sampled_from(["een", "twee", "drie", "\n\n"]), max_size=30).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_nothing_is_invented_and_nothing_is_lost(before, after):
    """What is marked as gone stands in the old text, what is marked as added in the new one."""
    for paragraph in changed_paragraphs(before, after):
        gone = " ".join(part.text for part in paragraph if part.change is not Change.ADDED)
        added = " ".join(part.text for part in paragraph if part.change is not Change.GONE)
        assert gone in " ".join(before.split())
        assert added in " ".join(after.split())
