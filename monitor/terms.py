"""Words to look for, as they are written in words.yaml, and finding all of them in a text at once."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, product
from typing import NamedTuple

Phrase = tuple[str, ...]

WORD = re.compile(r"[^\W_]+")
WORDS = re.compile(rf"({WORD.pattern})")
NEAR = re.compile(r"\s~(\d+)\s")
STOP = re.compile(r"[.!?](?:\s|$)|\n\s*\n")
OPTION = re.compile(r"\(([^()]*)\)")
MOST_OPTIONS = 6
WIDEST = 100
MOST_WORDS = 20_000


def fold(text: str) -> str:
    """A text without capitals and accents, so that `Wooncoöperatie` and `wooncooperatie` are one word."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@dataclass(frozen=True)
class Term:
    """One line of words.yaml, understood: ways to write it, or two groups of ways that must stand near each other.

    A word of a phrase that ends in `*` matches any word that begins so.
    """

    written: str
    phrases: tuple[Phrase, ...]
    near: tuple[Phrase, ...] = ()
    distance: int = 0


def parse_term(written: str) -> Term:
    """Understand one term; raises `ValueError` with a Dutch sentence when it cannot be understood."""
    parts = NEAR.split(f" {written.strip()} ")
    if any("~" in part for part in parts):
        raise ValueError(f'"{written}": schrijf nabijheid als "huurder* ~10 meepraten", met spaties eromheen.')
    if len(parts) == 1:
        return Term(written, _ways(written))
    if len(parts) != 3:
        raise ValueError(f'"{written}": er kan maar één keer ~ in een term staan.')
    left, distance, right = parts
    if not 1 <= int(distance) <= WIDEST:
        raise ValueError(f'"{written}": de afstand achter ~ moet tussen 1 en {WIDEST} woorden liggen.')
    return Term(written, _ways(left), _ways(right), int(distance))


