"""Items, their versions and spellings, and what the judge said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from monitor.item import Arrival, Item, title_key
from monitor.judgement import Judgement
from monitor.recognise import Alias, Changed, Moved, New, Touched, Unread, story_day
from monitor.store import record, tellings
from monitor.store.rows import add_numbered, add_rows
from monitor.tables import item, item_alias, item_listing, item_version, judgement, verdict

CONTENT = ("title", "intro", "text", "label", "authors", "documents", "modified", "fingerprint")
PUBLISHED = ("published", "published_precision", "published_origin")


def waiting(engine: Engine) -> dict[str, int]:
    """By source, how many news items still have to be read."""
    rows = (
        select(item.c.source, func.count().label("items"))
        .where(item.c.read_at.is_(None), item.c.arrival == "news")
        .group_by(item.c.source)
    )
    with engine.connect() as connection:
        return {row.source: row.items for row in connection.execute(rows)}


def unread(engine: Engine, source: str, most_attempts: int) -> list[str]:
    """Addresses of news whose page still has to be read, the longest waiting first."""
    rows = (
        select(item.c.address)
        .where(item.c.source == source, item.c.read_at.is_(None), item.c.arrival == "news")
        .where(item.c.attempts < most_attempts)
        .order_by(item.c.attempts, item.c.id)
    )
    with engine.connect() as connection:
        return list(connection.scalars(rows))


def add(connection: Connection, new: New, now: datetime) -> int:
    """Store an item that was not known, and put it in its story; returns its id."""
    (item_id,) = add_all(connection, [new], now)
    join(connection, item_id, new)
    return item_id


def add_all(connection: Connection, news: Sequence[New], now: datetime) -> list[int]:
    """Store items that were not known, all at once and in no story yet; returns their ids in the same order."""
    if not news:
        return []
    ids = add_numbered(connection, item, [_first_row(new, now) for new in news])
    stored = list(zip(ids, news, strict=True))
    add_rows(connection, item_alias, [{"key": key, "item_id": to} for to, new in stored for key in new.item.keys])
    add_rows(connection, item_listing, [{"source": new.item.source, "item_id": to} for to, new in stored])
    add_rows(connection, item_version, [_version_row(to, 1, new.item, now) for to, new in stored])
    tellings.add(
        connection, [(to, new.footprint, story_day(new.item, now.date())) for to, new in stored if new.footprint]
    )
    return ids


def add_asked_for(engine: Engine, new: New, judged: Judgement, reviewer_id: int, now: datetime) -> int | None:
    """Store an item that somebody asked for, with its line in the record; returns its id.

    None when another process stored it meanwhile; nothing is stored then.
    """
    try:
        with engine.begin() as connection:
            item_id = add(connection, new, now)
            save_judgement(connection, item_id, judged, now)
            after = {"address": new.item.address}
            record.note(connection, reviewer_id, "tip taken up", f"item/{item_id}", now, after=after)
            return item_id
    except IntegrityError:
        return None


def _first_row(new: New, now: datetime) -> dict[str, Any]:
    one = new.item
    values = {name: getattr(one, name) for name in (*CONTENT, *PUBLISHED)}
    return values | {
        "source": one.source,
        "address": one.address,
        "version": 1,
        "title_key": title_key(one.title) or ("" if one.title else next(iter(one.title_keys), "")),
        "arrival": new.arrival.value,
        "first_seen_at": now,
        "read_at": now if one.read else None,
        "attempts": 1 if one.failure else 0,
        "failure": one.failure,
    }


def change(connection: Connection, changed: Changed, now: datetime) -> int:
    """Store other content of a known item as its next version; a first reading is still its first version.

    What a first reading shows to be old is no news any more, unless somebody decided on it meanwhile.

    What the listing told before (such as the intro) stays when nothing else took its place.
    """
    one, before = changed.item, changed.known
    values: dict[str, Any] = {name: value for name in CONTENT if (value := getattr(one, name))}
    values |= {"title_key": title_key(one.title)} if one.title else {}
    values |= {"authors": list(one.authors), "documents": list(one.documents)}
    if one.published:
        values |= {name: getattr(one, name) for name in PUBLISHED}
    version = before.version if changed.first_reading else before.version + 1
    connection.execute(
        update(item).where(item.c.id == before.item_id).values(**values, version=version, read_at=now, failure="")
    )
    _keep_version(connection, before.item_id, version, one, now)
    add_spellings(connection, Alias(one, before))
    if changed.is_old:
        decided = exists().where(verdict.c.item_id == before.item_id)
        old = update(item).where(item.c.id == before.item_id, ~decided)
        connection.execute(old.values(arrival=Arrival.ARCHIVE.value))
    if changed.footprint:
        tellings.keep(connection, before.item_id, changed.footprint, story_day(one, now.date()))
    join(connection, before.item_id, changed)
    return before.item_id


def join(connection: Connection, item_id: int, intent: New | Changed) -> None:
    """Put an item in the story that it was recognised to tell."""
    if intent.told_as or intent.takes_over:
        tellings.join(connection, item_id, intent.told_as, intent.takes_over)


def move(connection: Connection, moved: Moved, now: datetime) -> None:
    """Give a known item its new address; what could not be read at the old one is read now."""
    one, before = moved.item, moved.known
    dated = {name: getattr(one, name) for name in PUBLISHED} if one.published and not before.read else {}
    connection.execute(update(item).where(item.c.id == before.item_id).values(address=one.address, **dated))
    add_spellings(connection, Alias(one, before))
    if one.read and not before.read:
        change(connection, Changed(one, before, first_reading=True), now)


def note_modified(connection: Connection, touched: Touched) -> None:
    """Remember the time of change that the source gave, so that the same page is not asked again for it."""
    changed = update(item).where(item.c.id == touched.known.item_id)
    connection.execute(changed.values(modified=touched.item.modified))
    add_spellings(connection, Alias(touched.item, touched.known))


def note_unread(connection: Connection, tried: Unread) -> None:
    """Count a try to read a page that failed again."""
    _list(connection, tried.item.source, tried.known.item_id)
    connection.execute(
        update(item)
        .where(item.c.id == tried.known.item_id)
        .values(attempts=item.c.attempts + 1, failure=tried.item.failure)
    )


def add_spellings(connection: Connection, alias: Alias) -> None:
    """Remember further spellings of a known item's address, and the source that listed it."""
    _list(connection, alias.item.source, alias.known.item_id)
    held = set(connection.scalars(select(item_alias.c.key).where(item_alias.c.key.in_(alias.item.keys))))
    fresh = [{"key": key, "item_id": alias.known.item_id} for key in alias.item.keys if key not in held]
    if fresh:
        connection.execute(insert(item_alias), fresh)


