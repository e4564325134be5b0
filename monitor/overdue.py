"""A letter that should have gone and did not: told on the desk, and by one mail to whoever puts letters together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from digest import claims, dutch
from digest import store as editions
from digest.edition import Audience
from digest.records import EditionState, StoredEdition
from digest.smtp import Outcome
from monitor import colleagues
from monitor.colleagues import Note
from monitor.editor import Editor
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
UNKEPT = (
    "De radar kan niets meer opslaan. Vaak is de schijf vol. Zolang dat zo is, gaan er geen brieven weg. "
    "Vraag wie de radar beheert om ruimte te maken. Er gaat niets verloren en niemand krijgt een brief dubbel: "
    "daarna gaat de radar vanzelf verder."
)


def tell(engine: Engine, settings: Settings, editor: Editor, now: datetime) -> int:
    """Look at every letter that is late, and mail once for each; gives how many mails went now.

    What the mail server puts off goes at a later call.
    """
    _note_standing_still(engine, editor, now)
    sent = 0
    for notice in [one for one in notices.current(engine) if _is_late(one, now)]:
        name = f"overdue/{notice.name}/{notice.since.isoformat()}"
        for note in _notes(engine, settings, notice.text):
            sent += colleagues.tell_once(engine, settings, name, note, now)
    return sent


def tell_unkept(engine: Engine, settings: Settings, now: datetime) -> bool:
    """Mail that the radar can no longer look after its letters, as when the disk is full; nothing is written for it.

    The caller remembers whether that was told. True when a mail server took it for somebody.
    """
    answers = [colleagues.tell(settings, note, now) for note in _notes(engine, settings, UNKEPT)]
    return any(answer.outcome is Outcome.TAKEN for answer in answers)


def _notes(engine: Engine, settings: Settings, text: str) -> Iterator[Note]:
    """The mail with this text to everybody who puts letters together."""
    page = f"{settings.radar.desk.public_url}/brief"
    for one in people.reviewers(engine):
        if one.role.may(Role.EDITOR):
            lines = (f"Dag {one.name},", text, f"Kijk wat er nodig is:\n{page}")
            yield Note(one.email, one.name, "Een brief van de Participatieradar is niet weg", lines)


def _is_late(notice: Notice, now: datetime) -> bool:
    if notice.name.startswith(STANDS_STILL):
        return True
    long = OVERDUE_AFTER <= now - notice.since < TELL_WITHIN
    return long and notice.name.startswith(HELD_UP) and SKIPPED not in notice.text


def _note_standing_still(engine: Engine, editor: Editor, now: datetime) -> None:
    """Put up a notice for each letter that was not made, or of which nothing went for a while; take down the others."""
    still = dict((*_not_made(engine, editor, now), *_standing_still(engine, now)))
    for name, text in still.items():
        notices.begin(engine, name, text, now)
    for one in notices.current(engine):
        if one.name.startswith(STANDS_STILL) and one.name not in still:
            notices.end(engine, one.name, now)


def _not_made(engine: Engine, editor: Editor, now: datetime) -> Iterator[tuple[str, str]]:
    """Letters whose moment passed and of which nothing was heard since: nobody fixed them and nobody said why."""
    told = {one.name for one in notices.current(engine)}
    for audience in Audience:
        due = editor.due(audience)
        if due is None or now - due < OVERDUE_AFTER or f"edition:{audience.value}" in told:
            continue
        if not editor.made(audience, due) and editor.draft(audience, due).entries:
            yield (
                f"{STANDS_STILL}{audience.value}",
                f"De brief voor {audience.plural} had {dutch.weekday(due.date())} om {due:%H:%M} uur weg moeten gaan, "
                "maar de radar maakte hem niet en zegt niet waarom. Vraag wie de radar beheert om hem opnieuw te "
                "starten; de brief gaat dan vanzelf.",
            )


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
