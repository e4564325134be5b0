"""The line from the sites to the store, over real HTTP, on both databases."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fakes_crawl import Held, crawler
from fakes_site import Page, Site, article, overview
from sqlalchemy import func, select, text

from monitor import learning
from monitor.completeness import Statement, statement
from monitor.demo.stages import publish_more
from monitor.demo.world import World
from monitor.intake import Intake, RunReport, run_due
from monitor.queue_tables import waiting
from monitor.store import gaps, notices, reviews, sources
from monitor.store.database import open_engine
from monitor.tables import item, judgement
from monitor.telling import OFFLINE

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EVERYONE = ("plein31", "koepel", "huurdersbond")
XML = {"Content-Type": "application/xml"}
NEWS = ("/nieuws/een/", "/nieuws/twee/", "/nieuws/drie/")
RADAR = """
agent: {contact: radar@voorbeeld.nl}
crawl: {pause: 0.02, jitter: 0, pages_per_run: 40, timeout: 5}
digest: {sender_address: radar@voorbeeld.nl, postal: Straat 1, contact: radar@voorbeeld.nl}
"""


@pytest.fixture
def radar(tmp_path, engine, now):
    """A crawler on the demo world."""
    with crawler(tmp_path, engine, now) as made:
        yield made


def small_site(port: int = 0) -> Site:
    """A site with three items, at a host of its own, so that it finds its port free again."""
    pages = {"/nieuws/": overview("/nieuws/nul/", "/nieuws/min-een/", "/nieuws/min-twee/")}
    return Site("127.0.0.49", pages, port=port)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def baseline(request, tmp_path_factory, migrated_sqlite):
    """The small site read for the first time: its port, and what makes a copy of the database in a folder."""
    folder, on_sqlite = tmp_path_factory.mktemp("baseline"), request.param == "sqlite"
    path = folder / "radar.db"
    path.write_bytes(migrated_sqlite)
    new = None if on_sqlite else request.getfixturevalue("new_postgresql")
    address = new() if new else f"sqlite:///{path}"
    engine = open_engine(address)
    with crawler(folder, engine, NOW) as radar, small_site().serve() as site:
        follow(radar.folder, site)
        radar.crawl()
        if on_sqlite:
            with engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()

    def copy(to: Path) -> str:
        if new:
            return new(like=address)
        shutil.copy(path, to / "radar.db")
        return f"sqlite:///{to / 'radar.db'}"

    return site.port, copy


@pytest.fixture
def one_site(tmp_path, baseline):
    """A crawler that follows one small site, whose baseline is behind it."""
    port, copy = baseline
    engine = open_engine(copy(tmp_path))
    with crawler(tmp_path, engine, NOW) as radar, small_site(port).serve() as site:
        follow(radar.folder, site)
        yield radar, site
    engine.dispose()


def follow(folder: Path, *sites: Site) -> None:
    """Write the settings so that just these sites are followed."""
    rows = [
        f"  - {{name: site{number}, title: Site {number}, "
        f'endpoints: [{{kind: overview, address: "{site.url("/nieuws/")}"}}]}}'
        for number, site in enumerate(sites)
    ]
    (folder / "sources.yaml").write_text("sources:\n" + "\n".join(rows) + "\n")
    (folder / "radar.yaml").write_text(RADAR)


def follow_sitemap(radar, site) -> None:
    """Read the one site by its sitemap /s.xml instead of its overview page, with the first reading of it behind us."""
    text = (radar.folder / "sources.yaml").read_text()
    (radar.folder / "sources.yaml").write_text(text.replace("overview", "sitemap").replace('/nieuws/"', '/s.xml"'))
    site.pages["/s.xml"] = Page(f"<urlset><url><loc>{site.url('/nieuws/nul/')}</loc></url></urlset>", headers=XML)
    radar.crawl("site0")


def publish(site, *paths):
    """Let a site publish articles and list them first."""
    site.pages |= {path: article(f"Huurders beslissen mee {path}") for path in paths}
    site.pages["/nieuws/"] = overview(*paths, "/nieuws/nul/", "/nieuws/min-een/", "/nieuws/min-twee/")


@dataclass(frozen=True)
class Week:
    """A week in the demo world: the first crawl, one after the publishers went on, and one more."""

    world: World
    first: dict[str, Held]
    first_queue: list[object]
    second: dict[str, Held]
    queue: list[object]
    third: dict[str, Held]
    reports: tuple[RunReport, RunReport, RunReport]
    visits: tuple[int, int, int]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def week(request, tmp_path_factory, migrated_sqlite):
    """One week, told by the tests that follow; once on each database."""
    folder = tmp_path_factory.mktemp("week")
    (folder / "radar.db").write_bytes(migrated_sqlite)
    on_sqlite = request.param == "sqlite"
    address = f"sqlite:///{folder / 'radar.db'}" if on_sqlite else request.getfixturevalue("new_postgresql")()
    engine = open_engine(address)
    with crawler(folder, engine, datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) as radar:
        reports, held, queues, visits = [], [], [], []
        for run in range(3):
            if run == 1:
                publish_more(folder / "world")
            reports.append(radar.crawl(*EVERYONE))
            held.append(radar.held())
            queues.append(reviews.queue(engine, limit=100))
            visits.append(len(radar.world.visits))
        yield Week(radar.world, held[0], queues[0], held[1], queues[1], held[2], tuple(reports), tuple(visits))
    engine.dispose()


def test_the_first_crawl_is_known_and_not_news(week):
    """Everything that the world lists is held after the first crawl, none of it is in the queue."""
    listed = {piece.path for piece in week.world.items(1) if piece.listed}
    assert {address.split("/", 3)[3] for address in week.first} == {path.lstrip("/") for path in listed}
    assert {(one.arrival, one.version) for one in week.first.values()} == {("baseline", 1)}
    assert week.first_queue == []
    assert all(run.baseline for run in week.reports[0].runs)


def test_what_was_there_before_is_judged_when_there_is_time(radar):
    """The first crawl judges nothing; later rounds do, a few at a time, until all has a verdict of these words."""
    radar.crawl("koepel")
    rounds = []
    while not rounds or rounds[-1]:
        rounds.append(learning.judge_again(radar.engine, radar.settings(), radar.now, limit=9))
    assert sum(rounds) == len(radar.held())
    with radar.engine.connect() as connection:
        assert set(connection.scalars(select(judgement.c.words_version))) == {radar.settings().words.version()}


def test_only_the_new_is_taken(week):
    """A week later just the new items come in, each read once, and what clearly matters is flagged with reasons."""
    fresh = {address: one for address, one in week.second.items() if address not in week.first}
    assert sorted(one.title for one in fresh.values()) == sorted(piece.title for piece in week.world.items(2))
    assert all((one.arrival, one.version, one.read) == ("news", 1, True) for one in fresh.values())
    told = {one.id for one in fresh.values() if one.told_as}
    clear = {piece.title for piece in week.world.items(2) if piece.relevant}
    assert clear <= {one.title for one in week.queue}
    assert not told & {one.id for one in week.queue}
    assert all(one.judgement.reasons for one in week.queue)


def test_what_was_known_stays_as_it_was(week):
    """No item of the first crawl is doubled, changed or promoted by the second."""
    assert {address: week.second[address] for address in week.first} == week.first


def test_another_crawl_finds_nothing_new(week):
    """The same world crawled again changes nothing in the store, and asks for no article."""
    assert week.third == week.second
    assert [run.new + run.changed for run in week.reports[2].runs] == [0, 0, 0]
    asked = {visit.address for visit in week.world.visits[week.visits[1] :]}
    pieces = {week.world.address(piece) for stage in (1, 2) for piece in week.world.items(stage)}
    assert asked
    assert not asked & pieces


def test_the_world_was_asked_politely(week):
    """Never two requests of us at once on one host, robots.txt first, and the world knows who asked."""
    assert set(week.world.most_at_once.values()) == {1}
    assert {visit.agent for visit in week.world.visits} == {"Participatieradar/1.0 (+mailto:radar@voorbeeld.nl)"}
    for origin in week.world.origins.values():
        first = next(visit.address for visit in week.world.visits if visit.address.startswith(origin))
        assert first == f"{origin}/robots.txt"


def test_what_did_not_change_is_not_sent_again(week):
    """In the last crawl the listings that can be asked "has it changed?" are answered with 304."""
    again = week.world.visits[week.visits[1] :]
    assert sum(visit.status == 304 for visit in again) >= 2


@pytest.mark.parametrize("order", [("plein31", "huurdersbond"), ("huurdersbond", "plein31")])
def test_the_original_stands_before_its_copy(radar, order):
    """Whichever came in first, the re-post points at the publisher that it names."""
    radar.crawl(*order)
    publish_more(radar.folder.parent / "world")
    for name in order:
        radar.crawl(name)
    copy = next(piece for piece in radar.world.items(2) if piece.told_by)
    pair = [one for one in radar.held().values() if one.title == copy.title or one.told_as]
    original = next(one for one in pair if one.told_as is None and "127.0.0.31" in one.address)
    reposted = next(one for one in pair if "127.0.0.33" in one.address and one.told_as)
    assert reposted.told_as == original.id


def test_what_is_not_due_is_not_asked(radar):
    """A source is asked when it is due, a day later, and not before."""
    radar.crawl()
    asked = len(radar.world.visits)
    assert radar.crawl(now=radar.now + timedelta(hours=20)).runs == ()
    assert len(radar.world.visits) == asked
    assert len(radar.crawl(now=radar.now + timedelta(hours=25)).runs) == 3


def test_an_edited_page_is_a_new_version(one_site):
    """A page that the sitemap says has changed becomes version two of the same item."""
    radar, site = one_site
    sitemap = "<urlset><url><loc>{}</loc><lastmod>{}</lastmod></url></urlset>"
    follow_sitemap(radar, site)
    site.pages["/s.xml"] = Page(sitemap.format(site.url("/nieuws/nieuw/"), "2026-11-24T08:00:00Z"), headers=XML)
    site.pages["/nieuws/nieuw/"] = article("Nieuw bericht")
    radar.crawl("site0")
    site.pages["/s.xml"] = Page(sitemap.format(site.url("/nieuws/nieuw/"), "2026-11-25T08:00:00Z"), headers=XML)
    site.pages["/nieuws/nieuw/"] = article("Nieuw bericht", "Een heel andere tekst over de huurders. " * 10)
    report = radar.crawl("site0")
    one = next(held for held in radar.held().values() if held.address.endswith("/nieuws/nieuw/"))
    assert (one.version, len(radar.versions(one.id)), report.runs[0].changed) == (2, 2, 1)


def test_a_title_and_address_that_were_mended_are_a_new_version(one_site):
    """A title with its address made from it is mended: one item with two versions, and no site that was rebuilt."""
    radar, site = one_site
    wrong, right = "/nieuws/huurders-kiezen-aanemer/", "/nieuws/huurders-kiezen-aannemer/"
    text = "Huurders van de Lindenhof kiezen sinds dit voorjaar zelf wie het onderhoud van hun flat doet. " * 6
    for number, path in enumerate((wrong, right)):
        publish(site, path)
        site.pages |= {wrong: Page(status=404), path: article(path.strip("/").replace("/", " "), text)}
        run = radar.crawl("site0", now=radar.now + timedelta(hours=number)).runs[0]
        assert (run.new, run.changed) == ((1, 0), (0, 1))[number]
    fresh = [one for one in radar.held().values() if one.arrival == "news"]
    assert [(one.version, one.address.endswith(right)) for one in fresh] == [(2, True)]
    assert sources.states(radar.engine)["site0"].reason == "ok"


def test_a_page_that_was_only_touched_is_asked_once(one_site):
    """A sitemap that gives every page a new time of change costs one reading a page, not one in every run."""
    radar, site = one_site
    entries = "<urlset><url><loc>{}</loc><lastmod>{}</lastmod></url></urlset>"
    follow_sitemap(radar, site)
    publish(site, "/nieuws/nieuw/")
    for day in ("2026-11-24", "2026-11-25", "2026-11-25"):
        site.pages["/s.xml"] = Page(entries.format(site.url("/nieuws/nieuw/"), day), headers=XML)
        assert radar.crawl("site0").runs[0].changed == 0
    assert site.paths().count("/nieuws/nieuw/") == 2


def test_one_source_that_cannot_be_taken_in_stops_no_other(radar):
    """A fault of our own in one source is told as such; the others are saved, and it is tried again."""
    luck = iter([None, *[0.5] * 9])

    def draw() -> float:
        drawn = next(luck)
        if drawn is None:
            raise ZeroDivisionError("a fault of our own")
        return drawn

    report = run_due(Intake(radar.engine, radar.settings(), lambda: radar.now, luck=draw))
    assert sorted(run.reason for run in report.runs) == ["crawler_crashed", "ok", "ok"]
    broken = next(run.source for run in report.runs if run.reason != "ok")
    assert radar.notices() == [f"source:{broken}"]
    assert sources.states(radar.engine)[broken].baseline_at is None
    assert radar.crawl(broken).runs[0].baseline
    assert sources.states(radar.engine)[broken].reason == "ok"


def test_what_is_complete_is_stored_while_another_site_is_waited_for(radar):
    """A site that does not answer before the source of another one is stored keeps that source from nothing."""
    slow, quick = (Site(host=f"127.0.0.{number}") for number in (54, 55))
    stored = []

    def answer():
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline and not slow.closing.wait(0.02):
            if sources.states(radar.engine)["site1"].checked_at:
                stored.append("site1")
                break
        return overview(*NEWS)

    with slow.serve(), quick.serve():
        follow(radar.folder, slow, quick)
        slow.pages["/nieuws/"] = answer
        publish(quick, *NEWS)
        assert [run.reason for run in radar.crawl().runs] == ["ok", "ok"]
    assert stored == ["site1"]


def test_a_page_that_failed_is_read_later(one_site):
    """An article that could not be read is known at once and read in the next run, as its first version."""
    radar, site = one_site
    publish(site, *NEWS)
    site.pages[NEWS[0]] = Page(status=503)
    radar.crawl("site0")
    held = next(one for one in radar.held().values() if one.address.endswith(NEWS[0]))
    assert not held.read
    publish(site, *NEWS)
    radar.crawl("site0", now=radar.now + timedelta(hours=2))
    held = next(one for one in radar.held().values() if one.address.endswith(NEWS[0]))
    assert (held.read, held.version, len(radar.versions(held.id))) == (True, 1, 1)


def test_a_rebuilt_site_is_known_again_by_its_sitemap_alone(one_site):
    """Old pages under new addresses, which a sitemap lists without a title, are known by the words of their address."""
    radar, site = one_site
    settings, names = radar.folder / "sources.yaml", [f"huurders-beslissen-mee-in-flat-{number}" for number in range(4)]
    settings.write_text(settings.read_text().replace("overview", "sitemap").replace('/nieuws/"', '/s.xml"'))
    arrived = []
    for paths in (
        [f"/nieuws/{name}/" for name in names],
        [f"/n/{name}/" for name in (*names[:2], *(f"{name}-812" for name in names[2:]), "echt-nieuw")],
    ):
        rows = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
        site.pages |= {path: article(path.split("/")[-2].replace("-", " ")) for path in paths}
        site.pages["/s.xml"] = Page(f"<urlset>{rows}</urlset>", headers=XML)
        radar.crawl("site0")
        arrived.append(sorted(one.arrival for one in radar.held().values())[3:])
    assert arrived == [["baseline"] * 4, ["baseline"] * 4 + ["news"]]
    assert sources.states(radar.engine)["site0"].reason == "site_changed"


def test_an_old_page_that_could_not_be_read_at_once_is_no_news(one_site):
    """A sitemap gives no dates: what its page dates long ago leaves the news when it is read at last; today's stays."""
    radar, site = one_site
    follow_sitemap(radar, site)
    (radar.folder / "radar.yaml").write_text(RADAR.replace("pages_per_run: 40", "pages_per_run: 1"))
    days = {f"/nieuws/n{number}/": f"24 {month} 2026" for number, month in enumerate(("november", "mei", "mei"))}
    rows = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in ("/nieuws/nul/", *days))
    site.pages |= {path: article(f"Huurders beslissen mee {path}", day=day) for path, day in days.items()}
    site.pages["/s.xml"] = Page(f"<urlset>{rows}</urlset>", headers=XML)
    waits = []
    for _ in days:
        radar.crawl("site0")
        with radar.engine.connect() as connection:
            waits.append(connection.scalar(select(func.count()).select_from(waiting)))
    assert waits == [3, 2, 1]
    arrivals = [one.arrival for one in radar.held().values() if one.address.split("/")[-2] in ("n0", "n1", "n2")]
    assert sorted(arrivals) == ["archive", "archive", "news"]