def save_judgement(connection: Connection, item_id: int, judged: Judgement, now: datetime) -> None:
    """Keep what the judge said of an item, in place of what it said before."""
    connection.execute(delete(judgement).where(judgement.c.item_id == item_id))
    add_judgements(connection, [(item_id, judged)], now)


def add_judgements(connection: Connection, judged: Sequence[tuple[int, Judgement]], now: datetime) -> None:
    """Keep what the judge said of items that it said nothing of before, all at once."""
    contents = {id(one): one.model_dump(mode="json") for one in {id(one): one for _, one in judged}.values()}
    told = [
        {
            "item_id": item_id,
            "relevant": one.relevant,
            "score": one.score,
            "flagged": one.flagged,
            "kind": one.kind,
            "content": contents[id(one)],
            "words_version": one.words_version,
            "model_version": one.model_version,
            "judged_at": now,
        }
        for item_id, one in judged
    ]
    add_rows(connection, judgement, told)


def save_judgements(engine: Engine, judged: Sequence[tuple[int, Judgement]], now: datetime) -> None:
    """Keep judgements made anew, of items on which nobody decided in the meantime."""
    with engine.begin() as connection:
        ids = [item_id for item_id, _ in judged]
        decided = set(connection.scalars(select(verdict.c.item_id).where(verdict.c.item_id.in_(ids))))
        for item_id, new in judged:
            if item_id not in decided:
                save_judgement(connection, item_id, new, now)


def _list(connection: Connection, source: str, item_id: int) -> None:
    where = (item_listing.c.source == source, item_listing.c.item_id == item_id)
    if connection.execute(select(item_listing).where(*where)).first() is None:
        connection.execute(insert(item_listing).values(source=source, item_id=item_id))


def counts(engine: Engine) -> dict[str, int]:
    """How many items there are, by arrival."""
    rows = select(item.c.arrival, func.count().label("items")).group_by(item.c.arrival)
    with engine.connect() as connection:
        return {row.arrival: row.items for row in connection.execute(rows)}


def _keep_version(connection: Connection, item_id: int, version: int, one: Item, now: datetime) -> None:
    where = (item_version.c.item_id == item_id, item_version.c.version == version)
    connection.execute(delete(item_version).where(*where))
    connection.execute(insert(item_version), _version_row(item_id, version, one, now))


def _version_row(item_id: int, version: int, one: Item, now: datetime) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in ("title", "intro", "text", "fingerprint")}
    return values | {"item_id": item_id, "version": version, "seen_at": now}


def versions(engine: Engine, item_id: int) -> Sequence[Any]:
    """Every version of an item, the oldest first."""
    rows = select(item_version).where(item_version.c.item_id == item_id).order_by(item_version.c.version)
    with engine.connect() as connection:
        return connection.execute(rows).all()
