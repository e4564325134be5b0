"""What is proven and what is not: gaps that stay open, weeks in which nothing was read, sources that stood still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from fakes_crawl import crawler
from fakes_site import Page, Site, article, overview

from crawlers.publication import EndpointReport, Reason
from crawlers.source import Kind
from monitor.completeness import Gap, Week, closes, statement
from monitor.health_words import proof
from monitor.source_state import SourceState
from monitor.store import gaps, sources

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = "https://bond.example/feed/"
RADAR = """
agent: {contact: radar@voorbeeld.nl}
crawl: {pause: 0.02, jitter: 0, timeout: 5}
digest: {sender_address: radar@voorbeeld.nl, postal: Straat 1, contact: radar@voorbeeld.nl}
"""
PINNED = ("/nieuws/vast-een/", "/nieuws/vast-twee/")


def listing(site: Site, *paths: str, dated: date | None = None) -> Page:
    """A feed with one item per path; the first is dated on a day, each next one on the day before."""
    items = ""
    for number, path in enumerate(paths):
        day = datetime(dated.year, dated.month, dated.day, 8, tzinfo=UTC) - number * DAY if dated else None
        stamp = f"<pubDate>{format_datetime(day)}</pubDate>" if day else ""
        items += f"<item><title>Bericht over {path}</title><link>{site.url(path)}</link>{stamp}</item>"
    return Page(f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>")


def pieces(newest: int) -> tuple[str, ...]:
    """The paths of the eight latest items, the newest first."""
    return tuple(f"/nieuws/{number}/" for number in range(newest, newest - 8, -1))


@pytest.fixture
def reading(tmp_path, engine, now):
    """A crawler that follows the feed of one site."""
    with crawler(tmp_path, engine, now) as radar, Site().serve() as site:
        feed = f'{{kind: feed, address: "{site.url("/feed/")}"}}'
        row = f"{{name: bond, title: Bond, endpoints: [{feed}], read_articles: false}}"
        (radar.folder / "sources.yaml").write_text(f"sources:\n  - {row}\n")
        (radar.folder / "radar.yaml").write_text(RADAR)
        yield radar, site


def test_pinned_items_close_no_gap(reading):
    """Two items that always stand at the head of a feed are known from before a gap, and prove nothing of it."""
    radar, site = reading
    site.pages |= {path: article(f"Huurders beslissen mee {path}") for n in (8, 31, 40) for path in pieces(n)}
    for days, newest in enumerate((8, 30, 31)):
        site.pages["/feed/"] = listing(site, *PINNED, *pieces(newest))
        radar.crawl("bond", now=radar.now + days * DAY)
    assert [gap.since for gap in gaps.open_gaps(radar.engine)] == [radar.now]
    site.pages["/feed/"] = listing(site, *PINNED, *pieces(32), *pieces(24), *pieces(16), *pieces(8))
    radar.crawl("bond", now=radar.now + 3 * DAY)
    assert gaps.open_gaps(radar.engine) == []


def test_what_is_placed_with_an_older_date_comes_in_within_a_week(reading):
    """An item that first stands on a second page is not seen when the list is read, but once a week it is."""
    radar, site = reading
    settings = radar.folder / "sources.yaml"
    settings.write_text(settings.read_text().replace("kind: feed", "kind: overview").replace("/feed/", "/nieuws/"))
    site.pages["/nieuws/"] = overview(*pieces(16), more="/nieuws/?page=2")
    came_in = []
    for days in (0, 1, 2, 9, 10):
        placed = ("/nieuws/ouder/",) if days > 1 else ()
        site.pages["/nieuws/?page=2"] = overview(*placed, *pieces(8))
        run = radar.crawl("bond", now=radar.now + days * DAY).runs[0]
        came_in.append((run.new, run.caught_up))
    assert came_in == [(16, 0), (0, 0), (0, 0), (1, 1), (0, 0)]


def test_dossiers_at_the_end_close_no_gap(reading):
    """Where five dossiers stand under eight items, a week with eight new ones is a gap, and stays one the next day."""
    radar, site = reading
    dossiers = tuple(f"/dossier/{number}/" for number in range(5))
    site.pages |= {path: article(f"Huurders beslissen mee {path}") for n in (8, 12, 30, 31, 40) for path in pieces(n)}
    opened = []
    for days, newest in enumerate((8, 12, 30, 31)):
        site.pages["/feed/"] = listing(site, *pieces(newest), *dossiers)
        radar.crawl("bond", now=radar.now + days * DAY)
        opened.append([gap.since for gap in gaps.open_gaps(radar.engine)])
    assert opened == [[], [], [radar.now + DAY], [radar.now + DAY]]
    site.pages["/feed/"] = listing(site, *pieces(32), *pieces(24), *pieces(16), *pieces(8), *dossiers)
    radar.crawl("bond", now=radar.now + 4 * DAY)
    assert gaps.open_gaps(radar.engine) == []


def test_a_source_that_stood_still_before_it_was_added_is_told(reading):
    """A feed whose last item is of years ago never brought news here; the dates of its items tell that it is silent."""
    radar, site = reading
    site.pages["/feed/"] = listing(site, *pieces(8), dated=date(2022, 3, 11))
    reasons = []
    for days in (0, 1, 8):
        radar.crawl("bond", now=radar.now + days * DAY)
        reasons.append(sources.states(radar.engine)["bond"].reason)
    assert reasons == ["ok", "unchanged", "silent"]
    assert radar.notices() == ["source:bond"]


def test_a_source_that_published_of_late_is_not_silent(reading):
    """Dates of the last week show life, also when nothing has come in since the first reading."""
    radar, site = reading
    site.pages["/feed/"] = listing(site, *pieces(8), dated=radar.now.date())
    for days in (0, 10):
        radar.crawl("bond", now=radar.now + days * DAY)
    assert sources.states(radar.engine)["bond"].reason == "unchanged"


def test_a_meeting_to_come_is_a_sign_of_life(reading):
    """A calendar whose meetings lie years back, but for one next month, is not silent."""
    radar, site = reading
    old = listing(site, *pieces(8), dated=date(2022, 3, 11))
    site.pages["/feed/"] = Page(str(old.body).replace("11 Mar 2022", "20 Dec 2026"))
    for days in (0, 10):
        radar.crawl("bond", now=radar.now + days * DAY)
    assert sources.states(radar.engine)["bond"].reason == "unchanged"


def test_a_week_of_failures_proves_nothing(reading):
    """A source that could not be read all week is not told to have published nothing."""
    radar, site = reading
    site.pages["/feed/"] = listing(site, *pieces(8))
    radar.crawl("bond")
    radar.crawl("bond", now=radar.now + DAY)
    week = sources.week(radar.engine, radar.now)["bond"]
    assert "verscheen er niets nieuws" in proof(statement(week, waiting=0, gaps=0))
    site.pages["/feed/"] = Page(status=500)
    radar.crawl("bond", now=radar.now + 2 * DAY)
    week = sources.week(radar.engine, radar.now + 1.5 * DAY)["bond"]
    assert week == Week(good=0, new=0, caught_up=0)
    assert "niet gelezen" in proof(statement(week, waiting=0, gaps=0))


@pytest.mark.parametrize(
    ("kind", "reaches", "closed"),
    [
        (Kind.FEED, ["later"], False),
        (Kind.FEED, ["later", "before"], True),
        (Kind.SITEMAP, [], True),
    ],
)
def test_what_reaches_back_closes_a_gap(kind, reaches, closed):
    """The end of a listing, on whichever page, is from before the gap; a sitemap lists all there is."""
    state = SourceState("bond", NOW, endpoints={FEED: {"yielded": True}})
    report = EndpointReport(source="bond", address=FEED, kind=kind, reason=Reason.OK, listed=9, reaches=reaches)
    gap = Gap("bond", FEED, NOW - DAY, NOW)
    assert closes([gap], state, [report], {"later": NOW, "before": NOW - 2 * DAY}) is closed
