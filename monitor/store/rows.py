"""Puts rows into tables with statements that were made ready once.

SQLAlchemy looks over each value of each row, every time anew, which takes ten times as long as SQLite needs to store
it. Here a statement is compiled once for the kind of database at hand, and only values that need it are turned, by the
same types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, insert

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """An INSERT in words, how its values are ordered (None: by name), and which of them are turned on their way in."""

    words: str
    order: Sequence[str] | None
    turn_in: Sequence[tuple[str, Callable[[Any], Any]]]

    def filled(self, row: Row) -> Any:
        """The values of a row as the database takes them."""
        turned = {**row, **{name: turn(row[name]) for name, turn in self.turn_in}}
        return turned if self.order is None else tuple([turned[name] for name in self.order])


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Put rows into a table; all name the same columns, and a column that none names takes its default."""
    if rows:
        ready = _ready(table, tuple(rows[0]), connection.dialect)
        connection.exec_driver_sql(ready.words, [ready.filled(row) for row in rows])


@lru_cache(maxsize=100)
def _ready(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Ready:
    compiled = insert(table).values({name: bindparam(name) for name in names}).compile(dialect=dialect)
    turns = ((name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in compiled.binds.items())
    order = getattr(compiled, "positiontup", None)
    return _Ready(str(compiled), order, tuple((name, turn) for name, turn in turns if turn))
