"""Runs migrations on the engine that `monitor.store.database` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import digest.bounce_tables
import digest.public_tables  # noqa: F401 - registers the tables of the public pages
import monitor.arrangement_tables
import monitor.colleague_tables
import monitor.crawl_tables
import monitor.learning_tables
import monitor.queue_tables
import monitor.story_tables
import monitor.tables  # noqa: F401 - registers monitor's tables
from digest.tables import Moment, metadata


def plainly(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our own column type as the plain one it is, so that old migrations need no code of today."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Moment) else False


def run() -> None:
    """Run the migrations in one transaction."""
    with context.config.attributes["engine"].connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            render_item=plainly,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
