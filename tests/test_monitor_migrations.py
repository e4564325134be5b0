"""The tables in the database are the tables in the code, from empty and from the version before."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

import digest.bounce_tables
import digest.public_tables  # noqa: F401 - registers the tables of the public pages
import monitor.arrangement_tables
import monitor.colleague_tables
import monitor.learning_tables
import monitor.queue_tables
import monitor.story_tables
import monitor.tables  # noqa: F401 - registers monitor's tables
from digest.tables import metadata
from monitor.store.database import migrate, migration_config, open_engine


def test_the_newest_revision_is_what_the_code_expects(engine):
    """A migrated database differs in nothing from the tables in the code."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def ours(name, kind, _parents):
    """All but the index that is searched: it is of the database's own making, and differs from one to the other."""
    return not (kind == "table" and name.startswith("item_search"))


def test_the_queue_keeps_itself(engine):
    """The triggers that keep the queue and what is findable are there, whatever later steps did to the tables."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if engine.dialect.name == "postgresql":
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with engine.connect() as connection:
        assert set(connection.scalars(text(names))) >= {
            *("judged", "judged_again", "judged_no_more", "decided", "decided_no_more", "told_otherwise"),
            *("findable", "findable_again"),
        }


def test_every_step_can_be_taken_from_the_version_before(engine):
    """Stepping back to the version before and forward again keeps the tables and what stays known."""
    script = ScriptDirectory.from_config(migration_config(engine))
    head = script.get_current_head()
    assert head
    before = script.get_revision(head).down_revision or "base"
    command.downgrade(migration_config(engine), before)
    migrate(engine)
    names = set(inspect(engine).get_table_names())
    assert set(metadata.tables) <= names


def test_migrating_twice_changes_nothing(engine, now):
    """A service that starts again finds its tables and its rows as they were."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notice (name, text, since) VALUES ('a', 'b', '2026-11-24 09:00:00')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM notice")) == 1


def test_postgresql_compiles_no_statement(new_postgresql):
    """Its JIT stays off on each connection, also after what was done on it is undone."""
    engine = open_engine(new_postgresql())
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW jit")) == "off"
        connection.rollback()
        assert connection.scalar(text("SHOW jit")) == "off"
    engine.dispose()


def test_a_connection_that_rested_and_is_gone_is_replaced(new_postgresql):
    """PostgreSQL ends a connection, as it does when it restarts, and the next statement finds another one."""
    engine = opened_and_ended(new_postgresql(), rested_seconds=0)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_connection_that_was_used_just_now_is_not_asked(new_postgresql):
    """Asking would be a round trip for each page; what comes right after a restart fails once and says so."""
    engine = opened_and_ended(new_postgresql(), rested_seconds=3600)
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.scalar(text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def opened_and_ended(address, rested_seconds):
    engine, other = open_engine(address, rested_seconds), open_engine(address)
    with engine.connect() as connection:
        process = connection.scalar(text("SELECT pg_backend_pid()"))
    with other.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:process, 10000)"), {"process": process})
    other.dispose()
    return engine
