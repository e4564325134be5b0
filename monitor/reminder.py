"""A reminder by mail, the day before, to those who put the letters together, about what nobody approved yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest import dutch
from digest.edition import Audience, Edition
from monitor import colleagues
from monitor.colleagues import Note
from monitor.editor import Editor
from monitor.role import Role
from monitor.settings import Settings
from monitor.store import people
from monitor.store.database import Engine

AHEAD = timedelta(hours=24)


def remind(engine: Engine, settings: Settings, editor: Editor, now: datetime) -> int:
    """Mail everybody who may approve, once for each moment at which letters go; gives how many mails went.

    Nobody is reminded when the settings ask for no approval, or when every letter of that moment is approved.
    """
    needed = settings.radar.digest.approvals
    coming: dict[datetime, list[Edition]] = {}
    for audience in Audience if needed else ():
        moment = editor.ahead(audience)
        if moment - now <= AHEAD:
            edition = editor.upcoming(audience)
            if len(editor.approved(edition)) < needed:
                coming.setdefault(moment, []).append(edition)
    sent = 0
    for moment, editions in coming.items():
        subject = f"De brief van {dutch.weekday(moment.date())} wacht op u"
        for one in people.reviewers(engine):
            if one.role.may(Role.EDITOR):
                note = Note(one.email, one.name, subject, (f"Dag {one.name},", *lines(moment, editions, settings)))
                sent += colleagues.tell_once(engine, settings, f"reminder/{moment:%Y-%m-%dT%H:%M}", note, now)
    return sent


def lines(moment: datetime, editions: list[Edition], settings: Settings) -> tuple[str, ...]:
    """The paragraphs of the reminder; `moment` is in the zone of the readers."""
    digest, home = settings.radar.digest, settings.radar.desk.public_url
    when = f"{dutch.weekday(moment.date())} om {moment.hour}:{moment.minute:02d}"
    rest = (
        "Doet u niets? Dan gaat de brief weg zoals hij op dat moment is."
        if digest.when_not_approved == "send"
        else "Zonder goedkeuring gaat de brief niet weg."
    )
    waiting = "\n".join(
        f"- {one.audience.plural}: {dutch.count(len(one.entries), 'bericht', 'berichten')}" for one in editions
    )
    return (
        f"De brief gaat weg op {when}.",
        f"Nog niet goedgekeurd:\n{waiting}",
        f"Bekijk de brief en keur hem goed:\n{home}/brief",
        rest,
    )
