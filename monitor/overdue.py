"""A letter that should have gone and did not: told on the desk, and by one mail to whoever puts letters together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from digest import claims, dutch
from digest import store as editions
from digest.records import EditionState, StoredEdition
from monitor import colleagues
from monitor.colleagues import Note
from monitor.role import Role
from monitor.settings import Settings
from monitor.store import notices, people
from monitor.store.database import Engine
from monitor.store.notices import Notice

OVERDUE_AFTER = timedelta(minutes=30)
HELD_UP = ("edition:", "outbox:")  # the notices of letters that could not be fixed or sent
STANDS_STILL = "overdue:"
SKIPPED = "is overgeslagen"  # a choice that somebody made in the settings, and no trouble
TELL_WITHIN = timedelta(days=3)


def tell(engine: Engine, settings: Settings, now: datetime) -> int:
    """Look at every letter that is late, and mail once for each; gives how many mails went now.

    What the mail server puts off goes at a later call.
    """
    _note_standing_still(engine, now)
    late = [one for one in notices.current(engine) if _is_late(one, now)]
    if not late:
        return 0
    editors = [one for one in people.reviewers(engine) if one.role.may(Role.EDITOR)]
    page = f"{settings.radar.desk.public_url}/brief"
    sent = 0
    for notice in late:
        for one in editors:
            lines = (f"Dag {one.name},", notice.text, f"Kijk wat er nodig is:\n{page}")
            note = Note(one.email, one.name, "Een brief van de Participatieradar is niet weg", lines)
            name = f"overdue/{notice.name}/{notice.since.isoformat()}"
            sent += colleagues.tell_once(engine, settings, name, note, now)
    return sent


def _is_late(notice: Notice, now: datetime) -> bool:
    if notice.name.startswith(STANDS_STILL):
        return True
    long = OVERDUE_AFTER <= now - notice.since < TELL_WITHIN
    return long and notice.name.startswith(HELD_UP) and SKIPPED not in notice.text


def _note_standing_still(engine: Engine, now: datetime) -> None:
    """Put up a notice for each letter of which nothing went for a while, and take down those that go on."""
    still = dict(_standing_still(engine, now))
    for name, text in still.items():
        notices.begin(engine, name, text, now)
    for one in notices.current(engine):
        if one.name.startswith(STANDS_STILL) and one.name not in still:
            notices.end(engine, one.name, now)


def _standing_still(engine: Engine, now: datetime) -> Iterator[tuple[str, str]]:
    for edition in editions.editions(engine, EditionState.FROZEN, EditionState.SENDING):
        moments = (edition.frozen_at, edition.released_at, claims.last_tried(engine, edition.id))
        touched = max(moment for moment in moments if moment)
        if now - touched < OVERDUE_AFTER or not claims.any_due(engine, edition.id, now):
            continue
        waiting = editions.deliveries_summary(engine, edition.id).open
        yield f"{STANDS_STILL}{edition.id}", _told(edition, waiting)


def _told(edition: StoredEdition, waiting: int) -> str:
    return (
        f"De brief van {edition.content.week} voor {edition.audience.plural} had weg moeten zijn, maar er gaat al een "
        f"half uur niets meer uit. {dutch.count(waiting, 'lezer wacht', 'lezers wachten')} nog. Niemand krijgt hem "
        "dubbel: zodra de mailserver weer werkt, gaat de radar vanzelf verder."
    )
