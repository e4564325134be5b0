"""Fixtures that every room's tests share: real databases, migrated as in production."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from monitor.store.database import migrate, open_engine

if TYPE_CHECKING:
    from playwright.sync_api import Browser

POSTGRESQL = "RADAR_TEST_POSTGRESQL"


@pytest.fixture
def now() -> datetime:
    """A fixed moment: a Tuesday morning in November."""
    return datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def new_postgresql() -> Callable[..., str]:
    """Make fresh PostgreSQL databases, each a copy of one with empty tables, or of another that nobody has open."""
    server = os.environ.get(POSTGRESQL)
    if not server:
        pytest.fail(f"{POSTGRESQL} is not set; run the tests with `make test`, which starts PostgreSQL")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    template_name = f"radar_template{worker}"
    names = (f"radar_test{worker}_{number}" for number in count())
    admin = create_engine(server, isolation_level="AUTOCOMMIT")

    def address(name: str) -> str:
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {template_name}"))
    template = open_engine(address(template_name))
    migrate(template)
    template.dispose()

    def new(like: str = "") -> str:
        name, model = next(names), make_url(like).database if like else template_name
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {model}"))
        return address(name)

    return new


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated SQLite database, to begin each test from."""
    path = tmp_path_factory.mktemp("template") / "radar.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path.read_bytes()


@pytest.fixture
def sqlite_address(tmp_path: Path, migrated_sqlite: bytes) -> str:
    """A fresh SQLite database with the tables in it."""
    path = tmp_path / "radar.db"
    path.write_bytes(migrated_sqlite)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one module: while it is open, no event loop can run beside it in this process."""
    from fakes_browser import opened  # half a second, which most tests need not wait for

    with opened() as browser:
        yield browser


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_address"))
    return str(request.getfixturevalue("new_postgresql")())


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An open engine on a fresh database, once on SQLite and once on PostgreSQL."""
    opened = open_engine(database)
    yield opened
    opened.dispose()