def test_too_many_pages_are_spread_over_runs(one_site):
    """With room for two pages a run, five new items are all known at once, and all read after three runs."""
    radar, site = one_site
    publish(site, *(f"/nieuws/n{number}/" for number in range(5)))
    (radar.folder / "radar.yaml").write_text(RADAR.replace("pages_per_run: 40", "pages_per_run: 2"))
    read = []
    for _ in range(3):
        radar.crawl("site0")
        fresh = [one for one in radar.held().values() if one.arrival == "news"]
        read.append((len(fresh), sum(one.read for one in fresh)))
    assert read == [(5, 2), (5, 4), (5, 5)]


def test_a_failing_source_is_told_once_and_so_is_its_recovery(one_site):
    """A source that yields nothing puts up one notice and is tried again within the hour; its recovery stands a day."""
    radar, site = one_site
    site.pages["/nieuws/"] = Page(status=500)
    radar.crawl("site0")
    state = sources.states(radar.engine)["site0"]
    assert (state.reason, state.failures, radar.notices()) == ("http_error", 1, ["source:site0"])
    assert state.due_at <= radar.now + timedelta(hours=1)
    publish(site, *NEWS)
    report = radar.crawl("site0")
    assert report.runs[0].new == 3
    (told,) = notices.current(radar.engine)
    assert told.text == "Site 0 doet het weer."
    radar.crawl("site0", now=radar.now + timedelta(days=2))
    assert radar.notices() == []


