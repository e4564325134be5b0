"""What an item is worth to the working group, with the reasons: pure, from words.yaml and what was learned.

title, intro, text
| find the terms                 all at once, with the sentence each stands in
| points                         place x strength, capped per term; negatives lower, never forbid
| gate                           without a word of the sector almost nothing counts
| themes, goals, audiences, kind, event
| learned part                   joins the words in log-odds; it never hides what the words call certain
| score 0..1
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.edition import Audience
from monitor.event_date import find_meeting
from monitor.judgement import Effect, Event, JudgeInput, Judgement, JudgeReason, Place, Relevance
from monitor.learn import Model, Reading, log_odds, logistic
from monitor.terms import Lexicon, Term, parse_term
from monitor.words import Goal, ItemKind, KindWords, Strength, Words

__all__ = ["Effect", "Event", "Judge", "JudgeInput", "JudgeReason", "Judgement", "Place", "Relevance"]

LEARNED_SHARE = 0.5
LONGEST_PART = 100_000
LONGEST_SENTENCE = 300
MOST_REASONS = 60
SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")


@dataclass(frozen=True)
class _Role:
    """What one term means for the verdict: its effect and strength in points, and the group it belongs to."""

    term: Term
    effect: Effect | None
    points: float = 0.0
    theme: str | None = None
    group: str = ""
    strength: Strength | None = None


class Judge:
    """Judges items by one list of words and one model, or by words alone; once built it never changes."""

    def __init__(self, words: Words, model: Model | None = None) -> None:
        self.words = words
        self.model = model
        self.version = words.version()
        self._roles = list(_roles(words))
        self._lexicon = Lexicon([role.term for role in self._roles])
        self._places = {
            Place.TITLE: words.weights.title,
            Place.INTRO: words.weights.intro,
            Place.TEXT: words.weights.text,
        }

    def judge(self, item: JudgeInput, threshold: float | None = None) -> Judgement:
        """The verdict on one item; `threshold` (0..1) is the score from which it is flagged, else that of the words."""
        parts = {
            Place.TITLE: _clean(item.title),
            Place.INTRO: _clean(item.intro),
            Place.TEXT: _clean(_without_intro(item)),
        }
        found = _Found(self._roles, self._places, parts, self._lexicon, self.words.weights.cap)
        by_words = self._score(found, item.source)
        flag = self.words.thresholds.flag if threshold is None else threshold
        reading = self.model.reading(item) if self.model else None
        score = self._joined(by_words, reading, flag)
        themes = self._themes(found, item.always_themes)
        event = self._event(found, parts, item)
        return Judgement(
            relevant=self._relevance(score, flag),
            score=score,
            flagged=score >= flag,
            themes=themes,
            goals=self._goals(found, themes),
            audiences=self._audiences(found),
            kind=self._kind(found, item.label, event),
            event=event,
            reasons=found.reasons(),
            words_version=self.version,
            model_version=self.model.version if self.model else "",
            by_words=by_words,
            learned=round(reading.probability, 4) if reading else None,
            share=LEARNED_SHARE if reading else 0.0,
            pulls=reading.pulls() if reading else (),
        )

    def _joined(self, by_words: float, reading: Reading | None, flag: float) -> float:
        """The score of both parts; what the words alone call certain stays flagged, whatever was learned."""
        if reading is None:
            return by_words
        both = (1 - LEARNED_SHARE) * log_odds(by_words) + LEARNED_SHARE * log_odds(reading.probability)
        least = flag if by_words >= max(flag, self.words.thresholds.sure) else 0.0
        return round(max(logistic(both), least), 4)

    def _score(self, found: _Found, source: str) -> float:
        """Points to a score; weak words count for no more than the firm ones they stand beside."""
        weights = self.words.weights
        lowered = found.total(Effect.LOWERS)
        weak = min(found.weak, found.total(Effect.RAISES) - found.weak)
        raised = found.total(Effect.RAISES) - found.weak + weak
        points = max(raised - lowered, raised * weights.floor)
        if not (found.gate or found.strong or self._opens(source)):
            points *= weights.gate
        return round(points**2 / (points**2 + weights.half**2), 4)

    def _opens(self, source: str) -> bool:
        """Whether the name of a source opens the gate: all that a tenants' council writes is about its sector."""
        return any(self._roles[hit.term].effect is Effect.GATE for hit in self._lexicon.find(_clean(source)))

    def _relevance(self, score: float, flag: float) -> Relevance:
        if score < flag:
            return Relevance.NO
        return Relevance.YES if score >= max(flag, self.words.thresholds.sure) else Relevance.MAYBE

    def _themes(self, found: _Found, always: Sequence[str]) -> tuple[str, ...]:
        """The themes with enough points, the strongest first; a theme far weaker than the strongest is left out."""
        points = found.themes
        enough = max(self.words.weights.theme, max(points.values(), default=0.0) * self.words.weights.theme_share)
        ranked = sorted(points, key=lambda name: -points[name])
        return tuple(dict.fromkeys([*always, *(name for name in ranked if points[name] >= enough)]))

    def _goals(self, found: _Found, themes: Sequence[str]) -> tuple[Goal, ...]:
        """The goals its themes serve; a goal needs a fair share of the points of all themes."""
        points: defaultdict[Goal, float] = defaultdict(float)
        for theme in self.words.themes:
            if theme.name in themes:
                for goal in theme.goals:
                    points[goal] += max(found.themes.get(theme.name, 0.0), 1.0) / len(theme.goals)
        enough = sum(points.values()) * self.words.weights.goal_share
        return tuple(goal for goal in Goal if points[goal] > 0 and points[goal] >= enough)

    def _audiences(self, found: _Found) -> tuple[Audience, ...]:
        return tuple(
            audience.name
            for audience in self.words.audiences
            if audience.always or found.distinct(f"audience:{audience.name}")
        )

    def _kind(self, found: _Found, label: str, event: Event | None) -> ItemKind:
        """The kind by the publisher's own label, else an announced meeting, else the first kind whose words fit."""
        labelled = {self._roles[hit.term].group for hit in self._lexicon.find(_clean(label)[:200])}
        for kind in self.words.kinds:
            if f"label:{kind.name}" in labelled:
                return kind.name
        if event:
            return ItemKind.EVENT
        return next((kind.name for kind in self.words.kinds if _fits(kind, found)), ItemKind.NEWS)

    def _event(self, found: _Found, parts: Mapping[Place, str], item: JudgeInput) -> Event | None:
        """The meeting an item announces: a meeting and a sign of announcing are named, and it is no report."""
        if not found.distinct("meetings") or found.distinct("reports"):
            return None
        if not found.distinct("signs") and not found.in_place("meetings", Place.TITLE):
            return None
        meeting = find_meeting("\n".join(parts.values()), item.published)
        return Event(day=meeting.day, place=meeting.place, deadline=meeting.deadline) if meeting else None


