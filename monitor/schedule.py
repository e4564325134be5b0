"""The ticks of the running service: settings, crawling, the weekly digest and the outbox.

Due times are columns in the database; these ticks only look at them, so a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from digest import store as editions
from digest.check import may_go
from digest.edition import Audience
from digest.records import EditionRefused, EditionState
from monitor.editor import Editor
from monitor.intake import Intake, RunReport, run_due
from monitor.press_day import MAY_STILL_GO, issue, last_press_moment
from monitor.settings import LiveSettings
from monitor.store import notices, retention, sources
from monitor.store.database import Engine
from monitor.store.lock import crawl_lock

SETTINGS_NOTICE = "settings"
PRESS_TICK = timedelta(seconds=30)
SETTINGS_TICK = timedelta(seconds=5)
FORGET_TICK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ticks:
    """What happens at each tick; every one may be called at any time and does only what is due."""

    engine: Engine
    live: LiveSettings
    editor: Editor
    clock: Callable[[], datetime]

    def refresh_settings(self) -> None:
        """Take over edited YAML, or keep the last good version and tell what is wrong with the edit."""
        if not self.live.refresh():
            return
        log = structlog.get_logger()
        if self.live.error:
            text = f"De instellingen zijn niet overgenomen; de vorige blijven gelden.\n{self.live.error}"
            notices.begin(self.engine, SETTINGS_NOTICE, text, self.clock())
            for problem in self.live.error.problems:
                log.error("settings refused", problem=str(problem))
        else:
            notices.end(self.engine, SETTINGS_NOTICE, self.clock())
            log.info("settings taken over", sources=len(self.live.current.enabled))

    def crawl(self) -> RunReport:
        """Crawl what is due, unless another process is crawling."""
        with crawl_lock(self.engine) as held:
            if not held:
                return RunReport()
            return run_due(Intake(self.engine, self.live.current, self.clock))

    def press(self) -> None:
        """Freeze the editions whose planned moment has come, and tell which could not go."""
        digest = self.live.current.radar.digest
        now = self.clock()
        planned = last_press_moment(now, digest.weekday.number, digest.at, digest.zone_info)
        first_run = sources.first_run(self.engine)
        if first_run is None or first_run > planned:
            return
        name = issue(planned.date())
        for audience in Audience:
            made = editions.edition_of(self.engine, audience, name)
            if made is None or made.state is EditionState.DRAFT:
                self._press(audience, planned, name, late=now - planned > MAY_STILL_GO)

    def _press(self, audience: Audience, planned: datetime, name: str, *, late: bool) -> None:
        title = f"De brief van week {int(name[-2:])} voor {audience.plural}"
        told = f"edition:{audience.value}"
        if late:
            self._tell(told, f"{title} is niet verzonden: de radar stond toen niet aan.")
            return
        edition = self.editor.draft(audience, planned.date())
        if not edition.entries and self.live.current.radar.digest.when_nothing == "skip":
            self._tell(told, f"{title} is overgeslagen: er is niets gekozen.")
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
        structlog.get_logger().info("edition frozen", edition=edition_id, audience=audience.value, readers=readers)

    def outbox(self) -> None:
        """Go on with every edition that is not wholly sent."""
        for report in self.editor.send_open():
            told = f"outbox:{report.edition_id}"
            if report.trouble:
                self._tell(told, f"Het verzenden van brief {report.edition_id} hapert: {report.trouble}")
            else:
                notices.end(self.engine, told, self.clock())
            if report.now.total:
                counts = {state.value: count for state, count in report.now.counts.items()}
                structlog.get_logger().info("edition sent", edition=report.edition_id, **counts)

    def forget(self) -> None:
        """Let go of the texts of others that have been kept long enough."""
        days = self.live.current.radar.retention.text_days
        count = retention.forget_texts(self.engine, self.clock() - timedelta(days=days))
        if count:
            structlog.get_logger().info("texts forgotten", items=count)

    def _tell(self, name: str, text: str) -> None:
        if notices.begin(self.engine, name, text, self.clock()):
            structlog.get_logger().warning("notice", name=name, text=text)


def start(ticks: Ticks) -> BackgroundScheduler:
    """Start ticking in threads of their own; no tick overlaps itself."""
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    every = {"seconds": ticks.live.current.radar.crawl.tick}
    scheduler.add_job(ticks.refresh_settings, "interval", seconds=SETTINGS_TICK.total_seconds(), id="settings")
    scheduler.add_job(ticks.crawl, "interval", next_run_time=datetime.now(tz=scheduler.timezone), id="crawl", **every)
    scheduler.add_job(ticks.press, "interval", seconds=PRESS_TICK.total_seconds(), id="press")
    scheduler.add_job(ticks.outbox, "interval", seconds=PRESS_TICK.total_seconds(), id="outbox")
    scheduler.add_job(ticks.forget, "interval", seconds=FORGET_TICK.total_seconds(), id="forget")
    scheduler.start()
    return scheduler
