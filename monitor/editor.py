"""Turns accepted items into editions, freezes them and hands them to the outbox."""

from __future__ import annotations

import itertools
import smtplib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from crawlers.address import site
from digest import confirmations, dutch, replies
from digest import store as editions
from digest.check import Finding, check
from digest.edition import Audience, Deadline, Edition, Entry, EventData, Kind, compose
from digest.letterhead import Letterhead
from digest.mail_faults import mail_faults
from digest.outbox import Plan, Progress, SendReport, send
from digest.pace import Limits
from digest.records import EditionState
from digest.render import Letter, render
from digest.signing import Sign, unsigned
from digest.smtp import Relay, Security, connect
from digest.wishes import Rhythm
from monitor.amendment import amend
from monitor.arrangement import Approval, Arrangement, wording
from monitor.letter_check import remembered
from monitor.press_day import (
    MAY_STILL_GO,
    due_moment,
    first_of_a_month_from,
    issue,
    issue_of_month,
    last_press_moment,
    month_before,
)
from monitor.radar_settings import RegionSettings
from monitor.region import in_region
from monitor.settings import ItemKind, Settings, Words
from monitor.store import arrangements, reviews, sources
from monitor.store.database import Engine
from monitor.store.reviews import QueuedItem

if TYPE_CHECKING:
    from digest.dkim import Signer

ACCEPTED_WITHIN = timedelta(days=60)
MOST_ACCEPTED = 500
ROUGH = ("month", "quarter", "year")
KINDS = {
    ItemKind.PUBLICATION: Kind.PUBLICATIE,
    ItemKind.RESEARCH: Kind.PUBLICATIE,
    ItemKind.PRACTICE: Kind.PRAKTIJKVOORBEELD,
    ItemKind.EVENT: Kind.AGENDA,
}


def letterhead(settings: Settings) -> Letterhead:
    """The sender as radar.yaml describes it."""
    digest = settings.radar.digest
    domain = digest.sender_address.rpartition("@")[2]
    return Letterhead(
        sender_name=digest.sender_name,
        sender_address=digest.sender_address,
        reply_to=digest.reply_to or digest.sender_address,
        return_address=digest.return_address or "",
        postal=digest.postal,
        contact=digest.contact,
        public_url=digest.public_url,
        list_id=f"participatieradar.{domain}",
    )


def mail_server(settings: Settings) -> Relay | None:
    """The mail server of radar.yaml; None when there is none."""
    relay = settings.radar.relay
    if relay is None:
        return None
    return Relay(
        host=relay.host,
        port=relay.port,
        security=Security(relay.security),
        username=relay.username or "",
        hello=letterhead(settings).domain,
    )


@contextmanager
def open_relay(settings: Settings) -> Iterator[Callable[[], smtplib.SMTP]]:
    """How to reach the mail server; without one, a server on loopback that keeps every mail in the outbox folder."""
    relay = mail_server(settings)
    if relay is None:
        from digest.folder import folder_server  # a mail server of which most installations have no need

        with folder_server(settings.radar.digest.outbox) as folder:
            yield lambda: connect(folder)
        return
    password = settings.secrets.smtp_password
    yield lambda: connect(relay, password.get_secret_value() if password else "")


def signer(settings: Settings) -> Signer | None:
    """Who signs our mail, when it is not the relay; raises `digest.dkim.KeyTrouble` when the key is not there."""
    dkim = settings.radar.digest.dkim
    if dkim is None:
        return None
    from digest.dkim import Signer, read_key  # takes 7 MB

    return Signer(letterhead(settings).domain, dkim.selector, read_key(dkim.key))


def signing(settings: Settings) -> Sign:
    """Puts our signature on a mail, or leaves it as it is when the relay does that; raises as `signer` does."""
    ours = signer(settings)
    return ours.sign if ours else unsigned


def plan(settings: Settings) -> Plan:
    """How letters go out, as radar.yaml says; into the outbox folder one by one. Raises as `signer` does."""
    relay = settings.radar.relay
    if relay is None:
        return Plan(sign=signing(settings))
    limits = Limits(per_minute=relay.per_minute, per_domain=relay.per_domain)
    park = relay.when_in_doubt == "park"
    return Plan(relay.connections, limits, park_doubt=park, sign=signing(settings))


