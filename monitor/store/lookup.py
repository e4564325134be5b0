"""What the store holds that bears on what a source brings: looked up by addresses, titles and numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, String, bindparam, case, exists, select

from monitor.item import Arrival, Known
from monitor.store.database import Database, reading
from monitor.story_tables import telling
from monitor.tables import item, item_alias, item_listing

KEYS_PER_QUERY = 500
MOST_TITLED = 2000


def _known_rows() -> Select[Any]:
    names = ("source", "fingerprint", "read_at", "version", "title", "modified", "arrival", "told_as")
    return (
        select(item_alias, *(item.c[name] for name in names), telling.c.apart)
        .add_columns(item.c.published, item.c.first_seen_at)
        .join(item, item.c.id == item_alias.c.item_id)
        .outerjoin(telling, telling.c.item_id == item.c.id)
    )


# Built once: putting a statement together takes longer than a database needs to answer it.
SOURCE, KEYS = bindparam("source", type_=String), bindparam("keys", expanding=True, type_=String)
KNOWN = _known_rows().where(item_alias.c.key.in_(KEYS))
TITLED = (
    _known_rows()
    .add_columns(item.c.title_key, item.c.text)
    .where(item.c.source == SOURCE, item.c.title_key.in_(KEYS))
    .order_by(item.c.id.desc())
    .limit(MOST_TITLED)
)
# Not pairs of source and key: SQLite walks through the whole index for those.
HELD_TITLES = (
    select(item.c.source)
    .distinct()
    .where(item.c.source.in_(bindparam("sources", expanding=True, type_=String)), item.c.title_key.in_(KEYS))
)
BY_ID = (
    _known_rows().add_columns(item.c.text).where(item.c.id.in_(bindparam("ids", expanding=True, type_=item.c.id.type)))
)
# Whether the source listed it is asked of each item found: with a join SQLite walks through all that the source listed.
LISTED_BEFORE = (
    select(item_alias.c.key, case((item.c.source == SOURCE, item.c.modified), else_="").label("modified"))
    .join(item, item.c.id == item_alias.c.item_id)
    .where(item_alias.c.key.in_(KEYS))
    .where(exists().where(item_listing.c.item_id == item.c.id, item_listing.c.source == SOURCE))
)
FIRST_SEEN = (
    select(item_alias.c.key, item.c.first_seen_at)
    .join(item, item.c.id == item_alias.c.item_id)
    .where(item_alias.c.key.in_(KEYS))
)


def known(database: Database, keys: Iterable[str]) -> dict[str, Known]:
    """What the store holds under these address keys."""
    with reading(database) as connection:
        return {row.key: _known(row) for row in _in_parts(connection, KNOWN, keys)}


def with_texts(database: Database, known: dict[str, Known], keys: Iterable[str]) -> dict[str, Known]:
    """What is known, with the texts of the items under these keys: those of pages that keep changing."""
    ids = {known[key].item_id for key in keys if key in known}
    if not ids:
        return known
    with reading(database) as connection:
        texts = {
            row.id: row.text for row in connection.execute(select(item.c.id, item.c.text).where(item.c.id.in_(ids)))
        }
    return {key: replace(one, text=texts.get(one.item_id, "")) for key, one in known.items()}


def titled(database: Database, wanted: Mapping[str, Collection[str]]) -> dict[str, dict[str, list[Known]]]:
    """The items of each source with these keys of their titles, with their texts; the newest first.

    Most titles are nobody's; one look-up for all sources tells of which there is any.
    """
    found: dict[str, dict[str, list[Known]]] = {}
    keys = list({key for of_source in wanted.values() for key in of_source})
    with reading(database) as connection:
        held: set[str] = set()
        for start in range(0, len(keys), KEYS_PER_QUERY):
            asked = {"sources": list(wanted), "keys": keys[start : start + KEYS_PER_QUERY]}
            held.update(connection.scalars(HELD_TITLES, asked))
        for source in held:
            for row in _in_parts(connection, TITLED, wanted[source], source):
                found.setdefault(source, {}).setdefault(row.title_key, []).append(replace(_known(row), text=row.text))
    return found


def with_ids(database: Database, ids: Collection[int]) -> list[Known]:
    """These items with their texts, once for each spelling of their address."""
    if not ids:
        return []
    with reading(database) as connection:
        return [replace(_known(row), text=row.text) for row in connection.execute(BY_ID, {"ids": list(ids)})]


def _in_parts(connection: Connection, statement: Select[Any], keys: Iterable[str], source: str = "") -> Iterator[Any]:
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        yield from connection.execute(statement, {"source": source, "keys": wanted[start : start + KEYS_PER_QUERY]})


def past(engine: Engine, source: str, limit: int = 500) -> dict[str, str]:
    """The titles of the items that a source listed last, by the keys of their addresses."""
    latest = select(item.c.id).where(item.c.source == source).order_by(item.c.id.desc()).limit(limit)
    rows = select(item_alias.c.key, item.c.title).join(item).where(item.c.id.in_(latest))
    with engine.connect() as connection:
        return {row.key: row.title for row in connection.execute(rows)}


def _known(row: Row[Any]) -> Known:
    return Known(
        item_id=row.item_id,
        source=row.source,
        key=row.key,
        fingerprint=row.fingerprint,
        read=row.read_at is not None,
        version=row.version,
        title=row.title,
        modified=row.modified,
        arrival=Arrival(row.arrival),
        told_as=row.told_as,
        apart=bool(row.apart),
        published=row.published,
        first_seen_at=row.first_seen_at,
    )


def listed_before(database: Database, source: str, keys: Sequence[str]) -> dict[str, str]:
    """Which of these address keys a source has listed before, with the time of change that it gave then, or ""."""
    with reading(database) as connection:
        return dict(_in_parts(connection, LISTED_BEFORE, keys, source))


def first_seen(database: Database, keys: Iterable[str]) -> dict[str, datetime]:
    """When the items under these address keys were first seen."""
    with reading(database) as connection:
        return dict(_in_parts(connection, FIRST_SEEN, keys))
