"""How the crawling process leaves a site alone when that is what the site wants, on real sites on loopback."""

from __future__ import annotations

import gzip
import subprocess
import sys

import pytest
from fakes_site import Page, Site, article, job, overview, source

from crawlers.crawl import crawl
from crawlers.findings import Findings
from crawlers.probing import ProbeJob, probe
from crawlers.publication import EndpointReport, Reason, SourceFinished
from crawlers.source import CrawlOrder, Kind, Memory

NEWS = ("/nieuws/een/", "/nieuws/twee/", "/nieuws/drie/")
WELL = {"/nieuws/": overview(*NEWS)} | {path: article(f"Titel {path}") for path in NEWS}
A_DAY = 86_400.0
HANGS = """
from datetime import date
from crawlers.fetch import Fetching
from crawlers.one_job import run
from crawlers.source import CrawlJob

class Hangs(Fetching):
    name = "hangs"
    def __init__(self, wanted, emit, **more):
        super().__init__(**more)
    async def work(self):
        while True:
            pass

job = CrawlJob(orders=(), agent="x", today=date(2026, 11, 24))
run(Hangs, job, job, longest=0.5, grace=0.5)
"""


def run(*sites, kind=Kind.OVERVIEW, path="/nieuws/", **fields):
    """The end and the endpoint reports of a source on each of these sites, which has been read before."""
    sources = [source(site, (kind, path), name=site.host) for site in sites]
    orders = [CrawlOrder(source=one, memories={one.endpoints[0].address: Memory(yielded=True)}) for one in sources]
    told = [*crawl(job(*orders, **fields))]
    ends = {one.source: one for one in told if isinstance(one, SourceFinished)}
    return ends, [one for one in told if isinstance(one, EndpointReport)]


def test_a_site_that_wants_a_pause_of_a_day_holds_up_nobody():
    """Of a site with a Crawl-delay of a day one address is asked, and then it rests; other sites are read as ever."""
    slow, quick = Site(host="127.0.0.51"), Site(host="127.0.0.52", pages=WELL)
    slow.pages = WELL | {"/robots.txt": Page("User-agent: *\nCrawl-delay: 86400")}
    with slow.serve(), quick.serve():
        ends, _ = run(slow, quick, longest=30.0)
    assert (ends[slow.host].reason, ends[slow.host].rest, ends[slow.host].left_over) == (Reason.OK, A_DAY, 3)
    assert slow.paths() == ["/nieuws/"]
    assert sorted(quick.paths()) == sorted(WELL)


@pytest.mark.parametrize("status", [429, 503])
def test_a_robots_txt_that_asks_for_rest_gets_it(status):
    """Retry-After counts at robots.txt as it does at any page; nothing else of the site is asked."""
    busy = Site(pages=WELL | {"/robots.txt": Page(status=status, headers={"Retry-After": "86400"})})
    with busy.serve():
        ends, _ = run(busy)
    assert (ends[busy.host].reason, ends[busy.host].rest) == (Reason.ROBOTS_UNREADABLE, A_DAY)
    assert busy.paths() == []


def test_all_sources_on_a_site_that_asks_for_rest_leave_it_alone():
    """A second source of a busy server is not asked, though it began at the same time, and that is told of it."""
    busy = Site(pages=WELL | {"/nieuws/": Page(status=429, headers={"Retry-After": "7200"})})
    with busy.serve():
        sources = [source(busy, (Kind.OVERVIEW, path), name=path.strip("/")) for path in ("/nieuws/", "/b/", "/c/")]
        told = [*crawl(job(*(CrawlOrder(source=one) for one in sources)))]
    ends = {one.source: one for one in told if isinstance(one, SourceFinished)}
    assert [ends[name].reason for name in ("nieuws", "b", "c")] == [Reason.HTTP_ERROR, *[Reason.SITE_RESTS] * 2]
    assert [ends[name].rest > 7100 for name in ("nieuws", "b", "c")] == [True] * 3
    assert "as it told at the visit to nieuws" in ends["b"].detail
    assert busy.paths() == ["/nieuws/"]


def test_pages_wait_when_the_site_tells_another_source_to_rest():
    """A source that has its list when the site asks for rest keeps it, and reads its pages another time."""
    site = Site(pages=WELL | {"/druk/": Page(status=503, headers={"Retry-After": "7200"})})
    with site.serve():
        sources = [source(site, (Kind.OVERVIEW, path), name=path.strip("/")) for path in ("/nieuws/", "/druk/")]
        memory = {one.endpoints[0].address: Memory(yielded=True) for one in sources}
        told = [*crawl(job(*(CrawlOrder(source=one, memories=memory) for one in sources)))]
    (end,) = [one for one in told if isinstance(one, SourceFinished) and one.source == "nieuws"]
    assert (end.reason, end.left_over) == (Reason.OK, 3)
    assert sorted(site.paths()) == ["/druk/", "/nieuws/"]


def test_after_too_many_requests_the_rest_of_an_index_waits():
    """When one child sitemap answers 429 the others are not asked, and what was read is told as incomplete."""
    site = Site()
    children = [f"/deel-{number}.xml.gz" for number in range(4)]
    with site.serve():
        locations = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in children)
        listed = f"<urlset><url><loc>{site.url(NEWS[0])}</loc></url></urlset>"
        site.pages = {
            "/s.xml": Page(f"<sitemapindex>{locations}</sitemapindex>"),
            children[0]: Page(gzip.compress(listed.encode())),
            children[1]: Page(status=429, headers={"Retry-After": "7200"}),
        }
        ends, reports = run(site, kind=Kind.SITEMAP, path="/s.xml")
    assert site.paths() == ["/s.xml", *children[:2]]
    assert (ends[site.host].rest, reports[0].listed) == (7200.0, 1)
    assert "left alone" in reports[0].detail


def test_each_try_and_each_hop_is_in_the_log():
    """As many requests are told as the site was asked: a list that failed once, and a page that had moved twice."""
    tries = iter([Page(status=502), overview(*NEWS)])
    moved = {NEWS[0]: Page(status=302, headers={"Location": "/b"}), "/b": Page(status=301, headers={"Location": "/c"})}
    site = Site(pages=WELL | moved | {"/nieuws/": lambda: next(tries), "/c": article("Een")})
    with site.serve():
        ends, _ = run(site)
    told = [(one.why, one.status, one.answer.split(";")[0]) for one in ends[site.host].asked]
    assert told[:6] == [
        ("robots", 404, "none"),
        ("listing", 502, "asked again"),
        ("listing", 200, "ok"),
        ("page", 302, "leads on"),
        ("page", 301, "leads on"),
        ("page", 200, "ok"),
    ]
    assert ends[site.host].requests == len(told) == len(site.asked)


def test_a_look_around_holds_no_more_memory_than_it_may():
    """A page for which the process may not hold enough ends the look, and the machine lives on."""
    with Site(pages={"/": Page("<p>" * (6 * 2**20))}).serve() as site:
        *_, found = probe(ProbeJob(address=site.url("/"), manners=job(memory=120)))
    assert isinstance(found, Findings)
    assert (found.trouble, found.candidates) == (Reason.CRASHED.value, ())


def test_a_small_job_that_hangs_is_ended():
    """A process that looks around and hangs in what it reads is gone soon after its time."""
    assert subprocess.run([sys.executable, "-c", HANGS], timeout=60, check=False).returncode == 1
