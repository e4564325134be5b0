"""One crawl at a time, on one machine or several; the lock goes when its holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

CRAWL_LOCK_NUMBER = 7_263_001


@contextmanager
def crawl_lock(engine: Engine) -> Iterator[bool]:
    """Hold the right to crawl; yields False when another process holds it."""
    if engine.dialect.name == "sqlite":
        with _file_lock(engine) as held:
            yield held
        return
    with engine.connect() as connection:
        held = bool(connection.scalar(text(f"SELECT pg_try_advisory_lock({CRAWL_LOCK_NUMBER})")))
        connection.commit()
        try:
            yield held
        finally:
            if held:
                connection.execute(text(f"SELECT pg_advisory_unlock({CRAWL_LOCK_NUMBER})"))
                connection.commit()


@contextmanager
def _file_lock(engine: Engine) -> Iterator[bool]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield True
        return
    with Path(f"{database}.crawl-lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
