"""Looks, in the two days before a letter goes and when somebody asks, whether the pages it links to are still there."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawlers.links import LONGEST, LinkAnswer, LinkJob, ask_links
from crawlers.publication import Reason
from crawlers.source import CrawlJob
from digest.edition import Audience, Edition
from monitor.editor import Editor
from monitor.settings import Settings
from monitor.store import link_checks
from monitor.store.database import Engine

AHEAD = timedelta(days=2)
JUST_NOW = timedelta(minutes=10)
SOON = 30.0  # seconds that somebody waits for the answers
AGAIN_AFTER = timedelta(hours=20)
TROUBLE_AGAIN_AFTER = timedelta(hours=2)
MOST_AT_ONCE = 40


def look(engine: Engine, settings: Settings, editor: Editor, now: datetime) -> int:
    """Ask the addresses of the coming letters that were not asked of late; gives how many answered."""
    addresses: dict[str, None] = {}
    for audience in Audience:
        if editor.ahead(audience) - now <= AHEAD:
            addresses |= dict.fromkeys(entry.address for entry in editor.upcoming(audience).entries if entry.address)
    known = link_checks.of(engine, list(addresses))
    due = [one for one in addresses if one not in known or _is_old(*known[one], now)][:MOST_AT_ONCE]
    answers = _ask(settings, due, now)
    told = {one.link for one in answers}
    silent = [LinkAnswer(link=one, status=0, reason=Reason.TIMEOUT) for one in due if one not in told]
    link_checks.keep(engine, [*answers, *silent], now)
    return len(answers)


def look_now(engine: Engine, settings: Settings, edition: Edition, now: datetime) -> int:
    """Ask the addresses of one edition while somebody waits, half a minute at most; gives how many answered.

    What was asked within ten minutes is not asked again; what does not answer in time is left to the next `look`.
    """
    addresses = list(dict.fromkeys(entry.address for entry in edition.entries if entry.address))
    known = link_checks.of(engine, addresses)
    due = [one for one in addresses if one not in known or now - known[one][1] >= JUST_NOW][:MOST_AT_ONCE]
    answers = _ask(settings, due, now, SOON)
    link_checks.keep(engine, answers, now)
    return len(answers)


def _ask(settings: Settings, due: list[str], now: datetime, longest: float = LONGEST) -> tuple[LinkAnswer, ...]:
    if not due:
        return ()
    crawl = settings.radar.crawl
    manners = CrawlJob(
        orders=(),
        agent=settings.user_agent,
        today=now.astimezone(settings.radar.digest.zone_info).date(),
        pause=crawl.pause,
        timeout=crawl.timeout,
        allow_loopback=settings.allow_loopback,
    )
    return ask_links(LinkJob(addresses=tuple(due), manners=manners), longest)


def _is_old(answer: LinkAnswer, checked_at: datetime, now: datetime) -> bool:
    """Whether an address is to be asked again; trouble may pass, so it is looked at sooner."""
    return now - checked_at >= (AGAIN_AFTER if answer.reason is Reason.OK else TROUBLE_AGAIN_AFTER)