def test_a_site_that_asks_for_rest_is_left_alone_by_all_its_sources(one_site):
    """After a 429 at one source its neighbours wait as long, due now or later, and stay as well as they were."""
    radar, site = one_site
    row = '  - {name: NAME, title: Buur, endpoints: [{kind: overview, address: "URL"}]}\n'
    rows = [row.replace("NAME", name).replace("URL", site.url(f"/{name}/")) for name in ("buur", "later")]
    with (radar.folder / "sources.yaml").open("a") as settings:
        settings.write("".join(rows))
    site.pages |= {f"/{name}/": overview(f"/{name}/een/", f"/{name}/twee/") for name in ("buur", "later")}
    radar.crawl("buur", "later")
    before = sources.states(radar.engine)
    site.pages["/nieuws/"] = Page(status=429, headers={"Retry-After": str(3 * 24 * 3600)})
    asked = len(site.paths())
    runs = {run.source: run for run in radar.crawl("site0", "buur").runs}
    assert (runs["buur"].reason, runs["buur"].requests) == ("site_rests", 0)
    assert site.paths()[asked:] == ["/nieuws/"]
    after, until = sources.states(radar.engine), radar.now + timedelta(days=3)
    assert after["site0"].reason == "http_error"
    for name in ("buur", "later"):
        same = replace(before[name], due_at=after[name].due_at, rests_until=after[name].rests_until)
        assert after[name] == same
        assert abs(after[name].rests_until - until) < timedelta(minutes=1)
        assert after[name].due_at >= after[name].rests_until
    assert radar.notices() == ["source:site0"]
    told = " ".join(radar.run("sources", "log", "buur").stdout.split())
    assert "niets gevraagd" in told
    assert "as it told at the visit to site0" in told


