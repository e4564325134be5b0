"""The verdict on an item, and the reasons for it: values that the judge makes and the store keeps."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from digest.edition import Audience
from monitor.words import Goal, ItemKind, Rung


class Relevance(StrEnum):
    """How sure the radar is that an item matters."""

    NO = "niet"
    MAYBE = "misschien"
    YES = "zeker"


class Place(StrEnum):
    """Where in an item a term stands."""

    TITLE = "title"
    INTRO = "intro"
    TEXT = "text"


class Effect(StrEnum):
    """What a term does to the score; a GATE word opens the way for the others and has no points itself."""

    RAISES = "raises"
    LOWERS = "lowers"
    GATE = "gate"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JudgeInput(_Value):
    """What is known of an item when it is judged; `always_themes` are the themes its source gives to all its items."""

    title: str = ""
    intro: str = ""
    text: str = ""
    source: str = ""
    label: str = ""
    published: date | None = None
    always_themes: tuple[str, ...] = ()


class JudgeReason(_Value):
    """One term that was found: where, in which sentence, and what it did to the score (`points` is never negative)."""

    term: str
    found: str
    place: Place
    sentence: str
    points: float
    theme: str | None
    effect: Effect


class Event(_Value):
    """A meeting that readers can still go to; `place` may be "online" or unknown ("")."""

    day: date
    place: str = ""
    deadline: date | None = None


class Pull(_Value):
    """One word of an item, and how far (in log-odds) it pulled the learned part up (above zero) or down."""

    word: str
    points: float


class Judgement(_Value):
    """The verdict on one item, and why; the versions tell by which words and which model ("" for none) it was judged.

    `on_subject` is how likely the item is about the subject at all: from the threshold on it is flagged (None: judged
    when the radar did not tell this). `score` is how likely the working group wants it; by it the queue is in order.
    `by_words` and `learned` are what each part alone would say of `on_subject`; `share` (0..1) is the part of the
    learned one in it, and `pulls` are the words that moved it most.
    """

    relevant: Relevance
    score: float
    on_subject: float | None = None
    flagged: bool
    themes: tuple[str, ...]
    goals: tuple[Goal, ...]
    audiences: tuple[Audience, ...]
    kind: ItemKind
    rung: Rung | None = None
    event: Event | None
    reasons: tuple[JudgeReason, ...]
    words_version: str
    model_version: str = ""
    by_words: float = 0.0
    learned: float | None = None
    share: float = 0.0
    pulls: tuple[Pull, ...] = ()


# What stands for the verdict on an item that was there before us: it is judged later, when there is time.
NOT_JUDGED = Judgement(
    relevant=Relevance.NO,
    score=0.0,
    flagged=False,
    themes=(),
    goals=(),
    audiences=(),
    kind=ItemKind.NEWS,
    event=None,
    reasons=(),
    words_version="",
)
