"""Rows that go in by statements made ready once: they hold what SQLAlchemy's own statements would put there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from monitor.crawl_tables import source_state
from monitor.store.rows import add_rows

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
STATE = {"source": "bond", "due_at": NOW, "since": None, "endpoints": {"https://bond.example/é": {"yielded": True}}}


def test_values_are_turned_as_sqlalchemy_turns_them(engine):
    """Moments, JSON and nothing at all arrive the same, and what is not named takes its default."""
    with engine.begin() as connection:
        add_rows(connection, source_state, [STATE | {"source": "een"}, STATE | {"source": "twee"}])
        connection.execute(insert(source_state), [STATE | {"source": "drie"}])
        add_rows(connection, source_state, [])
        rows = {row.source: tuple(row)[1:] for row in connection.execute(select(source_state))}
    assert rows["een"] == rows["twee"] == rows["drie"]
    assert (rows["een"][0], rows["een"][-1], rows["een"][-2]) == (NOW, STATE["endpoints"], 0)


def test_what_the_database_refuses_is_told_as_by_sqlalchemy(engine):
    """A row that is there already is an IntegrityError, without its values, whichever the database."""
    with engine.begin() as connection:
        add_rows(connection, source_state, [STATE])
    with pytest.raises(IntegrityError) as refused, engine.begin() as connection:
        add_rows(connection, source_state, [STATE])
    assert "parameters hidden" in str(refused.value)
    with pytest.raises(ValueError, match="needs a time zone"), engine.begin() as connection:
        add_rows(connection, source_state, [STATE | {"source": "twee", "due_at": datetime(2026, 11, 26)}])  # noqa: DTZ001