def test_by_hand_a_site_that_rests_is_not_asked_either(one_site):
    """Whoever wants it read now reads until when the site wants to be left alone, and the site hears nothing."""
    radar, site = one_site
    site.pages["/nieuws/"] = Page(status=503, headers={"Retry-After": str(2 * 24 * 3600)})
    now = datetime.now(UTC)  # commands go by the real clock
    radar.crawl("site0", now=now)
    asked = len(site.asked)
    until = sources.states(radar.engine)["site0"].rests_until.astimezone(radar.settings().radar.digest.zone_info)
    wish = f"wil met rust gelaten worden tot {until:%d-%m %H:%M}. De radar vraagt er nu niets."
    for words in (("crawl", "--now"), ("crawl", "--source", "site0"), ("crawl", "--now", "--source", "site0")):
        told = radar.run(*words)
        assert wish in told.stdout
        assert told.returncode == 1
    assert "aan de beurt" not in radar.run("sources", "due", "site0").stdout
    assert radar.crawl("site0", now=now).runs == ()
    assert len(site.asked) == asked
    (run,) = radar.crawl("site0", now=now + timedelta(days=2, hours=1)).runs
    assert run.requests > 0


def test_a_day_that_a_template_puts_on_every_page_hides_no_news(one_site):
    """Three pages that all declare one day of 2019 are news, of the day that each shows itself."""
    radar, site = one_site
    made = '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2019-03-01"}</script>'
    days = ("20 november 2026", "21 november 2026", "22 november 2026")
    site.pages["/nieuws/"] = overview(*NEWS, "/nieuws/nul/", "/nieuws/min-een/", "/nieuws/min-twee/")
    site.pages |= {path: article(f"Besluit {path}", day=day, head=made) for path, day in zip(NEWS, days, strict=True)}
    radar.crawl("site0")
    with radar.engine.connect() as connection:
        wanted = select(item.c.published, item.c.arrival).where(item.c.title.like("Besluit%"))
        found = sorted(tuple(row) for row in connection.execute(wanted))
    assert found == [(date(2026, 11, day), "news") for day in (20, 21, 22)]


