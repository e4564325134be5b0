"""Every text that words.yaml had, so that each can come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, insert, select

from monitor.learning_tables import words_edition
from monitor.store import record
from monitor.tables import reviewer


@dataclass(frozen=True, slots=True)
class WordsEdition:
    """One text of words.yaml; `by` is who saved it, "" when that was done by hand in the file."""

    id: int
    version: str
    content: str
    note: str
    by: str
    saved_at: datetime


def keep(engine: Engine, content: str, version: str, note: str, reviewer_id: int | None, now: datetime) -> None:
    """Keep a text, unless it is the one that was kept last."""
    with engine.begin() as connection:
        latest = select(words_edition.c.content).order_by(words_edition.c.id.desc()).limit(1)
        if connection.scalar(latest) != content:
            values = {"content": content, "version": version, "note": note, "reviewer_id": reviewer_id}
            row = connection.execute(insert(words_edition).values(**values, saved_at=now))
            assert row.inserted_primary_key
            subject = f"words/{row.inserted_primary_key[0]}"
            record.note(connection, reviewer_id, "words", subject, now, after={"note": note})


def editions(engine: Engine, limit: int = 20) -> list[WordsEdition]:
    """The latest texts, the newest first."""
    with engine.connect() as connection:
        rows = connection.execute(_all().order_by(words_edition.c.id.desc()).limit(limit))
        return [_edition(row) for row in rows]


def edition(engine: Engine, number: int) -> WordsEdition | None:
    """The text of that number, or None."""
    with engine.connect() as connection:
        row = connection.execute(_all().where(words_edition.c.id == number)).one_or_none()
        return _edition(row) if row else None


def _all() -> Select[Any]:
    return select(words_edition, reviewer.c.name.label("by")).outerjoin(reviewer)


def _edition(row: Row[Any]) -> WordsEdition:
    return WordsEdition(row.id, row.version, row.content, row.note, row.by or "", row.saved_at)
