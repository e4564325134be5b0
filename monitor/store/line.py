"""Saves what runs over sources brought, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from monitor.completeness import Gap
from monitor.judgement import Judgement
from monitor.recognise import Alias, Changed, Intent, Moved, New, Touched, Unread
from monitor.source_state import SourceRun, SourceState
from monitor.store import gaps, items, sources

Telling = TypeVar("Telling", New, Changed)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run over a source ended: what it brought, judged, with the state after it, the run itself and its gaps."""

    state: SourceState
    run: SourceRun
    judged: Sequence[tuple[Intent, Judgement]] = ()
    opened: Sequence[Gap] = ()
    closed: bool = False


def save(engine: Engine, runs: Sequence[Ended], now: datetime) -> None:
    """Store the items, their judgements, the states of the sources, their runs and their gaps together."""
    if not runs:
        return
    judged = [pair for one in runs for pair in one.judged]
    news = [(intent, judgement) for intent, judgement in judged if isinstance(intent, New)]
    with engine.begin() as connection:
        ids = items.add_all(connection, [intent for intent, _ in news], now)
        items.add_judgements(connection, list(zip(ids, (judgement for _, judgement in news), strict=True)), now)
        numbers = iter(ids)
        for intent, judgement in judged:
            if isinstance(intent, New):
                items.join(connection, next(numbers), _numbered(intent, ids))
            else:
                _save(connection, intent, judgement, ids, now)
        sources.save_state(connection, *(one.state for one in runs))
        sources.save_run(connection, *(one.run for one in runs))
        for one in runs:
            if one.closed:
                gaps.close(connection, one.run.source, now, gaps.LISTING)
            gaps.save(connection, one.opened)


def _save(connection: Connection, intent: Intent, judgement: Judgement, ids: Sequence[int], now: datetime) -> None:
    match intent:
        case Changed():
            item_id = items.change(connection, _numbered(intent, ids), now)
            items.save_judgement(connection, item_id, judgement, now)
        case Moved():
            items.move(connection, intent, now)
        case Unread():
            items.note_unread(connection, intent)
        case Alias():
            items.add_spellings(connection, intent)
        case Touched():
            items.note_modified(connection, intent)


def _numbered(intent: Telling, ids: Sequence[int]) -> Telling:
    """An intent with the ids that new items were stored under, where it names them by their places."""
    named = [*((intent.told_as,) if intent.told_as else ()), *intent.takes_over]
    if all(one > 0 for one in named):
        return intent
    stored = [one if one > 0 else ids[-one - 1] for one in named]
    return replace(intent, told_as=stored.pop(0) if intent.told_as else None, takes_over=tuple(stored))


def changes(decided: Iterable[Intent]) -> int:
    """Count the items with other content than before; a first reading is no change."""
    return sum(isinstance(intent, Changed) and not intent.first_reading for intent in decided)
