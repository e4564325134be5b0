"""Saves what a run over one source brought, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from monitor.completeness import Gap
from monitor.judgement import Judgement
from monitor.recognise import Alias, Changed, Intent, Moved, New, Touched, Unread
from monitor.source_state import SourceRun, SourceState
from monitor.store import gaps, items, sources


def save(
    engine: Engine,
    judged: Sequence[tuple[Intent, Judgement]],
    state: SourceState,
    run: SourceRun,
    now: datetime,
    *,
    opened: Sequence[Gap] = (),
    closed: bool = False,
) -> None:
    """Store the items, their judgements, the state of the source, its run and its gaps together."""
    news = [(intent, judgement) for intent, judgement in judged if isinstance(intent, New)]
    with engine.begin() as connection:
        ids = items.add_all(connection, [intent for intent, _ in news], now)
        items.add_judgements(connection, list(zip(ids, (judgement for _, judgement in news), strict=True)), now)
        for intent, judgement in judged:
            match intent:
                case Changed():
                    items.save_judgement(connection, items.change(connection, intent, now), judgement, now)
                case Moved():
                    items.move(connection, intent, now)
                case Unread():
                    items.note_unread(connection, intent)
                case Alias():
                    items.add_spellings(connection, intent)
                case Touched():
                    items.note_modified(connection, intent)
        sources.save_state(connection, state)
        sources.save_run(connection, run)
        if closed:
            gaps.close(connection, run.source, now, gaps.LISTING)
        gaps.save(connection, opened)


def save_quiet(engine: Engine, ended: Sequence[tuple[SourceState, SourceRun]]) -> None:
    """Store the states and runs of sources that brought nothing, together."""
    if ended:
        with engine.begin() as connection:
            sources.save_state(connection, *(state for state, _ in ended))
            sources.save_run(connection, *(run for _, run in ended))


def changes(decided: Iterable[Intent]) -> int:
    """Count the items with other content than before; a first reading is no change."""
    return sum(isinstance(intent, Changed) and not intent.first_reading for intent in decided)
