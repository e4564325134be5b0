"""The editions that everybody may read: those that go out or went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from digest.collection import SEEN
from digest.edition import Audience, Edition, issue_in_words
from digest.tables import edition, edition_entry
from digest.wishes import Rhythm


@dataclass(frozen=True)
class Listed:
    """An edition in a list: enough to name it and to link to it."""

    id: int
    audience: Audience
    rhythm: Rhythm
    issue: str
    number: int
    subject: str
    frozen_at: datetime

    @property
    def week(self) -> str:
        """The issue in words: "week 48 van 2026", or "november 2026"."""
        return issue_in_words(self.issue)

    @property
    def contents(self) -> str:
        """What its subject says of what is in it: "Panel beslist mee en 4 andere berichten"; "" of an empty one."""
        return self.subject.partition(": ")[2]


def latest(
    engine: Engine, limit: int, *, audience: Audience | None = None, before: int | None = None
) -> tuple[Listed, ...]:
    """The newest editions, of all audiences or one; `before` is the id where the page before this one ended."""
    columns = [edition.c[name] for name in Listed.__dataclass_fields__]
    query = select(*columns).where(edition.c.state.in_(SEEN)).order_by(edition.c.id.desc()).limit(limit)
    if audience is not None:
        query = query.where(edition.c.audience == audience)
    if before is not None:
        query = query.where(edition.c.id < before)
    with engine.connect() as connection:
        return tuple(Listed(**row) for row in connection.execute(query).mappings())


def find(engine: Engine, audience: Audience, issue: str) -> Edition | None:
    """The edition of an audience and issue, when it is public."""
    query = select(edition.c.content).where(
        edition.c.audience == audience, edition.c.issue == issue, edition.c.state.in_(SEEN)
    )
    with engine.connect() as connection:
        content = connection.execute(query).scalar()
    return Edition.model_validate_json(content) if content else None


def entries_a_letter(engine: Engine, audience: Audience, letters: int = 8) -> float | None:
    """How many items the last weekly letters of an audience held on average; None when none went out yet."""
    newest = (
        select(edition.c.id)
        .where(edition.c.audience == audience, edition.c.rhythm == Rhythm.WEEK, edition.c.state.in_(SEEN))
        .order_by(edition.c.id.desc())
        .limit(letters)
    )
    with engine.connect() as connection:
        ids = connection.execute(newest).scalars().all()
        entries = connection.execute(
            select(func.count()).select_from(edition_entry).where(edition_entry.c.edition_id.in_(ids))
        ).scalar_one()
    return entries / len(ids) if ids else None
