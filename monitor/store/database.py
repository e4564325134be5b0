"""Opens the database and brings its tables up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, create_engine, event, inspect, make_url, text
from sqlalchemy import Engine as Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

import monitor
from digest.tables import metadata as metadata

if TYPE_CHECKING:
    from alembic.config import Config

Database = Engine | Connection  # what is read with
BUSY_MILLISECONDS = 30_000
RESTED_SECONDS = 1.0


class Snapshot(FunctionElement[str]):
    """What a statement sees, as text: two statements in which it is equal see the same rows.

    "" on SQLite, which does not tell. Between statements it changes with each transaction that begins or ends to write.
    """

    type = String()
    inherit_cache = True


@compiles(Snapshot)
def _unknown(_element, _compiler, **_options) -> str:  # type: ignore[no-untyped-def]
    return "''"


@compiles(Snapshot, "postgresql")
def _current(_element, _compiler, **_options) -> str:  # type: ignore[no-untyped-def]
    return "CAST(pg_current_snapshot() AS TEXT)"


def open_engine(address: str, rested_seconds: float = RESTED_SECONDS) -> Engine:
    """Open a database by its SQLAlchemy address; SQLite gets WAL, foreign keys and a wait for the other writer.

    A connection to PostgreSQL that was not used for `rested_seconds` is asked first whether it is still there.

    A fault, and so the log, holds no value of a statement, for that may be a reader's address; what PostgreSQL itself
    says of a row that it refuses is not changed.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_use_lifo=True, skip_autocommit_rollback=True, hide_parameters=True)
        event.listen(engine, "connect", _without_compiling)
        _ask_after_rest(engine, rested_seconds)
        return engine
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MILLISECONDS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _without_compiling(connection, _record) -> None:  # type: ignore[no-untyped-def]
    """Compiling a statement (JIT) takes PostgreSQL 70 ms, also where it only thinks that there will be many rows."""
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.autocommit = False


def _ask_after_rest(engine: Engine, seconds: float) -> None:
    """Replace a connection that is gone, as after a restart of PostgreSQL, before it is used.

    Asking each time, as `pool_pre_ping` does, would be a round trip in each page of a busy desk.
    """
    dialect, driver = engine.dialect, engine.dialect.dbapi
    assert driver

    @event.listens_for(engine, "checkin")
    def _note(_connection, record) -> None:  # type: ignore[no-untyped-def]
        record.info["used"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection, record, _proxy) -> None:  # type: ignore[no-untyped-def]
        if monotonic() - record.info.get("used", monotonic()) > seconds:
            try:
                dialect.do_ping(connection)
            except driver.Error as fault:
                raise DisconnectionError from fault


@contextmanager
def reading(database: Database) -> Iterator[Connection]:
    """A connection to read with: the one that is given, or one of its own as long as the block lasts.

    On PostgreSQL each statement then stands by itself, as it sees the database anyway, without the round trips that
    begin and end a transaction.
    """
    if isinstance(database, Connection):
        yield database
        return
    with database.connect() as connection:
        if database.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


def migration_config(engine: Engine) -> Config:
    """Describe the migrations to Alembic without a file."""
    from alembic.config import Config  # a command that opens no database need not wait for it

    config = Config()
    config.set_main_option("script_location", str(Path(monitor.__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    return config


def is_newest(engine: Engine) -> bool:
    """Whether the tables are at the newest revision already; each file of the migrations begins with its revision."""
    files = (Path(monitor.__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    newest = max(file.name.partition("_")[0] for file in files)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest]


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, the newest unless told otherwise."""
    if revision == "head" and is_newest(engine):
        return
    from alembic import command  # takes longer to import than the desk to open

    command.upgrade(migration_config(engine), revision)
