"""What people decide about letters in doubt, in one transaction with its line in the record of that letter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine

from digest import doubts
from digest.records import StoredEdition
from monitor.store import record
from monitor.store.arrangements import subject_of
from monitor.store.record import RecordLine

ARRIVED = "letter arrived"
ONCE_MORE = "letter once more"
UNDONE = "doubt again"
STATES = {ARRIVED: "sent", ONCE_MORE: "again"}
IN_DOUBT = "in_doubt"
Change = Callable[[Connection, int, Collection[int]], list[int]]


def arrived(
    engine: Engine, edition: StoredEdition, deliveries: Collection[int], reviewer_id: int, now: datetime
) -> int:
    """Take letters that wait for a person as sent; gives how many did wait."""
    return _settle(engine, edition, deliveries, ARRIVED, reviewer_id, now, doubts.arrived)


def once_more(
    engine: Engine, edition: StoredEdition, deliveries: Collection[int], reviewer_id: int | None, now: datetime
) -> int:
    """Let letters that wait for a person go once more, with the same Message-ID; gives how many did wait.

    `reviewer_id` is None for who uses the command line.
    """

    def change(connection: Connection, edition_id: int, which: Collection[int]) -> list[int]:
        return doubts.once_more(connection, edition_id, which, now)

    return _settle(engine, edition, deliveries, ONCE_MORE, reviewer_id, now, change)


def undo(engine: Engine, edition: StoredEdition, deliveries: Collection[int], reviewer_id: int, now: datetime) -> int:
    """Take back what was decided last; gives for how many that could be: a letter that went once more cannot."""
    decided = decisions(engine, edition)
    undone = 0
    for action, change in ((ARRIVED, doubts.not_known_after_all), (ONCE_MORE, doubts.no_more)):
        mine = [one for one in deliveries if one in decided and decided[one].action == action]
        undone += _settle(engine, edition, mine, UNDONE, reviewer_id, now, change, was=STATES[action])
    return undone


def decisions(engine: Engine, edition: StoredEdition) -> Mapping[int, RecordLine]:
    """What was decided last, by delivery; what was taken back is no decision any more."""
    last: dict[int, RecordLine] = {}
    for line in record.of_subject(engine, subject_of(edition.audience, edition.number)):
        if line.action in (ARRIVED, ONCE_MORE, UNDONE):
            last |= dict.fromkeys(line.after["deliveries"], line)
    return {delivery_id: line for delivery_id, line in last.items() if line.action != UNDONE}


def _settle(
    engine: Engine,
    edition: StoredEdition,
    deliveries: Collection[int],
    action: str,
    reviewer_id: int | None,
    now: datetime,
    change: Change,
    was: str = IN_DOUBT,
) -> int:
    if not deliveries:
        return 0
    with engine.begin() as connection:
        changed = change(connection, edition.id, deliveries)
        if changed:
            subject = subject_of(edition.audience, edition.number)
            after = {"state": STATES.get(action, IN_DOUBT), "deliveries": changed}
            record.note(connection, reviewer_id, action, subject, now, before={"state": was}, after=after)
    return len(changed)
