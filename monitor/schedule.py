"""The ticks of the running service: settings, crawling, the weekly digest and the outbox.

Due times are columns in the database; these ticks only look at them, so a restart loses nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest import own_data, subscribers
from digest import store as editions
from digest.check import may_go
from digest.edition import Audience, Edition
from digest.records import EditionRefused, EditionState
from digest.smtp import RelayTrouble
from digest.wishes import Rhythm
from monitor import dead_links, health_mail, learning, lessons, overdue, reminder, returns, weekly_report
from monitor.editor import Editor
from monitor.intake import Intake, RunReport, run_due
from monitor.log import log
from monitor.press_day import (
    MAY_STILL_GO,
    MONTH_MAY_STILL_GO,
    first_of_month,
    issue_of_month,
    last_press_moment,
    month_before,
)
from monitor.settings import LiveSettings
from monitor.store import colleague_mail, link_checks, notices, retention, search, sources
from monitor.store.database import Engine
from monitor.store.lock import crawl_lock

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

SETTINGS_NOTICE = "settings"
OUTBOX_NOTICE = "outbox:"
REPLY_NOTICE = "reply"
RETURNS_NOTICE = "returns"
PRESS_TICK = timedelta(seconds=30)
SETTINGS_TICK = timedelta(seconds=5)
REPLY_TICK = timedelta(seconds=5)
SEARCH_TICK = timedelta(seconds=20)
FORGET_TICK = timedelta(hours=1)
LEARN_TICK = timedelta(hours=1)
JUDGE_TICK = timedelta(seconds=15)
REQUESTS_KEPT = timedelta(days=30)
RUNS_KEPT = timedelta(days=730)
RETURNS_MINUTES = 30
WEEKS_TICK = timedelta(minutes=10)
NOW_WHAT = "Wat u koos, gaat mee met de volgende brief."


class Stopped(Exception):
    """The service is stopping, so a tick leaves its work where it is; what is due stays due."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """What happens at each tick; every one may be called at any time and does only what is due.

    Once `stopping` is set, a tick that is at work ends at the next page or letter. `alarmed` is set as long as people
    know that late letters cannot be told of in the usual way.
    """

    engine: Engine
    live: LiveSettings
    editor: Editor
    clock: Callable[[], datetime]
    stopping: threading.Event = field(default_factory=threading.Event)
    alarmed: threading.Event = field(default_factory=threading.Event)

    def refresh_settings(self) -> None:
        """Take over edited YAML, or keep the last good version and tell what is wrong with the edit."""
        if not self.live.refresh():
            return
        if self.live.error:
            text = f"De instellingen zijn niet overgenomen; de vorige blijven gelden.\n{self.live.error}"
            notices.begin(self.engine, SETTINGS_NOTICE, text, self.clock())
            for problem in self.live.error.problems:
                log().error("settings refused", problem=str(problem))
        else:
            notices.end(self.engine, SETTINGS_NOTICE, self.clock())
            log().info("settings taken over", sources=len(self.live.current.enabled))

    def crawl(self) -> RunReport:
        """Crawl what is due, unless another process is crawling."""
        with crawl_lock(self.engine) as held:
            if not held:
                return RunReport()
            try:
                return run_due(Intake(self.engine, self.live.current, self.clock, progress=self._go_on))
            except Stopped:
                return RunReport()

    def press(self) -> None:
        """Freeze the editions whose planned moment has come, and tell which could not go.

        An edition holds what was accepted by then, so that it is the same when the tick comes late.
        """
        digest, now = self.live.current.radar.digest, self.clock()
        for audience in Audience:
            with self._telling_of_faults(f"edition:{audience.value}", f"De brief voor {audience.plural} blijft liggen"):
                self._look_at_week(audience, now)
        weekly = last_press_moment(now, digest.weekday.number, digest.at, digest.zone_info)
        first_run, of_month = sources.first_run(self.engine), first_of_month(weekly)
        for audience in Audience if first_run and first_run <= of_month else ():
            told = f"edition:{audience.value}:maand"
            with self._telling_of_faults(told, f"De maandbrief voor {audience.plural} blijft liggen"):
                name = issue_of_month(month_before(of_month.date()))
                if not self._made(audience, name, told):
                    self._press_month(audience, of_month, late=now - of_month > MONTH_MAY_STILL_GO)

    def _look_at_week(self, audience: Audience, now: datetime) -> None:
        planned = self.editor.due(audience)
        if planned and not self.editor.made(audience, planned):
            self._press_week(audience, planned, late=now - planned > MAY_STILL_GO)
        else:
            notices.end(self.engine, f"edition:{audience.value}", now)

    def _made(self, audience: Audience, name: str, told: str) -> bool:
        """Whether an edition stands fast already; then there is nothing to tell about it any more."""
        made = editions.edition_of(self.engine, audience, name)
        if made is None or made.state is EditionState.DRAFT:
            return False
        notices.end(self.engine, told, self.clock())
        return True

    def _press_week(self, audience: Audience, planned: datetime, *, late: bool) -> None:
        edition, told = self.editor.draft(audience, planned), f"edition:{audience.value}"
        title = f"De brief van week {int(edition.issue[-2:])} voor {audience.plural}"
        if not edition.entries and not self._anybody_wants_nothing(audience, Rhythm.WEEK):
            self._tell(told, f"{title} is overgeslagen: er was niets gekozen.")
            return
        if not late and edition.entries and (reason := self.editor.waits_for_people(edition)):
            self._tell(told, f"{title} wacht: {reason}")
            return
        self._press(edition, title, told, late=late)

    def _press_month(self, audience: Audience, planned: datetime, *, late: bool) -> None:
        """Freeze the overview of the month before; a month without letters has none, and that is no news."""
        edition, told = self.editor.month(audience, planned), f"edition:{audience.value}:maand"
        title = f"De brief van {edition.week} voor {audience.plural}"
        if edition.entries or self._anybody_wants_nothing(audience, Rhythm.MONTH):
            self._press(edition, title, told, late=late)

    def _anybody_wants_nothing(self, audience: Audience, rhythm: Rhythm) -> bool:
        """Whether a letter with nothing in it is to go, by the settings or because a reader asked for it."""
        everybody = self.live.current.radar.digest.when_nothing == "send"
        if everybody and rhythm is Rhythm.WEEK:
            return True
        return subscribers.any_reads(self.engine, audience, rhythm, also_empty=not everybody)

    def _press(self, edition: Edition, title: str, told: str, *, late: bool) -> None:
        if late:
            self._tell(told, f"{title} is niet verzonden: het geplande moment is meer dan een dag voorbij. {NOW_WHAT}")
            return
        findings = self.editor.findings(edition)
        if edition.entries and not may_go(findings):
            reasons = "; ".join(finding.message for finding in findings)
            self._tell(told, f"{title} wacht: {reasons}")
            return
        try:
            edition_id, readers = self.editor.freeze(edition)
        except EditionRefused as refused:
            self._tell(told, f"{title} is niet vastgezet: {refused}")
            return
        notices.end(self.engine, told, self.clock())
        log().info("edition frozen", edition=edition_id, audience=edition.audience.value, readers=readers)

    def outbox(self) -> None:
        """Go on with every edition that is not wholly sent."""
        for edition_id in self.editor.unsent():
            told, words = f"{OUTBOX_NOTICE}{edition_id}", f"Het verzenden van brief {edition_id} hapert"
            with self._telling_of_faults(told, words):
                trouble = self._send(edition_id)
                if trouble:
                    self._tell(told, f"{words}: {trouble}")
                else:
                    notices.end(self.engine, told, self.clock())
        self._end_notices_of_sent()

    def _send(self, edition_id: int) -> str:
        """Send what is due of one edition; gives what went wrong, "" when nothing did."""
        try:
            report = self.editor.send(edition_id, self._go_on)
        except (EditionRefused, RelayTrouble) as refused:
            return str(refused)
        except OSError as fault:
            log().error("outbox folder", fault=str(fault))
            return f"de map {self.live.current.radar.digest.outbox} is niet te gebruiken."
        except Stopped:
            return ""
        if report.now.total:
            counts = {state.value: count for state, count in report.now.counts.items()}
            log().info("edition sent", edition=edition_id, **counts)
        return report.trouble

    def reply(self) -> None:
        """Mail the links that readers asked for on the pages: somebody is waiting for them."""
        try:
            mailed = self.editor.reply()
        except (OSError, RelayTrouble) as trouble:
            self._tell(REPLY_NOTICE, f"Mails om een aanmelding te bevestigen gaan nu niet weg: {trouble}")
            return
        if mailed:
            log().info("links mailed", count=mailed)
            notices.end(self.engine, REPLY_NOTICE, self.clock())

    def _end_notices_of_sent(self) -> None:
        """Take down what was told of an edition that has been sent by hand since."""
        for notice in notices.current(self.engine):
            if notice.name.startswith(OUTBOX_NOTICE):
                edition_id = int(notice.name.removeprefix(OUTBOX_NOTICE))
                if editions.find_edition(self.engine, edition_id).state is EditionState.SENT:
                    notices.end(self.engine, notice.name, self.clock())

    def returns(self) -> None:
        """Take in what came back of the letters; a mailbox that cannot be read is told once."""
        try:
            told = returns.take_in(self.engine, self.live.current, self.clock)
        except returns.MailboxTrouble as trouble:
            self._tell(RETURNS_NOTICE, str(trouble))
            return
        notices.end(self.engine, RETURNS_NOTICE, self.clock())
        if told.lines:
            log().info("mail came back", handled=told.handled, left=told.left)

    def make_findable(self) -> None:
        """Take what came in or changed into the index that people search."""
        search.catch_up(self.engine)

    def close_weeks(self) -> None:
        """Close the weeks that are over, and put a sample of what was set aside before the reviewers."""
        learning.close_weeks(self.engine, self.live.current, self.clock())

    def health(self) -> None:
        """Mail who manages the radar what changed in how the sources fare."""
        health_mail.tell_managers(self.engine, self.live.current, self.clock())

    def overdue(self) -> None:
        """Tell of a letter that should have gone and did not; once by mail alone when nothing can be noted."""
        settings, now = self.live.current, self.clock()
        try:
            overdue.tell(self.engine, settings, self.editor, now)
            self.alarmed.clear()
        except Exception:  # whatever keeps us from looking: that nobody looks must not stay unheard
            log().exception("late letters not told")
            if not self.alarmed.is_set() and overdue.tell_unkept(self.engine, settings, now):
                self.alarmed.set()

    def look_at_links(self) -> None:
        """Ask whether what the coming letters link to is still there."""
        dead_links.look(self.engine, self.live.current, self.editor, self.clock())

    def remind(self) -> None:
        """Mail those who approve the letters about what nobody approved, a day before it goes."""
        reminder.remind(self.engine, self.live.current, self.editor, self.clock())

    def report(self) -> None:
        """Mail the weekly report to those who judge, once it is Monday morning."""
        weekly_report.report(self.engine, self.live.current, self.clock())

    def judge_again(self) -> None:
        """Judge waiting items anew after a change of words, a bounded number at a time."""
        learning.judge_again(self.engine, self.live.current, self.clock())

    def learn(self) -> None:
        """Learn from what people decided, when that is enough."""
        lessons.learn_when_due(self.engine, self.live.current, self.clock())

    def forget(self) -> None:
        """Let go of the texts of others, and of what readers told of themselves, once kept long enough."""
        days = self.live.current.radar.retention.text_days
        count = retention.forget_texts(self.engine, self.clock() - timedelta(days=days))
        if count:
            log().info("texts forgotten", items=count)
        gone = own_data.let_go(self.engine, self.clock(), timedelta(days=self.live.current.radar.retention.left_days))
        if gone != own_data.LetGo():
            log().info("readers forgotten", **asdict(gone))
        link_checks.forget(self.engine, self.clock() - REQUESTS_KEPT)
        colleague_mail.forget(self.engine, self.clock() - RUNS_KEPT)
        sources.forget_runs(self.engine, self.clock() - REQUESTS_KEPT, self.clock() - RUNS_KEPT)

    @contextmanager
    def _telling_of_faults(self, name: str, words: str) -> Iterator[None]:
        """Tell of a fault that nobody foresaw, so that one letter's trouble keeps no other waiting."""
        try:
            yield
        except Exception as fault:
            log().exception("letter not handled", notice=name)
            again = (
                "De radar probeert het vanzelf weer. Blijft dit staan? Vraag dan de beheerder om in het log te kijken."
            )
            self._tell(name, f"{words} door een fout in de radar zelf ({type(fault).__name__}). {again}")

    def _go_on(self, *_: object) -> None:
        if self.stopping.is_set():
            raise Stopped

    def _tell(self, name: str, text: str) -> None:
        if notices.begin(self.engine, name, text, self.clock()):
            log().warning("notice", name=name, text=text)


