"""An item as the pages show it: everything in Dutch words, with the reasons in their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from monitor.amendment import amend
from monitor.desk import phrases
from monitor.desk.marks import Piece, mark
from monitor.judgement import Effect, Event, JudgeReason, Place, Relevance
from monitor.settings import Settings
from monitor.store.reviews import ACCEPTED, REJECTED, QueuedItem
from monitor.store.talk import Claim

DECISIONS = {ACCEPTED: "gekozen", REJECTED: "afgewezen"}
PLACES = {Place.TITLE: "Titel", Place.INTRO: "Inleiding", Place.TEXT: "Tekst"}
# A week is read in a quarter of an hour: what is likely needs one sentence of proof, what is doubtful two.
MOST_SENTENCES = {Relevance.YES: 1, Relevance.MAYBE: 2, Relevance.NO: 2}
LONGEST_INTRO = 300
EXACT = ("time", "day")
UNTITLED = "(zonder titel)"


@dataclass(frozen=True)
class ReasonLine:
    """One sentence that raised or lowered the score, with the words that did so marked."""

    place: str
    pieces: tuple[Piece, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """An address outside, and the text to show for it."""

    text: str
    address: str


@dataclass(frozen=True)
class Copy(Link):
    """The same story at another source; `id` is its own item."""

    id: int


@dataclass(frozen=True)
class Card:
    """An item in words."""

    id: int
    title: str
    marked_title: tuple[Piece, ...]
    marked_intro: tuple[Piece, ...]
    original: Link
    kind: str
    label: str
    date: str
    date_origin: str
    undated: bool
    likelihood: str
    percentage: str
    themes: tuple[str, ...]
    audiences: tuple[str, ...]
    event: str
    raised: tuple[ReasonLine, ...]
    lowered: tuple[ReasonLine, ...]
    lowered_words: tuple[str, ...]
    copies: tuple[Copy, ...]
    documents: tuple[Link, ...]
    decision: str
    decided_by: str
    summary: str
    why: str
    item: QueuedItem


def card(item: QueuedItem, settings: Settings, *, whole: bool = False) -> Card:
    """Put an item into words; a card in a list is short: each sentence once, the weightiest only, no date explained."""
    judged = amend(item.judgement, item.amendment, settings.words)
    intro = item.intro if whole else _shortened(item.intro)
    words = _words(judged.reasons, Effect.RAISES)
    elsewhere = judged.reasons if whole else tuple(one for one in judged.reasons if not _is_shown(one, intro))
    most = None if whole else MOST_SENTENCES[judged.relevant]
    exact = item.published_precision in EXACT and not whole
    return Card(
        id=item.id,
        title=item.title or UNTITLED,
        marked_title=mark(item.title or UNTITLED, words),
        marked_intro=mark(intro, words),
        original=Link(_source_title(item.source, settings), web_address(item.address)),
        kind=kind_title(judged.kind, settings),
        label=item.label,
        date=phrases.published(item.published, item.published_precision),
        date_origin=phrases.origin(item.published, item.published_origin, only_if_doubtful=exact),
        undated=item.published is None,
        likelihood=judged.relevant.value,
        percentage=phrases.percentage(judged.score),
        themes=tuple(_theme_title(name, settings) for name in judged.themes),
        audiences=tuple(_audience_title(name, settings) for name in judged.audiences),
        event=event_in_words(judged.event),
        raised=_lines(elsewhere, Effect.RAISES, settings, most),
        lowered=_lines(judged.reasons, Effect.LOWERS, settings) if whole else (),
        lowered_words=_words(judged.reasons, Effect.LOWERS),
        copies=tuple(
            Copy(_source_title(name, settings), web_address(address), copy_id)
            for name, address, copy_id in item.also_at
        ),
        documents=tuple(
            Link(address.rsplit("/", 1)[-1] or address, web_address(address)) for address in item.documents
        ),
        decision=DECISIONS.get(item.decision, ""),
        decided_by=item.decided_by,
        summary=item.summary,
        why=item.why,
        item=item,
    )


def claimed(claim: Claim, zone: ZoneInfo) -> str:
    """Who looks at an item, and until when in this zone."""
    until = claim.until.astimezone(zone)
    return f"{claim.name} bekijkt dit tot {until.hour}:{until.minute:02}"


def web_address(address: str) -> str:
    """An address that is safe to link to, or "": a page of a stranger must not become a script."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def paragraphs(item: QueuedItem) -> tuple[tuple[Piece, ...], ...]:
    """The text of an item in paragraphs, with the words that raised its score marked."""
    words = _words(item.judgement.reasons, Effect.RAISES)
    return tuple(mark(part, words) for part in item.text.split("\n\n") if part.strip())


def _words(reasons: Sequence[JudgeReason], effect: Effect) -> tuple[str, ...]:
    """The words that had this effect, the weightiest first, each once whatever its capitals."""
    found: dict[str, str] = {}
    for reason in reasons:
        if reason.effect is effect:
            found.setdefault(reason.found.casefold(), reason.found)
    return tuple(found.values())


def _is_shown(reason: JudgeReason, intro: str) -> bool:
    """Whether the card shows the sentence of a reason already, in its title or intro."""
    return reason.place is Place.TITLE or (reason.place is Place.INTRO and reason.sentence in " ".join(intro.split()))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_INTRO else text[:LONGEST_INTRO].rsplit(" ", 1)[0] + " …"


def _lines(
    reasons: Sequence[JudgeReason], effect: Effect, settings: Settings, most: int | None = None
) -> tuple[ReasonLine, ...]:
    """One line per sentence, the weightiest first, with all its words marked; `most` lines, None for all."""
    sentences: dict[tuple[Place, str], list[JudgeReason]] = {}
    for reason in reasons:
        if reason.effect is effect:
            sentences.setdefault((reason.place, reason.sentence), []).append(reason)
    ranked = sorted(sentences.items(), key=lambda pair: -sum(reason.points for reason in pair[1]))
    return tuple(
        ReasonLine(
            PLACES[place],
            mark(sentence, [reason.found for reason in group]),
            tuple(dict.fromkeys(_theme_title(reason.theme, settings) for reason in group if reason.theme)),
        )
        for (place, sentence), group in ranked[:most]
    )


def event_in_words(event: Event | None) -> str:
    """When and where a meeting is, and until when one can sign up; "" when there is none."""
    if event is None:
        return ""
    text = phrases.published(event.day, "day") + (f", {event.place}" if event.place else "")
    return text + _until(event.deadline)


def _until(deadline: date | None) -> str:
    return f" (aanmelden tot en met {phrases.published(deadline, 'day')})" if deadline else ""


def _source_title(name: str, settings: Settings) -> str:
    source = settings.source(name)
    return source.title if source else phrases.NO_SOURCES.get(name, name)


def _theme_title(name: str, settings: Settings) -> str:
    theme = settings.words.theme(name)
    return theme.title if theme else name


def _audience_title(name: str, settings: Settings) -> str:
    return next((audience.title for audience in settings.words.audiences if audience.name == name), name)


def kind_title(name: str, settings: Settings) -> str:
    """The name of a kind of item on the screen."""
    return next((kind.title for kind in settings.words.kinds if kind.name == name), name)
