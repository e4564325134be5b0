"""A tip of a reader becomes an item, by the line that every item walks.

address               as the reader gave it
| crawl               one page in one child process: guarded, and as robots.txt allows
| normalise           canonical address, clean text
| recognise           known already, or a story that another source told
| judge               score and reasons; it waits in the queue whatever they are, for a person asked for it
| save                database, one transaction with its line in the record
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from crawlers.address import absolute, key
from crawlers.crawl import crawl
from crawlers.publication import Publication, Reason, RobotsRead, SourceFinished
from crawlers.source import CrawlJob, CrawlOrder, Endpoint, Kind, Source
from monitor import lessons
from monitor.case import judge_input
from monitor.health_words import health
from monitor.item import TIPS, Arrival, Item, Known, Publisher
from monitor.normalise import normalise
from monitor.recognise import Memory, New, recognise
from monitor.settings import Settings
from monitor.store import items, lookup, robots, tellings
from monitor.store.database import Engine
from monitor.stories import Stories

LONGEST = 40.0  # seconds; a person waits for it
PATIENCE = 10.0


class NotRead(Exception):
    """The page could not be read; the message says why in Dutch."""


@dataclass(frozen=True, slots=True)
class Tipped:
    """The item that a tip led to; `new` is False when the radar had the item, or its story, already."""

    item_id: int
    new: bool


def take_up(
    engine: Engine, settings: Settings, address: str, now: datetime, reviewer_id: int, title: str = ""
) -> Tipped:
    """Make an item of the page at an address; with a `title` that a person gave, the page is not read.

    Raises `NotRead` when the page gives nothing; nothing is stored then.
    """
    address = absolute("", address) or address
    known = lookup.known(engine, [key(address)])
    if known:
        return _there_already(known)
    found = _typed(address, title) if title else _read(engine, settings, address, now)
    item = normalise(found)
    known = lookup.known(engine, item.keys)
    if known:
        return _there_already(known)
    new = _recognised(engine, settings, item, now.astimezone(settings.radar.digest.zone_info).date())
    judged = lessons.judge(engine, settings).judge(judge_input(item, None)).model_copy(update={"flagged": True})
    item_id = items.add_asked_for(engine, new, judged, reviewer_id, now)
    if item_id is None:
        return _there_already(lookup.known(engine, item.keys))
    return Tipped(new.told_as or item_id, new=new.told_as is None)


def _there_already(known: Mapping[str, Known]) -> Tipped:
    first = next(iter(known.values()))
    return Tipped(first.told_as or first.item_id, new=False)


def _typed(address: str, title: str) -> Publication:
    return Publication(source=TIPS, address=address, title=title, read=True)


def _read(engine: Engine, settings: Settings, address: str, now: datetime) -> Publication:
    """Read the page as the listing of a watched one is: in one request, which gives all there is."""
    parts = urlsplit(address)
    job = CrawlJob(
        orders=(CrawlOrder(source=Source(name=TIPS, title=TIPS, endpoints=(_page_at(address),))),),
        agent=settings.user_agent,
        today=now.astimezone(settings.radar.digest.zone_info).date(),
        pause=settings.radar.crawl.pause,
        timeout=min(settings.radar.crawl.timeout, PATIENCE),
        longest=LONGEST,
        robots=robots.kept(engine, [f"{parts.scheme}://{parts.netloc}"], now),
        allow_loopback=settings.allow_loopback,
    )
    found, rules, why = [], [], Reason.CRASHED
    for event in crawl(job):
        match event:
            case Publication():
                found.append(event)
            case RobotsRead():
                rules.append(event)
            case SourceFinished():
                why = event.reason
    robots.keep(engine, rules, now)
    if not found:
        raise NotRead(health(why if why is not Reason.OK else Reason.EMPTY).sentence)
    return found[0].model_copy(update={"read": True, "found_by": None, "modified": ""})


def _page_at(address: str) -> Endpoint:
    return Endpoint(kind=Kind.WATCH, address=address.replace("{", "%7B").replace("}", "%7D"))


def _recognised(engine: Engine, settings: Settings, item: Item, today: date) -> New:
    """The item as news, however old it is; behind the item of another source that tells the same story."""
    publishers = {one.name: one.publisher() for one in settings.sources} | {TIPS: Publisher()}
    told = tellings.catch_up(engine, Stories(), today)
    (new,) = recognise([item], Memory(told=told, publishers=publishers), baseline=False, today=today)
    assert isinstance(new, New)
    return replace(new, arrival=Arrival.NEWS)