class _Found:
    """The terms found in one item, with their points."""

    def __init__(
        self,
        roles: Sequence[_Role],
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

    def _note(self, role: _Role, points: float, place: Place, text: str, span: tuple[int, int]) -> None:
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


def _roles(words: Words) -> Iterable[_Role]:
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
                yield _Role(parse_term(written), Effect.RAISES, points, theme.name, "theme", strength)
    for written in words.gate:
        yield _Role(parse_term(written), Effect.GATE)
    for negatives, loss in (
        (words.negatives.strong, weights.negative_strong),
        (words.negatives.mild, weights.negative_mild),
    ):
        for written in negatives:
            yield _Role(parse_term(written), Effect.LOWERS, loss)
    silent = {f"audience:{audience.name}": audience.words for audience in words.audiences}
    silent |= {f"kind:{kind.name}": kind.words for kind in words.kinds}
    silent |= {f"label:{kind.name}": kind.labels for kind in words.kinds}
    silent |= {"meetings": words.events.meetings, "signs": words.events.signs, "reports": words.events.reports}
    for group, terms in silent.items():
        for written in terms:
            yield _Role(parse_term(written), None, group=group)


def _fits(kind: KindWords, found: _Found) -> bool:
    group = f"kind:{kind.name}"
    return found.in_place(group, Place.TITLE) or found.distinct(group) >= kind.needed


def _clean(text: str) -> str:
    """Composed letters, no soft hyphens, and no more than can matter."""
    return unicodedata.normalize("NFC", text[:LONGEST_PART].replace("\u00ad", ""))


def _without_intro(item: JudgeInput) -> str:
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
