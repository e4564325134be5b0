"""Puts rows into tables with statements that were made ready once.

SQLAlchemy looks over each value of each row, every time anew, which takes ten times as long as SQLite needs to store
it. Here a statement is compiled once for the kind of database at hand and handed to the driver; only values that need
it are turned, by the same types, and one that stands in many rows, as the moment at hand does, is turned once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Delete, Dialect, Insert, Table, bindparam, delete, insert, text
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]
Turn = Callable[[Any], Any]
NUMBERS = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :many)")


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in words, the values it takes with how they are turned on their way in, and whether it names them."""

    words: str
    values: Sequence[tuple[str, Turn | None]]
    by_name: bool

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run it once for each row; what the database refuses is told as SQLAlchemy tells it."""
        columns = [_turned([row[name] for row in rows], turn) for name, turn in self.values]
        filled: Iterable[Any] = zip(*columns, strict=True)
        if self.by_name:
            names = [name for name, _ in self.values]
            filled = (dict(zip(names, values, strict=True)) for values in filled)
        given = list(filled)
        driver = connection.dialect.loaded_dbapi
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.words, given)
        except driver.Error as fault:
            raise DBAPIError.instance(self.words, given, fault, driver.Error, hide_parameters=True) from fault
        finally:
            cursor.close()


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Put rows into a table; all name the same columns, and a column that none names takes its default."""
    if rows:
        _adding(table, tuple(rows[0]), connection.dialect).run(connection, rows)


def add_numbered(connection: Connection, table: Table, rows: Sequence[Row]) -> list[int]:
    """Put rows into a table that numbers them itself (`id`); returns their numbers in the same order."""
    if not rows:
        return []
    if connection.dialect.name == "sqlite":
        # Nobody else writes meanwhile, and each row gets the number after the highest (sqlite.org/autoinc.html).
        add_rows(connection, table, rows)
        last: int = connection.exec_driver_sql("SELECT last_insert_rowid()").scalar_one()
        return list(range(last - len(rows) + 1, last + 1))
    # One statement for all rows, as SQLAlchemy makes to get their numbers back, is read anew each time by the driver.
    numbers = list(connection.scalars(NUMBERS, {"name": table.name, "many": len(rows)}))
    add_rows(connection, table, [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)])
    return numbers


def drop_rows(connection: Connection, column: Column[Any], values: Iterable[Any]) -> None:
    """Take out the rows that hold one of these values in a column."""
    rows = [{column.name: value} for value in values]
    if rows:
        _dropping(column, connection.dialect).run(connection, rows)


def _turned(values: list[Any], turn: Turn | None) -> list[Any]:
    if turn is None:
        return values
    once = {id(value): value for value in values}
    turned = {mark: turn(value) for mark, value in once.items()}
    return [turned[id(value)] for value in values]


@lru_cache(maxsize=100)
def _adding(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Ready:
    return _ready(insert(table).values({name: bindparam(name) for name in names}), dialect)


@lru_cache(maxsize=100)
def _dropping(column: Column[Any], dialect: Dialect) -> _Ready:
    return _ready(delete(column.table).where(column == bindparam(column.name, type_=column.type)), dialect)


def _ready(statement: Insert | Delete, dialect: Dialect) -> _Ready:
    compiled = statement.compile(dialect=dialect)
    turns = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    order: Sequence[str] | None = getattr(compiled, "positiontup", None)
    return _Ready(str(compiled), [(name, turns[name]) for name in order or turns], order is None)