def entry(item: QueuedItem, titles: Mapping[str, str], words: Words, region: RegionSettings) -> Entry:
    """How the letter tells an accepted item; only our own words, never the publisher's text."""
    judged = amend(item.judgement, item.amendment, words)
    event = judged.event
    return Entry(
        reference=str(item.id),
        title=item.amendment.title or item.title or item.address,
        address=item.address,
        source=titles.get(item.source) or site(item.address) or item.source,
        published=item.published,
        published_text=published_text(item.published, item.published_precision),
        summary=item.summary,
        why=item.why,
        kind=KINDS.get(judged.kind, Kind.NIEUWS).value,
        audiences=tuple(one for one in Audience if not judged.audiences or one.value in judged.audiences),
        themes=judged.themes,
        goals=tuple(goal.value for goal in judged.goals),
        rung=judged.rung.value if judged.rung else "",
        event=EventData(day=event.day, place=event.place, deadline=event.deadline) if event else None,
        region=in_region(region, f"{item.title}\n{item.intro}", item.text, event.place if event else ""),
    )


def published_text(day: date | None, precision: str) -> str:
    """A date that is known by month, quarter or year only, in words; "" when the day is known or nothing is."""
    if day is None:
        return ""
    return dutch.roughly(day, precision) if precision in ROUGH else ""


