"""What an item is worth to the working group, with the reasons: pure, from words.yaml and what was learned.

title, intro, text
| find the terms                 all at once, with the sentence each stands in           monitor.findings
| points                         place x strength, capped per term; negatives lower, never forbid
| gate                           without a word of the sector almost nothing counts
| learned part                   joins the words in log-odds                             monitor.learn
| on the subject 0..1            how likely it is about it at all, where one item of twenty is: decides the flag
| score 0..1                     how likely the working group wants it: decides the order
| themes, goals, audiences, kind, rung, event
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.edition import Audience
from monitor.event_date import find_meeting
from monitor.findings import Found, clean, roles, without_intro
from monitor.judgement import Effect, Event, JudgeInput, Judgement, JudgeReason, Place, Relevance
from monitor.log_odds import log_odds, logistic
from monitor.terms import Lexicon, ending_in, fold
from monitor.words import Goal, ItemKind, KindWords, Rung, Words

if TYPE_CHECKING:
    from monitor.model import Model, Reading

__all__ = ["Effect", "Event", "Judge", "JudgeInput", "JudgeReason", "Judgement", "Place", "Relevance"]

# How points become log-odds, and how those of words and model add up, to be on the subject and to be told: logistic
# regressions on 2,140 labelled items, each read by a model that saw nothing of its writer, weighted as if one of twenty
# were on the subject.
LEAST_POINTS, MOST_POINTS = 0.1, 0.99
WORDS_SLOPE, WORDS_SHIFT = 1.1, -1.55
JOINED_WORDS, JOINED_LEARNED, JOINED_SHIFT = 0.6, 1.1, 0.9
MUST_WORDS, MUST_LEARNED, MUST_SHIFT = 0.35, 1.3, 3.5
# Of what is on the subject but need not be told, one in ten is chosen all the same.
BORDERLINE_CHOSEN = 0.1
# How the points of a theme, of a goal and of a municipality's words join the leaning of the model; a goal also leans as
# the learned theme does that fits best of those that serve it.
THEME_POINT, THEME_LEAST, THEME_BEHIND = 0.03, -0.2, 0.4
GOAL_SHARE, GOAL_USUAL, GOAL_THEME = 0.2, 0.5, 0.3
FORMAL_LEAST, INFORMAL_LEAST = -0.03, -0.24
GEMEENTE_WORD, GEMEENTE_LEAST = 0.25, 0.1
UNTOLD = log_odds(0.12)
# How clear the clues of an announcement must be, and how they add up: a word of a meeting, the same in the title, a
# word of a report, and what was learned of announcements (a logistic regression on 210 items that name a day).
ANNOUNCED, ANNOUNCED_BY_WORDS = 2.25, 3.5
NAMED, TITLED, REPORT_CLUES, MOST_SIGNS = 0.5, 1.5, 2, 3
LEARNED_CLUES, LEANING = 1.5, -0.3
# How the words of a kind join what was learned of it: one in the title, and each other word.
KIND_TITLE, KIND_WORD, MOST_KIND_WORDS = 0.6, 0.3, 4
# How the words of a rung join what was learned of it, and the least that is told.
RUNG_WORD, MOST_RUNG_WORDS, RUNG_LEAST = 0.6, 3, -0.2


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely an item is on the subject, and wanted; what words alone say, and the share of the learned part."""

    on_subject: float
    wanted: float
    by_words: float
    share: float


