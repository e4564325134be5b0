"""What waits for a verdict stands in a narrow table of its own, and everything stored can be searched.

The database keeps both itself by triggers: whichever way an item, a judgement or a verdict is written, the queue and
the list of what has to be made findable follow in the same transaction.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WAITS = """
INSERT INTO waiting (item_id, flagged, score, source, kind, first_seen_at)
SELECT item.id, judgement.flagged, judgement.score, item.source, judgement.kind, item.first_seen_at
FROM judgement JOIN item ON item.id = judgement.item_id
WHERE item.told_as IS NULL AND item.arrival = 'news'
  AND NOT EXISTS (SELECT 1 FROM verdict WHERE verdict.item_id = item.id)
"""
DUE = "INSERT INTO search_due (item_id) VALUES (NEW.id) ON CONFLICT (item_id) DO NOTHING"
# Each trigger with when it fires, and the row whose item it is about.
REFRESHING = (
    ("judged", "AFTER INSERT ON judgement", "NEW.item_id"),
    ("judged_again", "AFTER UPDATE ON judgement", "NEW.item_id"),
    ("judged_no_more", "AFTER DELETE ON judgement", "OLD.item_id"),
    ("decided", "AFTER INSERT ON verdict", "NEW.item_id"),
    ("decided_no_more", "AFTER DELETE ON verdict", "OLD.item_id"),
    ("told_otherwise", "AFTER UPDATE OF told_as, arrival, source ON item", "NEW.id"),
)
FINDABLE = (
    ("findable", "AFTER INSERT ON item"),
    ("findable_again", "AFTER UPDATE OF title, intro, text ON item"),
)


def upgrade() -> None:
    """Take the step; the queue of today is filled, and everything stored is due to be made findable."""
    op.create_table(
        "waiting",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_waiting_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_waiting")),
    )
    op.create_table(
        "search_due",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_search_due")),
    )
    op.execute(WAITS)
    op.execute("INSERT INTO search_due (item_id) SELECT id FROM item")
    op.create_index("ix_waiting_flagged_score_item_id", "waiting", ["flagged", "score", "item_id"])
    op.create_index("ix_waiting_first_seen_at", "waiting", ["first_seen_at"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    op.execute("CREATE VIRTUAL TABLE item_search USING fts5(words, tokenize='unicode61')")
    for name, when, one in REFRESHING:
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {_refresh(one)}; END")
    for name, when in FINDABLE:
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {DUE}; END")


def _postgresql() -> None:
    op.execute("CREATE TABLE item_search (item_id integer PRIMARY KEY, words tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_item_search_words ON item_search USING gin (words)")
    for name, when, one in REFRESHING:
        _function(name, _refresh(one))
        op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")
    for name, when in FINDABLE:
        _function(name, DUE)
        op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _refresh(one: str) -> str:
    return f"DELETE FROM waiting WHERE item_id = {one}; {WAITS} AND item.id = {one}"  # noqa: S608 - our own words


def _function(name: str, statements: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statements}; RETURN NULL; END $$"
    )


def downgrade() -> None:
    """Take the step back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, when, *_ in (*REFRESHING, *FINDABLE):
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {when.rpartition(' ')[2]}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP TABLE item_search")
    op.drop_table("search_due")
    op.drop_table("waiting")
