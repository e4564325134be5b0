"""The words by which items are found: without capitals and accents, and cut down to their Dutch stem. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST_WORD = 60
MOST_WORDS = 20_000  # of one item; PostgreSQL keeps no more than a megabyte of one text
MOST_ASKED = 12
WORD = re.compile(r"[^\W_]+")
PART = re.compile(r'"(?P<phrase>[^"]*)"?|(?P<begin>[^\s"]+)\*(?=\s|$)|(?P<word>[^\s"]+)')
PLURAL = re.compile(r"(?<=ie)s$|(?<=ee)(?:s|en)$|(?<=[^aeiou]e)s$|(?<=[aiou])s$(?<=[^aeiou][aiou]s)")
DOUBLE = re.compile(r"([aeou])\1([^aeiou])$")
SOFT = {"v": "f", "z": "s"}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must occur: stems that stand side by side, or (when `begins`) the begin of a word."""

    stems: tuple[str, ...]
    begins: bool = False


def folded(text: str) -> str:
    """A text without capitals, accents and other marks on letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def stems(text: str) -> list[str]:
    """The stems of the words of a text, in its order."""
    return [_stem(word[:LONGEST_WORD]) for word in WORD.findall(folded(text))[:MOST_WORDS]]


def asked(text: str) -> tuple[Part, ...]:
    """What somebody asks for: every word must occur; "in quotes" side by side, and huur* stands for any ending."""
    parts: list[Part] = []
    for match in PART.finditer(text):
        if match["begin"]:
            words = WORD.findall(folded(match["begin"]))
            parts += [Part((_stem(word),)) for word in words[:-1]] + [Part((word,), begins=True) for word in words[-1:]]
        else:
            found = tuple(stems(match["phrase"] or match["word"] or ""))
            parts += [Part(found)] if found else []
    return tuple(dict.fromkeys(parts))[:MOST_ASKED]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Porter's stemmer for Dutch, which leaves some plurals: corporaties, ideeen, huiz (of huizen)."""
    from snowballstemmer import stemmer  # brings the rules of thirty languages; only who searches or stores waits

    single = PLURAL.sub("", word)
    stem = str(stemmer("dutch_porter").stemWord(single))
    return DOUBLE.sub(r"\1\2", stem[:-1] + SOFT.get(stem[-1], stem[-1]))