class Judge:
    """Judges items by one list of words and one model, or by words alone; once built it never changes."""

    def __init__(self, words: Words, model: Model | None = None) -> None:
        self.words = words
        self.model = model
        self.version = words.version()
        self.model_version = model.version if model else ""
        self._roles = list(roles(words))
        self._meetings = ending_in(words.events.meetings)
        self._lexicon = Lexicon([role.term for role in self._roles])
        self._places = {
            Place.TITLE: words.weights.title,
            Place.INTRO: words.weights.intro,
            Place.TEXT: words.weights.text,
        }

    def judge(self, item: JudgeInput, threshold: float | None = None) -> Judgement:
        """The verdict on one item; `threshold` (0..1) is the score from which it is flagged, else that of the words."""
        (judgement,) = self.judge_all([(item, threshold)])
        return judgement

    def judge_all(self, cases: Sequence[tuple[JudgeInput, float | None]]) -> list[Judgement]:
        """The verdicts on items, each with its threshold as in `judge`; together they take less time than alone."""
        readings = self.model.readings([item for item, _ in cases]) if self.model else [None] * len(cases)
        return [
            self._judge(item, self.words.thresholds.flag if threshold is None else threshold, reading)
            for (item, threshold), reading in zip(cases, readings, strict=True)
        ]

    def _judge(self, item: JudgeInput, flag: float, reading: Reading | None) -> Judgement:
        parts = {
            Place.TITLE: clean(item.title),
            Place.INTRO: clean(item.intro),
            Place.TEXT: clean(without_intro(item)),
        }
        found = Found(self._roles, self._places, parts, self._lexicon, self.words.weights.cap)
        points = self._points(found, item.source)
        chances = self._chances(points, reading, flag)
        themes = self._themes(found, item.always_themes, reading)
        event = self._event(found, parts, item, reading)
        return Judgement(
            relevant=self._relevance(chances, flag),
            score=chances.wanted,
            on_subject=chances.on_subject,
            flagged=chances.on_subject >= flag,
            themes=themes,
            goals=self._goals(found, themes, reading),
            audiences=self._audiences(found, reading),
            kind=self._kind(found, item.label, event, reading),
            rung=self._rung(found, reading),
            event=event,
            reasons=found.reasons(),
            words_version=self.version,
            model_version=self.model_version,
            by_words=chances.by_words,
            learned=round(reading.probability, 4) if reading else None,
            share=chances.share,
            pulls=reading.pulls() if reading else (),
        )

    def _points(self, found: Found, source: str) -> float:
        """The words as one number 0..1; weak words count for no more than the firm ones they stand beside."""
        weights = self.words.weights
        lowered = found.total(Effect.LOWERS)
        weak = min(found.weak, found.total(Effect.RAISES) - found.weak)
        raised = found.total(Effect.RAISES) - found.weak + weak
        points = max(raised - lowered, raised * weights.floor)
        if not (found.gate or found.strong or self._opens(source)):
            points *= weights.gate
        return points**2 / (points**2 + weights.half**2)

    def _chances(self, points: float, reading: Reading | None, flag: float) -> Chances:
        """How likely the item is on the subject, and wanted; what the words call certain stays flagged."""
        words = log_odds(min(max(points, LEAST_POINTS), MOST_POINTS))
        by_words = logistic(WORDS_SLOPE * words + WORDS_SHIFT)
        on_subject = wanted = by_words
        share = 0.0
        if reading:
            own, learned = JOINED_WORDS * words, JOINED_LEARNED * log_odds(reading.probability)
            on_subject = logistic(own + learned + JOINED_SHIFT)
            share = abs(learned) / (abs(own) + abs(learned) or 1.0)
            must = logistic(MUST_WORDS * words + MUST_LEARNED * log_odds(reading.must) + MUST_SHIFT)
            wanted = BORDERLINE_CHOSEN * on_subject + (1 - BORDERLINE_CHOSEN) * min(must, on_subject)
        if points >= self.words.thresholds.certain:
            on_subject = max(on_subject, flag)
        return Chances(round(on_subject, 4), round(wanted, 4), round(by_words, 4), round(share, 2))

    def _opens(self, source: str) -> bool:
        """Whether the name of a source opens the gate: all that a tenants' council writes is about its sector."""
        return any(self._roles[hit.term].effect is Effect.GATE for hit in self._lexicon.find(clean(source)))

    def _relevance(self, chances: Chances, flag: float) -> Relevance:
        if chances.on_subject < flag:
            return Relevance.NO
        return Relevance.YES if chances.wanted >= max(flag, self.words.thresholds.sure) else Relevance.MAYBE

    def _themes(self, found: Found, always: Sequence[str], reading: Reading | None) -> tuple[str, ...]:
        """The themes that fit, the strongest first; a theme far weaker than the strongest is left out."""
        points = found.themes
        if reading is None:
            enough = max(self.words.weights.theme, max(points.values(), default=0.0) * self.words.weights.theme_share)
        else:
            points = {
                theme.name: reading.leaning.get(f"theme:{theme.name}", UNTOLD)
                + THEME_POINT * found.themes.get(theme.name, 0.0)
                for theme in self.words.themes
            }
            enough = max(THEME_LEAST, max(points.values()) - THEME_BEHIND)
        ranked = sorted(points, key=lambda name: -points[name])
        return tuple(dict.fromkeys([*always, *(name for name in ranked if points[name] >= enough)]))

    def _goals(self, found: Found, themes: Sequence[str], reading: Reading | None) -> tuple[Goal, ...]:
        """The goals its themes serve; a goal needs a fair share of the points of all themes, or of what was learned."""
        points: defaultdict[Goal, float] = defaultdict(float)
        for theme in self.words.themes:
            if reading or theme.name in themes:
                for goal in theme.goals:
                    points[goal] += max(found.themes.get(theme.name, 0.0), 0.0 if reading else 1.0) / len(theme.goals)
        total = sum(points.values())
        if reading is None:
            return tuple(goal for goal in Goal if points[goal] > 0 and points[goal] >= total * self._goal_share)
        themed = self._themed(reading)
        least = {Goal.FORMAL: FORMAL_LEAST, Goal.INFORMAL: INFORMAL_LEAST}
        leaning = {
            goal: reading.leaning.get(f"goal:{goal}", UNTOLD)
            + GOAL_SHARE * (points[goal] / (total or 1.0) - GOAL_USUAL)
            + GOAL_THEME * themed.get(goal, UNTOLD)
            - least[goal]
            for goal in Goal
        }
        best = max(leaning.values())
        return tuple(goal for goal in Goal if leaning[goal] >= min(0.0, best))

    def _themed(self, reading: Reading) -> dict[Goal, float]:
        """For each goal the learned leaning of the theme that fits best of those that serve it."""
        found: dict[Goal, float] = {}
        for theme in self.words.themes:
            leaning = reading.leaning.get(f"theme:{theme.name}", UNTOLD)
            for goal in theme.goals:
                found[goal] = max(found.get(goal, leaning), leaning)
        return found

    @property
    def _goal_share(self) -> float:
        return self.words.weights.goal_share

    def _audiences(self, found: Found, reading: Reading | None) -> tuple[Audience, ...]:
        """Who can use it: always, by the words, or by what was learned."""
        return tuple(
            audience.name
            for audience in self.words.audiences
            if audience.always or self._fits_audience(audience.name, found, reading)
        )

    @staticmethod
    def _fits_audience(name: Audience, found: Found, reading: Reading | None) -> bool:
        hits = found.distinct(f"audience:{name}")
        learned = reading.leaning.get(f"audience:{name}") if reading else None
        if learned is None:
            return bool(hits)
        return learned + GEMEENTE_WORD * min(hits, 2) >= GEMEENTE_LEAST

    def _kind(self, found: Found, label: str, event: Event | None, reading: Reading | None) -> ItemKind:
        """The kind by the publisher's own label, else an announced meeting, else by words and what was learned."""
        labelled = {self._roles[hit.term].group for hit in self._lexicon.find(clean(label)[:200])}
        for kind in self.words.kinds:
            if f"label:{kind.name}" in labelled:
                return kind.name
        if event:
            return ItemKind.EVENT
        if reading is None:
            return next((kind.name for kind in self.words.kinds if _fits(kind, found)), ItemKind.NEWS)
        points = {
            kind.name: reading.leaning.get(f"kind:{kind.name}", UNTOLD) + _kind_points(kind, found)
            for kind in self.words.kinds
            if kind.name is not ItemKind.EVENT
        }
        return max(points, key=lambda name: points[name], default=ItemKind.NEWS)

    def _rung(self, found: Found, reading: Reading | None) -> Rung | None:
        """The rung of the ladder of participation by its words and what was learned; None when nothing tells enough.

        By words alone it is the one with most words, the highest of equals.
        """
        words = {rung.name: found.distinct(f"rung:{rung.name}") for rung in self.words.ladder}
        if reading is None:
            points, enough = {name: float(many) for name, many in words.items()}, 1.0
        else:
            enough = RUNG_LEAST
            points = {
                name: reading.leaning.get(f"rung:{name}", UNTOLD) + RUNG_WORD * min(many, MOST_RUNG_WORDS)
                for name, many in words.items()
            }
        best = max(reversed(points), key=lambda name: points[name], default=None)
        return best if best is not None and points[best] >= enough else None

    def _event(
        self, found: Found, parts: Mapping[Place, str], item: JudgeInput, reading: Reading | None
    ) -> Event | None:
        """The meeting an item announces: what speaks for an announcement outweighs what speaks for a report."""
        meeting = find_meeting("\n".join(parts.values()), item.published)
        if meeting is None or self._is_vacancy(found, reading):
            return None
        clues = float(meeting.clues + min(found.distinct("signs"), MOST_SIGNS))
        clues += NAMED * bool(self._meetings.search(fold("\n".join(parts.values()))))
        clues += TITLED * bool(self._meetings.search(fold(parts[Place.TITLE])))
        clues -= REPORT_CLUES * (bool(found.distinct("reports")) + found.in_place("reports", Place.TITLE))
        learned = reading.leaning.get(f"kind:{ItemKind.EVENT}") if reading else None
        if learned is not None:
            clues += LEARNED_CLUES * (learned - LEANING)
        if clues < (ANNOUNCED if learned is not None else ANNOUNCED_BY_WORDS):
            return None
        return Event(day=meeting.day, place=meeting.place, deadline=meeting.deadline)

    def _is_vacancy(self, found: Found, reading: Reading | None) -> bool:
        """Whether the day in it is one of talks with candidates."""
        if any(kind.name is ItemKind.VACANCY and _fits(kind, found) for kind in self.words.kinds):
            return True
        if reading is None:
            return False
        vacancy, event = (reading.leaning.get(f"kind:{kind}", -math.inf) for kind in (ItemKind.VACANCY, ItemKind.EVENT))
        return vacancy > event


def _fits(kind: KindWords, found: Found) -> bool:
    group = f"kind:{kind.name}"
    return found.in_place(group, Place.TITLE) or found.distinct(group) >= kind.needed


def _kind_points(kind: KindWords, found: Found) -> float:
    group = f"kind:{kind.name}"
    words = min(found.distinct(group), MOST_KIND_WORDS)
    return KIND_TITLE * found.in_place(group, Place.TITLE) + KIND_WORD * words