def start(ticks: Ticks) -> BackgroundScheduler:
    """Start ticking in threads of their own; no tick overlaps itself.

    The settings are good, or there would be no ticks; a notice of an earlier service about them is over.
    """
    from apscheduler.schedulers.background import BackgroundScheduler  # the desk alone does without

    notices.end(ticks.engine, SETTINGS_NOTICE, ticks.clock())
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    every = {"seconds": ticks.live.current.radar.crawl.tick}
    scheduler.add_job(ticks.refresh_settings, "interval", seconds=SETTINGS_TICK.total_seconds(), id="settings")
    scheduler.add_job(ticks.crawl, "interval", next_run_time=datetime.now(tz=scheduler.timezone), id="crawl", **every)
    scheduler.add_job(ticks.press, "interval", seconds=PRESS_TICK.total_seconds(), id="press")
    scheduler.add_job(ticks.outbox, "interval", seconds=PRESS_TICK.total_seconds(), id="outbox")
    box = ticks.live.current.radar.return_box
    scheduler.add_job(ticks.returns, "interval", minutes=box.minutes if box else RETURNS_MINUTES, id="returns")
    scheduler.add_job(ticks.make_findable, "interval", seconds=SEARCH_TICK.total_seconds(), id="search")
    scheduler.add_job(ticks.close_weeks, "interval", seconds=WEEKS_TICK.total_seconds(), id="weeks")
    scheduler.add_job(ticks.health, "interval", seconds=PRESS_TICK.total_seconds(), id="health")
    scheduler.add_job(ticks.overdue, "interval", seconds=WEEKS_TICK.total_seconds(), id="overdue")
    scheduler.add_job(ticks.look_at_links, "interval", seconds=WEEKS_TICK.total_seconds(), id="links")
    scheduler.add_job(ticks.remind, "interval", seconds=WEEKS_TICK.total_seconds(), id="remind")
    scheduler.add_job(ticks.report, "interval", seconds=WEEKS_TICK.total_seconds(), id="report")
    scheduler.add_job(ticks.reply, "interval", seconds=REPLY_TICK.total_seconds(), id="reply")
    scheduler.add_job(ticks.judge_again, "interval", seconds=JUDGE_TICK.total_seconds(), id="judge")
    scheduler.add_job(ticks.learn, "interval", seconds=LEARN_TICK.total_seconds(), id="learn")
    scheduler.add_job(ticks.forget, "interval", seconds=FORGET_TICK.total_seconds(), id="forget")
    scheduler.start()
    return scheduler
