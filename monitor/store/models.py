"""What was learned, by version, and which of it is in use; when nothing is, that is the seed that is shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from monitor.learning_tables import model, model_use
from monitor.store import record

SEED = "meegeleverd"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One time that was learned: from how many decisions, up to when, and how it did on decisions of later."""

    id: int
    version: str
    trained_at: datetime
    newest_decision_at: datetime
    examples: int
    figures: Mapping[str, Any]


FIELDS = ("id", "version", "trained_at", "newest_decision_at", "examples", "figures")


def add(
    engine: Engine,
    version: str,
    content: bytes,
    *,
    examples: int,
    newest: datetime,
    figures: Mapping[str, Any],
    now: datetime,
) -> Lesson:
    """Keep what was learned; it is not in use yet."""
    with engine.begin() as connection:
        row = connection.execute(
            insert(model).values(
                version=version,
                trained_at=now,
                newest_decision_at=newest,
                examples=examples,
                figures=dict(figures),
                content=content,
            )
        )
        assert row.inserted_primary_key
        return Lesson(int(row.inserted_primary_key[0]), version, now, newest, examples, dict(figures))


def use(engine: Engine, lesson_id: int | None, reviewer_id: int | None, now: datetime) -> None:
    """Judge with this lesson from now on, or with the seed (None)."""
    with engine.begin() as connection:
        connection.execute(insert(model_use).values(model_id=lesson_id, reviewer_id=reviewer_id, since=now))
        record.note(connection, reviewer_id, "model", f"model/{lesson_id or SEED}", now)


def in_use(engine: Engine) -> Lesson | None:
    """The lesson in use; None for the seed."""
    latest = select(model_use.c.model_id).order_by(model_use.c.id.desc()).limit(1).scalar_subquery()
    with engine.connect() as connection:
        row = connection.execute(select(*(model.c[name] for name in FIELDS)).where(model.c.id == latest)).one_or_none()
    return Lesson(**row._mapping) if row else None


def content(engine: Engine, lesson_id: int) -> bytes:
    """The bytes of a lesson; raises `sqlalchemy.exc.NoResultFound` when there is none of that number."""
    with engine.connect() as connection:
        return bytes(connection.execute(select(model.c.content).where(model.c.id == lesson_id)).scalar_one())


def lessons(engine: Engine, limit: int = 12) -> list[Lesson]:
    """The latest lessons, the newest first."""
    wanted = select(*(model.c[name] for name in FIELDS)).order_by(model.c.id.desc()).limit(limit)
    with engine.connect() as connection:
        return [Lesson(**row) for row in connection.execute(wanted).mappings()]
