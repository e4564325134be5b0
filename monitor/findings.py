"""The words of words.yaml in one item: which stand where, in which sentence, and what they are worth in points."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.judgement import Effect, JudgeInput, JudgeReason, Place
from monitor.terms import Lexicon, Term, parse_term
from monitor.words import Strength, Words

LONGEST_PART = 100_000
LONGEST_SENTENCE = 300
MOST_REASONS = 60
SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")


@dataclass(frozen=True)
class Role:
    """What one term means for the verdict: its effect and strength in points, and the group it belongs to."""

    term: Term
    effect: Effect | None
    points: float = 0.0
    theme: str | None = None
    group: str = ""
    strength: Strength | None = None


class Found:
    """The terms found in one item, with their points."""

    def __init__(
        self,
        roles: Sequence[Role],
        places: Mapping[Place, float],
        parts: Mapping[Place, str],
        lexicon: Lexicon,
        cap: float,
    ) -> None:
        self._reasons: list[JudgeReason] = []
        self._totals: defaultdict[Effect, float] = defaultdict(float)
        self._groups: defaultdict[str, set[tuple[int, Place]]] = defaultdict(set)
        self.themes: dict[str, float] = {}
        self.gate = False
        self.strong = False
        self.weak = 0.0
        used: defaultdict[int, float] = defaultdict(float)
        for place, text in parts.items():
            seen: Counter[int] = Counter()
            for hit in lexicon.find(text):
                role = roles[hit.term]
                self._groups[role.group].add((hit.term, place))
                seen[hit.term] += 1
                if role.effect is None or seen[hit.term] > (2 if place is Place.TEXT else 1):
                    continue
                share = min(places[place], cap - used[hit.term])
                used[hit.term] += max(share, 0.0)
                self._note(role, max(share, 0.0) * role.points, place, text, (hit.start, hit.end))

    def _note(self, role: Role, points: float, place: Place, text: str, span: tuple[int, int]) -> None:
        effect = role.effect
        assert effect is not None
        if effect is Effect.GATE:
            if self.gate:
                return
            self.gate = True
        elif points <= 0:
            return
        self._totals[effect] += points
        if role.theme:
            self.strong = self.strong or role.strength is Strength.STRONG
            self.weak += points if role.strength is Strength.WEAK else 0.0
            self.themes[role.theme] = self.themes.get(role.theme, 0.0) + points
        self._reasons.append(
            JudgeReason(
                term=role.term.written,
                found=text[span[0] : span[1]][:LONGEST_SENTENCE],
                place=place,
                sentence=sentence_around(text, *span),
                points=round(points, 2),
                theme=role.theme,
                effect=effect,
            )
        )

    def total(self, effect: Effect) -> float:
        """All points of one effect."""
        return self._totals[effect]

    def distinct(self, group: str) -> int:
        """How many different terms of a group were found."""
        return len({term for term, _ in self._groups[group]})

    def in_place(self, group: str, place: Place) -> bool:
        """Whether a term of a group stands in a part of the item."""
        return any(where is place for _, where in self._groups[group])

    def reasons(self) -> tuple[JudgeReason, ...]:
        """The reasons, those that count most first."""
        ranked = sorted(self._reasons, key=lambda reason: -reason.points)
        return tuple(ranked[:MOST_REASONS])


def roles(words: Words) -> Iterable[Role]:
    """Every term of the list with what it means; one term may have several roles."""
    weights = words.weights
    for theme in words.themes:
        groups = (
            (Strength.STRONG, theme.strong, weights.strong),
            (Strength.MEDIUM, theme.medium, weights.medium),
            (Strength.WEAK, theme.weak, weights.weak),
        )
        for strength, terms, points in groups:
            for written in terms:
                yield Role(parse_term(written), Effect.RAISES, points, theme.name, "theme", strength)
    for written in words.gate:
        yield Role(parse_term(written), Effect.GATE)
    for negatives, loss in (
        (words.negatives.strong, weights.negative_strong),
        (words.negatives.mild, weights.negative_mild),
    ):
        for written in negatives:
            yield Role(parse_term(written), Effect.LOWERS, loss)
    silent = {f"audience:{audience.name}": audience.words for audience in words.audiences}
    silent |= {f"kind:{kind.name}": kind.words for kind in words.kinds}
    silent |= {f"label:{kind.name}": kind.labels for kind in words.kinds}
    silent |= {f"rung:{rung.name}": rung.words for rung in words.ladder}
    silent |= {"signs": words.events.signs, "reports": words.events.reports}
    for group, terms in silent.items():
        for written in terms:
            yield Role(parse_term(written), None, group=group)


def clean(text: str) -> str:
    """Composed letters, no soft hyphens, and no more than can matter."""
    return unicodedata.normalize("NFC", text[:LONGEST_PART].replace("\u00ad", ""))


def without_intro(item: JudgeInput) -> str:
    """The text without the intro at its head, so that one sentence does not count twice."""
    intro, text = item.intro.strip(), item.text.lstrip()
    return text[len(intro) :] if intro and text.startswith(intro) else text


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence around a place in a text, on one line and of readable length."""
    left, right = max(0, start - LONGEST_SENTENCE), min(len(text), end + LONGEST_SENTENCE)
    before = list(SENTENCE_END.finditer(text, left, start))
    after = SENTENCE_END.search(text, end, right)
    first = before[-1].end() if before else left
    last = after.end() if after else right
    sentence = " ".join(text[first:last].split())
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    begin = max(0, start - LONGEST_SENTENCE // 2)
    return "…" + " ".join(text[begin : begin + LONGEST_SENTENCE].split()) + "…"
