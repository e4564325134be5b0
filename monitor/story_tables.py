"""The table in which monitor remembers how stories were told, to recognise them elsewhere."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, LargeBinary, Table, false

from digest.tables import metadata

telling = Table(
    "telling",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("footprint", LargeBinary, nullable=False),
    Column("apart", Boolean, nullable=False, server_default=false()),
)