def test_pages_that_come_one_by_one_show_that_their_day_is_the_template_s(one_site):
    """Of pages that all give one day of 2019 the third is news: what the two before it gave is remembered."""
    radar, site = one_site
    made = '<meta property="article:published_time" content="2019-03-01">'
    for number, path in enumerate(NEWS, 1):
        site.pages[path] = article(f"Besluit {path}", day="", head=made)
        site.pages["/nieuws/"] = overview(*NEWS[:number], "/nieuws/nul/", "/nieuws/min-een/", "/nieuws/min-twee/")
        radar.crawl("site0")
    held = radar.held()
    arrivals = [one.arrival for path in NEWS for one in held.values() if one.address.endswith(path)]
    assert arrivals == ["archive", "archive", "news"]


TO_COME = {
    "/agenda/dag-een/": "2 maart 2027",
    "/agenda/dag-twee/": "6 april 2027",
    "/agenda/dag-drie/": "25 november 2026",
}


def agenda(site, days):
    """Let a site list meetings with the days on which they are, on pages that say no day."""
    rows = "".join(
        f"<article><h2><a href='{path}'>Huurders komen bijeen {path}</a></h2><p>{day}</p></article>"
        for path, day in days.items()
    )
    site.pages["/nieuws/"] = Page(f"<main>{rows}</main>")
    site.pages |= {
        path: article(f"Huurders komen bijeen {path}", text=f"{day} gaat het over de wijk. " * 20, day="")
        for path, day in days.items()
    }