@dataclass(frozen=True, slots=True)
class Editor:
    """Composes, freezes and sends editions with the settings of this moment."""

    engine: Engine
    settings: Callable[[], Settings]
    clock: Callable[[], datetime]

    def draft(self, audience: Audience, moment: datetime | None = None) -> Edition:
        """The edition as it would be now: what was accepted and not sent to this audience before.

        With `moment` (aware) that of then: what was accepted later waits for the next one.
        """
        moment = moment or self.clock()
        day = moment.astimezone(self.settings().radar.digest.zone_info).date()
        return self._draft(audience, moment, day)

    def _draft(self, audience: Audience, moment: datetime, day: date) -> Edition:
        """The edition of a day, of what was accepted at a moment at the latest, as editors arranged it."""
        number = editions.next_number(self.engine, audience)
        arranged = arrangements.of(self.engine, audience, number)
        sent = editions.sent_references(self.engine, audience)
        chosen = [
            arranged.put(one)
            for one, meant in self.chosen(audience, moment)
            if one.reference not in sent and arranged.holds(one.reference, meant=meant)
        ]
        return self._compose(chosen, audience, arranged, number, day)

    def chosen(self, audience: Audience, moment: datetime) -> tuple[tuple[Entry, bool], ...]:
        """All that was accepted in the weeks before a moment, each with whether it is meant for this audience."""
        settings = self.settings()
        titles = {source.name: source.title for source in settings.sources}
        return tuple(
            (one := entry(item, titles, settings.words, settings.radar.region), audience in one.audiences)
            for item in reviews.decided(self.engine, reviews.ACCEPTED, MOST_ACCEPTED)
            if item.decided_at and moment - ACCEPTED_WITHIN < item.decided_at <= moment
        )

    def month(self, audience: Audience, planned: datetime) -> Edition:
        """The overview of the month before a planned moment: what the weekly letters of that month told."""
        first = month_before(planned.date())
        begin = datetime.combine(first, time(), planned.tzinfo)
        told = [
            entry
            for one in editions.frozen_since(self.engine, audience, Rhythm.WEEK, begin)
            if one.state is not EditionState.STOPPED
            if (one.content.composed_on.year, one.content.composed_on.month) == (first.year, first.month)
            for entry in one.content.entries
        ]
        day = planned.date()
        number = editions.next_number(self.engine, audience, Rhythm.MONTH)
        return compose(told, audience, issue_of_month(first), number, day, deadlines=self._deadlines(day))

    def upcoming_month(self, audience: Audience) -> Edition:
        """The next overview of a month as it would be now: what the weekly letters told so far."""
        digest = self.settings().radar.digest
        week_on = self.clock() + timedelta(days=7)
        planned = last_press_moment(week_on, digest.weekday.number, digest.at, digest.zone_info)
        return self.month(audience, first_of_a_month_from(planned))

    def upcoming(self, audience: Audience) -> Edition:
        """The edition that is worked on: the one that should have gone and still may, else the one that goes next."""
        due = self.due(audience)
        if due and self.clock() - due <= MAY_STILL_GO and not self.made(audience, due):
            waiting = self.draft(audience, due)
            if waiting.entries:
                return waiting
        return self._draft(audience, self.clock(), self.ahead(audience).date())

    def due(self, audience: Audience) -> datetime | None:
        """The moment of which the letter is due, in the zone of the readers; None while there is none.

        That is the latest weekly moment, or one that editors planned. A radar that ran for the first time after it
        owes no letter.
        """
        digest, now = self.settings().radar.digest, self.clock()
        weekly = last_press_moment(now, digest.weekday.number, digest.at, digest.zone_info)
        due, first_run = due_moment(now, weekly, self._planned(audience)), sources.first_run(self.engine)
        if due is None or first_run is None or first_run > due:
            return None
        return due.astimezone(digest.zone_info)

    def ahead(self, audience: Audience) -> datetime:
        """When the next letter goes that is not made yet, in the zone of the readers."""
        digest, now = self.settings().radar.digest, self.clock()
        own = self._planned(audience)
        if own and own > now:
            return own.astimezone(digest.zone_info)
        for weeks in itertools.count(1):
            later = now + timedelta(weeks=weeks)
            moment = last_press_moment(later, digest.weekday.number, digest.at, digest.zone_info)
            if not self.made(audience, moment):
                return moment
        raise AssertionError("there is always another week")

    def made(self, audience: Audience, moment: datetime) -> bool:
        """Whether the letter of a moment stands fast: that of its week, or one that was made after it."""
        edition = editions.edition_of(self.engine, audience, issue(moment.date()))
        if edition and edition.state is not EditionState.DRAFT:
            return True
        return bool(editions.frozen_since(self.engine, audience, Rhythm.WEEK, moment))

    def approved(self, edition: Edition) -> tuple[Approval, ...]:
        """Who approved an edition as it is now."""
        now_says = wording(edition)
        given = arrangements.approvals(self.engine, edition.audience, edition.number)
        return tuple(one for one in given if one.wording == now_says)

    def waits_for_people(self, edition: Edition) -> str:
        """Why people keep this letter from going, "" when they do not."""
        digest = self.settings().radar.digest
        if arrangements.of(self.engine, edition.audience, edition.number).held:
            return "een redacteur houdt hem tegen."
        given = len(self.approved(edition))
        if digest.when_not_approved == "send" or given >= digest.approvals:
            return ""
        return f"er {'is' if given == 1 else 'zijn'} {given} van de {digest.approvals} goedkeuringen die nodig zijn."

    def _planned(self, audience: Audience) -> datetime | None:
        number = editions.next_number(self.engine, audience)
        return arrangements.of(self.engine, audience, number).planned_at

    def _compose(
        self, entries: Iterable[Entry], audience: Audience, arranged: Arrangement, number: int, day: date
    ) -> Edition:
        days = self._deadlines(day)
        return compose(entries, audience, issue(day), number, day, arranged.intro, days, arranged.order)

    def _deadlines(self, day: date) -> list[Deadline]:
        """The days of the year that are near enough to be told in a letter of this day."""
        return [
            Deadline(day=ahead, text=one.text)
            for one in self.settings().radar.digest.deadlines
            if (ahead := one.next_after(day)) - day <= timedelta(weeks=one.weeks)
        ]

    def letter(self, edition: Edition) -> Letter:
        """The mail that an edition becomes."""
        return render(edition, letterhead(self.settings()))

    def findings(self, edition: Edition) -> tuple[Finding, ...]:
        """What a person should look at before the edition goes."""
        found = check(edition, editions.sent_references(self.engine, edition.audience, edition.rhythm))
        letter, head = self.letter(edition), letterhead(self.settings())
        return (
            *found,
            *mail_faults(letter, head, self.clock()),
            *remembered(self.engine, edition, letter),
        )

    def freeze(self, edition: Edition) -> tuple[int, int]:
        """Fix an edition and queue its deliveries; returns its id and their number; raises `EditionRefused`."""
        now, settings = self.clock(), self.settings()
        edition_id = editions.save_draft(self.engine, edition, now)
        also_empty = settings.radar.digest.when_nothing == "send"
        domain = letterhead(settings).domain
        witness = arrangements.noting_freeze(now)
        readers = editions.freeze(self.engine, edition_id, now, domain, also_empty=also_empty, witness=witness)
        return edition_id, readers

    def send(self, edition_id: int, on_progress: Progress | None = None) -> SendReport:
        """Send what is due of a frozen edition."""
        settings, witness = self.settings(), arrangements.noting_sending(self.clock)
        head, how = letterhead(settings), plan(settings)
        with open_relay(settings) as open_connection:
            return send(self.engine, edition_id, head, open_connection, self.clock, on_progress, how, witness)

    def reply(self) -> int:
        """Mail the links that readers asked for on the pages; gives how many went."""
        if not confirmations.due(self.engine, self.clock(), limit=1):
            return 0
        settings = self.settings()
        with open_relay(settings) as open_connection:
            return replies.send_due(self.engine, letterhead(settings), open_connection, self.clock, signing(settings))

    def unsent(self) -> tuple[int, ...]:
        """The ids of the editions that were frozen or are being sent, the oldest first."""
        waiting = editions.editions(self.engine, EditionState.FROZEN, EditionState.SENDING)
        return tuple(one.id for one in reversed(waiting))
