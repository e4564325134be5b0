"""What the radar said of an item when somebody first decided on it: the figures count that, whatever it says later."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from monitor.learning_tables import foretold
from monitor.tables import judgement


def keep(connection: Connection, item_id: int) -> None:
    """Keep the judgement of this moment, the last before the first decision; what was kept before stays.

    A model that learned from the decision may judge the item again when its text changes.
    """
    if connection.execute(select(foretold.c.item_id).where(foretold.c.item_id == item_id)).first() is None:
        said = select(judgement.c.item_id, judgement.c.score, judgement.c.flagged)
        columns = ["item_id", "score", "flagged"]
        connection.execute(insert(foretold).from_select(columns, said.where(judgement.c.item_id == item_id)))
