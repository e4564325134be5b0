"""Items that stood in a letter, one by one: what the public pages show and search.

An item is published when an edition with it is frozen, and seen as soon as that edition goes out; an edition that is
held back takes its items off the pages again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, insert, select, update

from digest.edition import Entry
from digest.public_tables import published_item, published_tag
from digest.records import EditionState, Published, StoredEdition
from digest.tables import edition, edition_entry

SEEN = (EditionState.SENDING, EditionState.SENT)
THEME = "thema"
GOAL = "doel"


@dataclass(frozen=True)
class Search:
    """What somebody looks for; "" and None leave a field open. `before` is the id where the page before this ended."""

    kind: str = ""
    theme: str = ""
    goal: str = ""
    rung: str = ""
    region: bool | None = None
    words: str = ""
    before: int | None = None


def publish(connection: Connection, stored: StoredEdition, now: datetime) -> None:
    """Put the entries of an edition that is being frozen on the public pages; a later telling replaces an earlier."""
    for entry in stored.content.entries:
        values = _columns(entry)
        known = connection.execute(
            update(published_item)
            .where(published_item.c.reference == entry.reference)
            .values(values)
            .returning(published_item.c.id)
        ).scalar()
        if known is None:
            values |= {"reference": entry.reference, "published_at": now}
            known = connection.execute(insert(published_item).values(values).returning(published_item.c.id)).scalar()
        else:
            connection.execute(delete(published_tag).where(published_tag.c.item_id == known))
        tags = [{"item_id": known, "sort": sort, "name": name} for sort, name in _tags(entry)]
        if tags:
            connection.execute(insert(published_tag), tags)


def find(engine: Engine, reference: str) -> Published | None:
    """One item that was in a letter; None when there is none."""
    with engine.connect() as connection:
        row = connection.execute(_seen().where(published_item.c.reference == reference)).mappings().first()
    return _as_published(row) if row else None


def references(engine: Engine, limit: int) -> Iterator[tuple[str, datetime]]:
    """The references of the items that were in a letter with the moment they came out, the newest first."""
    columns = (published_item.c.reference, published_item.c.published_at)
    newest = _seen().with_only_columns(*columns).order_by(published_item.c.id.desc()).limit(limit)
    with engine.connect() as connection:
        yield from ((row.reference, row.published_at) for row in connection.execute(newest))


def search(engine: Engine, wanted: Search, limit: int) -> tuple[Published, ...]:
    """The items that fit, the newest first; one page, by keyset."""
    query = _seen()
    for column in ("kind", "rung"):
        if getattr(wanted, column):
            query = query.where(published_item.c[column] == getattr(wanted, column))
    for sort, name in ((THEME, wanted.theme), (GOAL, wanted.goal)):
        if name:
            tagged = select(published_tag.c.item_id).where(published_tag.c.sort == sort, published_tag.c.name == name)
            query = query.where(published_item.c.id.in_(tagged))
    if wanted.region is not None:
        query = query.where(published_item.c.region.is_(wanted.region))
    for word in wanted.words.casefold().split():
        query = query.where(published_item.c.words.contains(word, autoescape=True))
    if wanted.before is not None:
        query = query.where(published_item.c.id < wanted.before)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(published_item.c.id.desc()).limit(limit)).mappings()
        return tuple(_as_published(row) for row in rows)


def agenda(engine: Engine, today: date, limit: int) -> tuple[Published, ...]:
    """The meetings that are still to come, the first first."""
    query = _seen().where(published_item.c.event_day >= today)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(published_item.c.event_day, published_item.c.id).limit(limit))
        return tuple(_as_published(row) for row in rows.mappings())


def thank(engine: Engine, reference: str) -> bool:
    """Count one reader to whom an item was useful; nothing is kept of who it was. False when there is no such item."""
    with engine.begin() as connection:
        counted = connection.execute(
            update(published_item)
            .where(published_item.c.id.in_(_seen().with_only_columns(published_item.c.id)))
            .where(published_item.c.reference == reference)
            .values(useful=published_item.c.useful + 1)
        )
    return counted.rowcount == 1


def _seen() -> Select[Any]:
    in_letter = (
        select(edition_entry.c.edition_id)
        .join(edition)
        .where(edition_entry.c.reference == published_item.c.reference, edition.c.state.in_(SEEN))
    )
    return select(published_item).where(in_letter.exists())


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        "content": entry.model_dump(mode="json"),
        "words": f"{entry.title}\n{entry.summary}\n{entry.source}".casefold(),
        "kind": entry.kind,
        "rung": entry.rung,
        "region": entry.region,
        "event_day": entry.event.day if entry.event else None,
    }


def _tags(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from ((THEME, name) for name in dict.fromkeys(entry.themes))
    yield from ((GOAL, name) for name in dict.fromkeys(entry.goals))


def _as_published(row: Any) -> Published:
    return Published(row["id"], Entry.model_validate(row["content"]), row["published_at"], row["useful"])