def test_an_item_of_a_day_to_come_is_news_once(one_site):
    """What is dated next year or tomorrow is news when it is first seen, and neither later nor retitled once more."""
    radar, site = one_site
    agenda(site, TO_COME)
    radar.crawl("site0")
    with radar.engine.connect() as connection:
        wanted = select(item.c.arrival, item.c.published).where(item.c.title.like("%komen bijeen%"))
        found = sorted(tuple(row) for row in connection.execute(wanted))
    assert found == [("news", day) for day in (date(2026, 11, 25), date(2027, 3, 2), date(2027, 4, 6))]
    later = {
        path.replace("dag-een", "eerste-dag").replace("dag-drie", "derde-dag"): day for path, day in TO_COME.items()
    }
    held = radar.held()
    for days, listed in ((1, TO_COME), (3, later), (120, later)):
        agenda(site, listed)
        (run,) = radar.crawl("site0", now=radar.now + timedelta(days=days)).runs
        assert run.new == 0, days
    assert len(radar.held()) == len(held)


def test_a_rebuilt_page_is_told_as_such(one_site):
    """A page that used to list items and now has none is "site changed", with words on what to do."""
    radar, site = one_site
    site.pages["/nieuws/"] = Page("<html><body><p>Welkom op onze nieuwe site.</p></body></html>")
    radar.crawl("site0")
    assert sources.states(radar.engine)["site0"].reason == "site_changed"
    assert "De site is vernieuwd" in notices.current(radar.engine)[0].text
    asked = " ".join(radar.run("sources", "log", "site0").stdout.split())
    assert "404 die zijn er niet" in asked
    assert "200 goed" in asked
    told = radar.run("doctor").stdout
    assert "radar source repair site0" in told
    assert told.count("De site is vernieuwd") == 1


def test_a_listing_that_does_not_connect_is_a_gap_until_it_does(one_site):
    """Nothing on the page is known: a gap. When the page reaches back over it, the gap closes."""
    radar, site = one_site
    site.pages |= {path: article(f"Huurders beslissen mee {path}") for path in NEWS}
    site.pages["/nieuws/"] = overview(*NEWS)
    assert radar.crawl("site0").runs[0].new == 3
    (gap,) = gaps.open_gaps(radar.engine)
    assert (gap.source, gap.since) == ("site0", radar.now)
    publish(site, *NEWS)
    radar.crawl("site0", now=radar.now + timedelta(days=1))
    assert gaps.open_gaps(radar.engine) == []


