"""Clean text and fingerprints: the quick ways give what the rules say."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.normalise import CONTROL, clean_text, fingerprint

MARKS = st.sampled_from(
    ["\r\n", "\r", "\n", "\t", " ", "  ", "\u00a0", "\u2028", "_", "\x00", "\u00ad", "\ufeff", "e\u0301"]
)
TEXTS = st.lists(st.one_of(MARKS, st.text(max_size=3), st.sampled_from(["huurder", "Café", "1e-2"]))).map("".join)


@given(TEXTS)
@example("twee  blanks")
@example("een \u00a0 blank")
def test_clean_text_keeps_its_rules_whatever_it_holds(text):
    """NFC, no control characters, one blank between words, one empty line between paragraphs; nothing else is lost."""
    cleaned = clean_text(text)
    assert cleaned == unicodedata.normalize("NFC", cleaned) == clean_text(cleaned)
    assert not CONTROL.search(cleaned)
    assert not re.search(r"[^\S\n]{2}|[^\S\n ]|\n\s*\n\s*\n|^\s|\s$", cleaned)
    letters = CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    assert "".join(cleaned.split()) == "".join(letters.split())


@given(TEXTS, TEXTS, TEXTS)
def test_a_fingerprint_is_a_hash_over_the_words(title, intro, text):
    """However the words are found, the fingerprints of what is stored already stay true."""
    words = " ".join(re.findall(r"\w+", f"{title}\n{intro}\n{text}".casefold()))
    assert fingerprint(title, intro, text) == hashlib.sha256(f"1 {words}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Wonen &amp; zorg", "Wonen & zorg"),
        ("Wonen &amp;amp; zorg", "Wonen & zorg"),
        ("&quot;Samen&quot; in de co&ouml;peratie&hellip;", '"Samen" in de coöperatie…'),
        ("Huurders&#8217; raad &#38; bond", "Huurders’ raad & bond"),
        ("een&nbsp;&nbsp;blank", "een blank"),
        ("R&D & zo; A&B; &lt;b&gt; &#60; &#x3c;", "R&D & zo; A&B; &lt;b&gt; &#60; &#x3c;"),
    ],
)
def test_what_was_escaped_twice_is_read_as_a_person_would(text, told):
    """Entities have no meaning in a text; those of a tag stay as they are, and so does an ampersand of its own."""
    assert clean_text(text) == told