def ending_in(terms: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds single words also at the end of a compound: "bijeenkomst*" finds "regiobijeenkomsten".

    It is meant for folded text (`fold`). Words that must stand near each other are left out.
    """
    found = (phrase for term in map(parse_term, terms) if not term.near for phrase in term.phrases)
    return re.compile("|".join(sorted(_pattern(phrase) for phrase in found)) or r"(?!)")


def _pattern(phrase: Phrase) -> str:
    words = [re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else r"\b") for word in phrase]
    return (r"\b" if len(words) > 1 else "") + r"\W+".join(words)


def _ways(written: str) -> tuple[Phrase, ...]:
    """All phrases a part of a term stands for: each choice between `|`, each `(letters)` once with and once without."""
    return tuple(sorted({phrase for choice in written.split("|") for phrase in _spellings(choice)}))


def _spellings(written: str) -> set[Phrase]:
    pieces = OPTION.split(written)
    if len(pieces) // 2 > MOST_OPTIONS:
        raise ValueError(f'"{written.strip()}": zet hooguit {MOST_OPTIONS} keer haakjes in een term.')
    if re.search(r"[()]", "".join(pieces)):
        raise ValueError(f'"{written.strip()}": elk haakje ( heeft precies één haakje ) nodig.')
    choices = [(piece,) if place % 2 == 0 else ("", piece) for place, piece in enumerate(pieces)]
    return {_phrase("".join(way), written.strip()) for way in product(*choices)}


def _phrase(way: str, written: str) -> Phrase:
    folded = fold(way)
    if re.search(r"\*\w|(?<!\w)\*", folded):
        raise ValueError(f'"{written}": een sterretje kan alleen achter een woord, zoals "huurder*".')
    words = tuple(re.findall(r"[^\W_]+\*?", folded))
    if not words:
        raise ValueError(f'"{written}": hier staat geen woord.')
    if any(len(word) < 4 and word.endswith("*") for word in words):
        raise ValueError(f'"{written}": zet minstens drie letters voor een sterretje.')
    return words


@dataclass(frozen=True)
class Hit:
    """One place where a term stands: which term, and from which to which sign of the text."""

    term: int
    start: int
    end: int


class _Words(NamedTuple):
    """The words of a text, folded, in which sentence each stands, and where it begins and ends, one after the other."""

    folded: list[str]
    sentences: list[int]
    bounds: list[int]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """From which to which sign of the text these words and all between them stand."""
        return self.bounds[2 * first], self.bounds[2 * last + 1]


class Lexicon:
    """Finds many terms in one walk over a text; built once, then only read."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._near: list[tuple[int, int, int, int]] = []
        self._exact: dict[str, list[tuple[Phrase, int]]] = defaultdict(list)
        self._starts: dict[str, list[tuple[Phrase, int]]] = defaultdict(list)
        self._count = self._parts = len(terms)
        for place, term in enumerate(terms):
            if term.near:
                left, right = self._part(term.phrases), self._part(term.near)
                self._near.append((place, left, right, term.distance))
            else:
                self._add(place, term.phrases)
        self._lengths = tuple(sorted({len(start) for start in self._starts}))
        # A language has few words: most of those of a text were met in another one.
        self._candidates = lru_cache(maxsize=MOST_WORDS)(self._terms_of)

    def _part(self, phrases: Iterable[Phrase]) -> int:
        place, self._parts = self._parts, self._parts + 1
        self._add(place, phrases)
        return place

    def _add(self, place: int, phrases: Iterable[Phrase]) -> None:
        for first, *rest in phrases:
            store = self._starts if first.endswith("*") else self._exact
            store[first.rstrip("*")].append((tuple(rest), place))

    def find(self, text: str) -> list[Hit]:
        """All hits in a text, by place; a term that stands there twice is found twice, none runs over a full stop."""
        words = _words(text)
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, terms in enumerate(map(self._candidates, words.folded)):
            for rest, term in terms:
                if not rest or self._follows(words, place, rest):
                    found[term].append((place, place + len(rest)))
        for term, left, right, distance in self._near:
            if left in found and right in found:
                found[term] = _near_each_other(words.sentences, found[left], found[right], distance)
        hits = [
            Hit(term, *words.span(first, last))
            for term, spans in found.items()
            if term < self._count
            for first, last in spans
        ]
        return sorted(hits, key=lambda hit: (hit.start, hit.term))

    def _terms_of(self, word: str) -> tuple[tuple[Phrase, int], ...]:
        """The terms that may begin with a word: each by its number, with what else must follow."""
        starts = (word[:length] for length in self._lengths if length <= len(word))
        return tuple(self._exact.get(word, ())) + tuple(
            term for start in starts for term in self._starts.get(start, ())
        )

    @staticmethod
    def _follows(words: _Words, place: int, rest: Phrase) -> bool:
        """Whether the rest of a phrase stands right behind a word, in the same sentence."""
        last = place + len(rest)
        if last >= len(words.folded) or words.sentences[last] != words.sentences[place]:
            return False
        return all(
            word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
            for word, wanted in zip(words.folded[place + 1 : last + 1], rest, strict=True)
        )


def _words(text: str) -> _Words:
    pieces = WORDS.split(text)  # what stands between words, a word, what stands between, and so on
    stops = {between for between in set(pieces[::2]) if len(between) > 1 and STOP.search(between)}
    return _Words(
        [word.lower() if word.isascii() else fold(word) for word in pieces[1::2]],
        list(accumulate(between in stops for between in pieces[:-1:2])),
        list(accumulate(map(len, pieces[:-1]))),
    )


def _near_each_other(
    sentences: Sequence[int], left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]], distance: int
) -> list[tuple[int, int]]:
    """Spans that hold one of both, in one sentence, at most `distance` words apart; the nearest for each left one."""
    spans: list[tuple[int, int]] = []
    start = 0
    for first, last in left:
        while start < len(right) and right[start][1] < first - distance:
            start += 1
        near: list[tuple[int, int]] = []
        for other in islice(right, start, None):
            if other[0] > last + distance:
                break
            apart = other[0] > last or other[1] < first
            if apart and sentences[other[0]] == sentences[first]:
                near.append(other)
        if near:
            chosen = min(near, key=lambda span: abs(span[0] - first))
            spans.append((min(first, chosen[0]), max(last, chosen[1])))
    return spans
