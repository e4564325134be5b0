"""Rows that go in by statements made ready once: they hold what SQLAlchemy's own statements would put there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Integer, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from digest.tables import metadata
from monitor.crawl_tables import source_state
from monitor.store.rows import add_numbered, add_rows, drop_rows

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
STATE = {"source": "bond", "due_at": NOW, "since": None, "endpoints": {"https://bond.example/é": {"yielded": True}}}


def test_values_are_turned_as_sqlalchemy_turns_them(engine):
    """Moments, JSON and nothing at all arrive the same, and what is not named takes its default."""
    with engine.begin() as connection:
        add_rows(connection, source_state, [STATE | {"source": "een"}, STATE | {"source": "twee"}])
        connection.execute(insert(source_state), [STATE | {"source": "drie"}])
        add_rows(connection, source_state, [])
        rows = {row.source: row for row in connection.execute(select(source_state))}
    assert rows["een"][1:] == rows["twee"][1:] == rows["drie"][1:]
    assert (rows["een"].due_at, rows["een"].endpoints, rows["een"].failures) == (NOW, STATE["endpoints"], 0)


def test_what_the_database_refuses_is_told_as_by_sqlalchemy(engine):
    """A row that is there already is an IntegrityError, without its values, whichever the database."""
    with engine.begin() as connection:
        add_rows(connection, source_state, [STATE])
    with pytest.raises(IntegrityError) as refused, engine.begin() as connection:
        add_rows(connection, source_state, [STATE])
    assert "parameters hidden" in str(refused.value)
    with pytest.raises(ValueError, match="needs a time zone"), engine.begin() as connection:
        add_rows(connection, source_state, [STATE | {"source": "twee", "due_at": datetime(2026, 11, 26)}])  # noqa: DTZ001


def test_a_value_in_many_rows_is_turned_once_and_put_in_each(engine):
    """Rows that share a value and rows with a value of their own each hold what they were given."""
    shared, own = [["a"]], [["b"]]
    states = {"een": shared, "twee": own, "drie": shared, "vier": []}
    with engine.begin() as connection:
        add_rows(connection, source_state, [STATE | {"source": name, "endpoints": one} for name, one in states.items()])
        told = connection.execute(select(source_state.c.source, source_state.c.endpoints))
        assert {row.source: row.endpoints for row in told} == states


def test_rows_get_their_numbers_in_the_order_in_which_they_were_given(engine):
    """The numbers that are told are those under which the rows stand, also behind rows that were taken out."""
    counted = Table("counted", metadata, Column("id", Integer, primary_key=True), Column("word", String(10)))
    try:
        with engine.begin() as connection:
            counted.create(connection)
            add_rows(connection, counted, [{"id": 7, "word": "zeven"}])
            words = ["een", "twee", "drie"]
            numbers = add_numbered(connection, counted, [{"word": word} for word in words])
            held = {row.id: row.word for row in connection.execute(select(counted))}
            assert [held[number] for number in numbers] == words
            assert add_numbered(connection, counted, []) == []
            counted.drop(connection)
    finally:
        metadata.remove(counted)


def test_only_rows_with_one_of_the_values_are_taken_out(engine):
    """What is named goes, what is not named stays."""
    with engine.begin() as connection:
        add_rows(connection, source_state, [STATE | {"source": name} for name in ("een", "twee", "drie")])
        drop_rows(connection, source_state.c.source, ["een", "drie", "vier"])
        drop_rows(connection, source_state.c.source, [])
        assert connection.scalars(select(source_state.c.source)).all() == ["twee"]
