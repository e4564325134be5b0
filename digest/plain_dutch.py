"""Whether Dutch text can be read with ease (language level B1): long sentences, hard words, and a level by measure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG_SENTENCE = 20  # words; from there on a reader loses the beginning
EASY_LEVEL = 60  # Flesch-Douma; from here on a text is about B1 or easier
FAIR_LEVEL = 45
MOST_SYLLABLES = 4  # readers know their huurdersorganisatie: a longer word is no harder than a word of four
FEWEST_WORDS = 10  # in fewer words a level says nothing

EASIER = {
    "aangaande": "over",
    "aanvang": "begin",
    "aldus": "zo",
    "alsmede": "en ook",
    "alvorens": "voordat",
    "beogen": "willen bereiken",
    "conform": "volgens",
    "continueren": "doorgaan met",
    "dientengevolge": "daardoor",
    "doch": "maar",
    "draagvlak creëren": "steun vinden",
    "echter": "maar",
    "evalueren": "nagaan hoe het ging",
    "faciliteren": "helpen",
    "gedurende": "tijdens",
    "geraken": "komen",
    "implementeren": "invoeren",
    "inzake": "over",
    "indien": "als",
    "initiëren": "beginnen",
    "jegens": "tegen",
    "middels": "met",
    "mits": "als",
    "momenteel": "nu",
    "monitoren": "volgen",
    "niettegenstaande": "ondanks",
    "omtrent": "over",
    "onderhavige": "deze",
    "optimaliseren": "verbeteren",
    "participeren": "meedoen",
    "realiseren": "maken",
    "reeds": "al",
    "representatief": "een goede afspiegeling",
    "stakeholders": "betrokkenen",
    "tenzij": "behalve als",
    "teneinde": "om",
    "ten behoeve van": "voor",
    "ten gevolge van": "door",
    "trachten": "proberen",
    "uitrollen": "overal invoeren",
    "vigerend": "geldend",
    "voornemens": "van plan",
    "voorts": "ook",
    "wederom": "weer",
    "zorgdragen": "zorgen",
}
HARD = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, EASIER), key=len, reverse=True))})(?!\w)", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9À-Ý])")
VOWELS = re.compile(r"(?:ij|[aeiouyáéíóúàèëïöüê])+", re.IGNORECASE)


@dataclass(frozen=True)
class Level:
    """How easy a text is: `score` by Flesch-Douma (0 to some 110, higher is easier), and its name."""

    score: int
    name: str


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text."""
    return tuple(one.strip() for one in SENTENCE_END.split(text) if one.strip())


def long_sentences(text: str) -> tuple[str, ...]:
    """The sentences with more than twenty words."""
    return tuple(one for one in sentences(text) if len(_words(one)) > LONG_SENTENCE)


def hard_words(text: str) -> tuple[tuple[str, str], ...]:
    """Words that office papers love, each with an easy one to take in its place; each once, as the text has them."""
    found = (match[0].lower() for match in HARD.finditer(text))
    return tuple((word, EASIER[word]) for word in dict.fromkeys(found))


def level(text: str) -> Level:
    """The level by the formula of Douma (1960), Flesch's for Dutch: 206.84 - 0.77 syllables/100 words - 0.93 words.

    It counts long words and long sentences and nothing else, so the name is a guess: "B1 of makkelijker", "rond B2" or
    "moeilijker dan B2".
    """
    words = _words(text)
    count = len(sentences(text)) or 1
    if len(words) < FEWEST_WORDS:
        return Level(100, "B1 of makkelijker")
    syllables = sum(min(max(1, len(VOWELS.findall(word))), MOST_SYLLABLES) for word in words)
    score = round(206.84 - 77 * syllables / len(words) - 0.93 * len(words) / count)
    if score >= EASY_LEVEL:
        return Level(score, "B1 of makkelijker")
    return Level(score, "rond B2" if score >= FAIR_LEVEL else "moeilijker dan B2")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text)
