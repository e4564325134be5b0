"""Looks, in the two days before a letter goes, whether the pages it links to are still there."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawlers.links import LinkAnswer, LinkJob, ask_links
from crawlers.publication import Reason
from crawlers.source import CrawlJob
from digest.edition import Audience
from monitor.editor import Editor
from monitor.settings import Settings
from monitor.store import link_checks
from monitor.store.database import Engine

AHEAD = timedelta(days=2)
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
    if not due:
        return 0
    crawl = settings.radar.crawl
    manners = CrawlJob(
        orders=(),
        agent=settings.user_agent,
        today=now.astimezone(settings.radar.digest.zone_info).date(),
        pause=crawl.pause,
        timeout=crawl.timeout,
        allow_loopback=settings.allow_loopback,
    )
    answers = {one.link: one for one in ask_links(LinkJob(addresses=tuple(due), manners=manners))}
    silent = {one: LinkAnswer(link=one, status=0, reason=Reason.TIMEOUT) for one in due if one not in answers}
    link_checks.keep(engine, [*answers.values(), *silent.values()], now)
    return len(answers)


def _is_old(answer: LinkAnswer, checked_at: datetime, now: datetime) -> bool:
    """Whether an address is to be asked again; trouble may pass, so it is looked at sooner."""
    return now - checked_at >= (AGAIN_AFTER if answer.reason is Reason.OK else TROUBLE_AGAIN_AFTER)
