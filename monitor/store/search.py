"""Searches everything stored: an index of stems, FTS5 on SQLite and a tsvector on PostgreSQL, with the same answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select, column, delete, func, select, table, text

from monitor.queue_tables import search_due
from monitor.search_words import Part, stems
from monitor.store.queue import Wanted, of
from monitor.tables import item, judgement

PER_STEP = 200
FTS5 = table("item_search", column("rowid"), column("words"), column("item_search"))
TSVECTOR = table("item_search", column("item_id"), column("words"))
UPSERT = text(
    "INSERT INTO item_search (item_id, words) VALUES (:item_id, to_tsvector('simple', :words)) "
    "ON CONFLICT (item_id) DO UPDATE SET words = excluded.words"
)


def found(
    engine: Engine, asked: Sequence[Part], wanted: Wanted, *, before_id: int | None = None, limit: int = 20
) -> list[int]:
    """The ids of the items that hold all that is asked, the latest found first; `before_id` ends the page before."""
    if not asked:
        return []
    if engine.dialect.name == "sqlite":
        ids = FTS5.c.rowid
        rows = select(ids).where(FTS5.c.item_search.op("MATCH")(" AND ".join(_fts5(part) for part in asked)))
    else:
        ids = TSVECTOR.c.item_id
        query = func.to_tsquery("simple", " & ".join(_tsquery(part) for part in asked))
        rows = select(ids).where(TSVECTOR.c.words.op("@@")(query))
    rows = _filtered(rows.join(item, item.c.id == ids), wanted)
    if before_id is not None:
        rows = rows.where(ids < before_id)
    with engine.connect() as connection:
        return list(connection.scalars(rows.order_by(ids.desc()).limit(limit)))


def _filtered(rows: Select[Any], wanted: Wanted) -> Select[Any]:
    rows = rows.join(judgement, judgement.c.item_id == item.c.id)
    return rows.where(*of(wanted, item.c.source, judgement.c.kind, item.c.first_seen_at))


def _fts5(part: Part) -> str:
    words = " ".join(part.stems)
    return f'"{words}"' + (" *" if part.begins else "")


def _tsquery(part: Part) -> str:
    ending = ":*" if part.begins else ""
    return "(" + " <-> ".join(f"'{stem}'{ending}" for stem in part.stems) + ")"


def behind(engine: Engine, most: int = 1000) -> int:
    """How many items cannot be found yet, or not by their newest text; counted up to `most`."""
    with engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(select(search_due).limit(most).subquery())) or 0)


def catch_up(engine: Engine, steps: int | None = None) -> int:
    """Make findable what is due, in transactions of 200 items; returns how many, after `steps` of them at most."""
    done = 0
    while steps is None or steps > 0:
        with engine.begin() as connection:
            ids = list(connection.scalars(select(search_due.c.item_id).limit(PER_STEP)))
            if not ids:
                break
            # What is written to these items from here on makes them due again.
            connection.execute(delete(search_due).where(search_due.c.item_id.in_(ids)))
            rows = connection.execute(
                select(item.c.id, item.c.title, item.c.intro, item.c.text).where(item.c.id.in_(ids))
            )
            words = [
                {"item_id": row.id, "words": " ".join(stems(f"{row.title}\n{row.intro}\n{row.text}"))} for row in rows
            ]
            _keep(connection, words)
        done += len(ids)
        steps = None if steps is None else steps - 1
    return done


def _keep(connection: Connection, words: list[dict[str, Any]]) -> None:
    if not words:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM item_search WHERE rowid = :item_id"), words)
        connection.execute(text("INSERT INTO item_search (rowid, words) VALUES (:item_id, :words)"), words)
    else:
        connection.execute(UPSERT, words)
