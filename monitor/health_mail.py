"""One mail to who manages the radar for each change in how a source fares, also when it does well again."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor import colleagues
from monitor.colleagues import Note
from monitor.role import Role
from monitor.settings import Settings
from monitor.store import notices, people
from monitor.store.database import Engine
from monitor.store.notices import Notice
from monitor.telling import OFFLINE

TELL_WITHIN = timedelta(days=3)
ONLINE = "Er is weer internet. De radar leest de bronnen weer, en haalt in wat hij miste."
WHY = "U krijgt deze mail omdat u de radar beheert. Per verandering komt er één mail."


def tell_managers(engine: Engine, settings: Settings, now: datetime) -> int:
    """Mail what changed in the last days to every administrator, once; gives how many mails went now.

    What the mail server puts off goes at a later call. When all sources fail at once, the one mail says that it is us.
    """
    changes = [
        (f"health/{notice.name}/{notice.since.isoformat()}", notice.text)
        if notice.ended_at is None
        else (f"health/{notice.name}/{notice.since.isoformat()}/over", ONLINE)
        for notice in notices.turned(engine, now - TELL_WITHIN)
        if _is_health(notice)
    ]
    if not changes:
        return 0
    managers = [one for one in people.reviewers(engine) if one.role.may(Role.ADMINISTRATOR)]
    page = f"{settings.radar.desk.public_url}/bronnen"
    sent = 0
    for name, text in changes:
        subject, _, more = text.partition(". ")
        lines = (f"{subject.rstrip('.')}.", more, f"Alle bronnen en wat u kunt doen:\n{page}", WHY)
        for one in managers:
            note = Note(one.email, one.name, subject.rstrip("."), tuple(line for line in lines if line))
            sent += colleagues.tell_once(engine, settings, name, note, now)
    return sent


def _is_health(notice: Notice) -> bool:
    """Whether a notice tells of a source or of our own outage; only of the latter the end is news of its own."""
    return notice.name == OFFLINE or (notice.name.startswith("source:") and notice.ended_at is None)