def test_an_endpoint_that_takes_over_announces_no_archive(one_site):
    """A second address, read for the first time, brings only what is dated after our first crawl as news."""
    radar, site = one_site
    text = (radar.folder / "sources.yaml").read_text()
    sitemap = f'{{kind: sitemap, address: "{site.url("/s.xml")}"}}'
    (radar.folder / "sources.yaml").write_text(text.replace("}]}", f"}}, {sitemap}]}}"))
    old = [f"/archief/{number}/" for number in range(5)]
    rows = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in ("/nieuws/nul/", *old))
    site.pages["/s.xml"] = Page(f"<urlset>{rows}</urlset>", headers=XML)
    site.pages["/nieuws/"] = Page(status=500)
    report = radar.crawl("site0")
    assert (report.runs[0].reason, report.runs[0].new) == ("ok", 5)
    assert {one.arrival for one in radar.held().values()} == {"baseline"}
    assert not [path for path in site.paths() if path in old]


def test_a_second_address_catches_up_what_the_first_left_out(one_site):
    """Once a week all addresses are read side by side; what only the sitemap lists comes in and is counted."""
    radar, site = one_site
    text = (radar.folder / "sources.yaml").read_text()
    sitemap = f'{{kind: sitemap, address: "{site.url("/s.xml")}"}}'
    (radar.folder / "sources.yaml").write_text(text.replace("}]}", f"}}, {sitemap}]}}"))
    rows = f"<url><loc>{site.url('/nieuws/nul/')}</loc></url>"
    site.pages["/s.xml"] = Page(f"<urlset>{rows}</urlset>", headers=XML)
    radar.crawl("site0")
    rows += f"<url><loc>{site.url('/nieuws/vergeten/')}</loc></url>"
    site.pages |= {
        "/s.xml": Page(f"<urlset>{rows}</urlset>", headers=XML),
        "/nieuws/vergeten/": article("Huurders vergeten"),
    }
    assert radar.crawl("site0", now=radar.now + timedelta(days=1)).runs[0].caught_up == 0
    run = radar.crawl("site0", now=radar.now + timedelta(days=8)).runs[0]

    assert (run.new, run.caught_up) == (1, 1)
    week = sources.week(radar.engine, radar.now + timedelta(hours=1))["site0"]
    assert statement(week, waiting=0, gaps=0) == Statement(seen=1, published=1, caught_up=1, open=0)


def test_no_internet_is_our_own_outage(radar):
    """When no site at all can be reached nobody is blamed, one notice is up, and it ends with the first answer."""
    away = [Site(host=f"127.0.0.{number}") for number in (51, 52)]
    with away[0].serve(), away[1].serve():
        follow(radar.folder, *away)
    report = radar.crawl()
    states = sources.states(radar.engine)
    assert report.offline
    assert radar.notices() == [OFFLINE]
    assert {state.failures for state in states.values()} == {0}
    assert all(state.due_at <= radar.now + timedelta(minutes=10) for name, state in states.items() if name != "x")
    for site in away:
        publish(site, *NEWS)
    with away[0].serve(), away[1].serve():
        radar.crawl(now=radar.now + timedelta(minutes=11))
    assert radar.notices() == []


def test_sources_on_one_dead_site_are_not_our_outage(radar):
    """Two sources whose one site is gone fail themselves, also when nothing else is due with them."""
    with Site(host="127.0.0.51").serve() as gone:
        follow(radar.folder, gone, gone)
    assert not radar.crawl().offline
    assert radar.notices() == ["source:site0", "source:site1"]


def test_two_sites_that_died_are_blamed_once_others_answer(radar):
    """While nothing else is due two dead sites look like an outage of ours; after another source answered they fail."""
    dead = [Site(host=f"127.0.0.{number}") for number in (51, 52)]
    with dead[0].serve(), dead[1].serve(), Site(host="127.0.0.53").serve() as well:
        follow(radar.folder, *dead, well)
        publish(well, *NEWS)
        radar.crawl("site2")
    moments = [(("site0", "site1"), 1), (("site2",), 20), (("site0", "site1"), 30)]
    with well.serve():
        offline = [radar.crawl(*names, now=radar.now + timedelta(minutes=late)).offline for names, late in moments]
    assert offline == [True, False, False]
    assert radar.notices() == ["source:site0", "source:site1"]
