"""A statement made ready once for the database at hand, for the few that run for every letter.

SQLAlchemy looks a statement over each time it is executed, which takes several times as long as SQLite needs for the
statement itself. Here it is compiled once, and its values are turned by the same types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.dml import ReturningUpdate, Update


class Prepared:
    """An UPDATE, compiled for one kind of database; its columns without a value of their own are asked for by name."""

    def __init__(self, statement: Update | ReturningUpdate[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.words = str(compiled)
        self.order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self.turn_in = {
            name: turn
            for name, bind in compiled.binds.items()
            if (turn := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        self.own = self._turned({name: value for name, value in compiled.params.items() if value is not None})
        self.columns = [
            (column.name, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for column in statement.exported_columns
        ]

    def run(self, connection: Connection, *values: Mapping[str, object]) -> int:
        """Execute it once per mapping of values; gives the number of rows that it changed."""
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.words, [self._filled(one) for one in values])
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def fetch(self, connection: Connection, values: Mapping[str, object]) -> list[dict[str, Any]]:
        """Execute it once; gives what it returns, by name."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.words, self._filled(values))
            return [
                {name: turn(value) if turn else value for (name, turn), value in zip(self.columns, row, strict=True)}
                for row in cursor.fetchall()
            ]
        finally:
            cursor.close()

    def _turned(self, values: Mapping[str, object]) -> dict[str, Any]:
        turned = dict(values)
        for name, turn in self.turn_in.items():
            if name in turned:
                turned[name] = turn(turned[name])
        return turned

    def _filled(self, values: Mapping[str, object]) -> Any:
        filled = self.own | self._turned(values)
        return filled if self.order is None else [filled[name] for name in self.order]
