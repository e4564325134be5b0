"""The crawling process on a real site on loopback: manners, reasons, and what it hands over."""

from __future__ import annotations

import itertools
from collections import defaultdict

import pytest
from fakes_site import Page, Site, article, feed, job, overview, source

from crawlers.address import key
from crawlers.crawl import crawl
from crawlers.publication import EndpointReport, Publication, Reason, SourceFinished
from crawlers.source import CrawlOrder, Kind, Validators

NEWS = ("/nieuws/een/", "/nieuws/twee/", "/nieuws/drie/", "/nieuws/vier/")


@pytest.fixture
def site():
    """A site with an overview of four articles."""
    pages = {"/nieuws/": overview(*NEWS)} | {path: article(f"Titel {path}") for path in NEWS}
    with Site(pages=pages).serve() as served:
        yield served


def run(*orders, **fields):
    """The events of a job by source: publications, endpoint reports and the end."""
    told = defaultdict(lambda: ([], [], []))
    for event in crawl(job(*orders, **fields)):
        kinds = (Publication, EndpointReport, SourceFinished)
        told[event.source][next(n for n, kind in enumerate(kinds) if isinstance(event, kind))].append(event)
    return told


def only(told, name="bond"):
    publications, reports, (end,) = told[name]
    return publications, reports, end


def test_every_listed_item_is_read(site):
    """Four listed articles are four publications with title, text and date of their own pages."""
    publications, reports, end = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert sorted(one.title for one in publications) == sorted(f"Titel {path}" for path in NEWS)
    assert all(one.read and "Huurders beslissen mee" in one.text for one in publications)
    assert {one.published.day.isoformat() for one in publications} == {"2026-11-24"}
    assert (end.reason, reports[0].listed) == (Reason.OK, 4)


def test_we_say_who_we_are_and_ask_one_thing_at_a_time(site):
    """The user agent names us with a contact address, requests to a host never overlap and keep the pause."""
    run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/"))), pause=0.2)
    assert {one.headers["user-agent"] for one in site.asked} == {"Participatieradar/1.0 (+mailto:radar@voorbeeld.nl)"}
    asked = sorted(site.asked, key=lambda one: one.at)
    assert asked[0].path == "/robots.txt"
    gaps = [later.at - sooner.until for sooner, later in itertools.pairwise(asked)]
    assert min(gaps) > 0.05, "Scrapy varies the pause by half"


def test_a_baseline_lists_without_reading(site):
    """A first crawl asks the overview only; its items are handed over unread."""
    publications, _, _ = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")), baseline=True)))
    assert len(publications) == 4
    assert not any(one.read for one in publications)
    assert site.paths() == ["/nieuws/"]


def test_known_items_are_not_asked_again(site):
    """Of four listed items, three known, one page is asked."""
    known = {key(site.url(path)): "" for path in NEWS[:3]}
    publications, _, _ = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")), known=known)))
    assert [one.address for one in publications] == [site.url(NEWS[3])]


def test_robots_txt_is_obeyed():
    """What robots.txt disallows is not asked, and the reason is told."""
    pages = {"/robots.txt": Page("User-agent: *\nDisallow: /"), "/nieuws/": overview(*NEWS)}
    with Site(pages=pages).serve() as site:
        _, _, end = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is Reason.ROBOTS_DENIED
    assert site.paths() == []


def test_an_unreadable_robots_txt_means_not_today():
    """A robots.txt that answers 500 is no permission."""
    pages = {"/robots.txt": Page(status=500), "/nieuws/": overview(*NEWS)}
    with Site(pages=pages).serve() as site:
        _, _, end = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is Reason.ROBOTS_UNREADABLE
    assert site.paths() == []


def test_the_next_endpoint_helps_out(site):
    """A feed that answers with a page is told as such, and the overview behind it is used."""
    site.pages["/feed/"] = Page("<!doctype html><html><body><p>Welkom</p></body></html>")
    endpoints = ((Kind.FEED, "/feed/"), (Kind.OVERVIEW, "/nieuws/"), (Kind.SITEMAP, "/never.xml"))
    publications, reports, end = only(run(CrawlOrder(source=source(site, *endpoints))))
    assert [report.reason for report in reports] == [Reason.NOT_A_FEED, Reason.OK]
    assert (len(publications), end.reason) == (4, Reason.OK)
    assert "/feed/" in end.detail


def test_has_it_changed_is_asked_with_what_the_server_gave(site):
    """The second request carries ETag and Last-Modified, and a 304 is no failure."""
    dated = {"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 07:00:00 GMT"}
    site.pages["/feed/"] = Page(feed(site, *NEWS), headers={"Content-Type": "application/rss+xml"} | dated)
    order = CrawlOrder(source=source(site, (Kind.FEED, "/feed/")), baseline=True)
    _, (report,), _ = only(run(order))
    assert report.validators == Validators(etag=dated["ETag"], last_modified=dated["Last-Modified"])
    site.pages["/feed/"] = Page(status=304)
    _, (report,), end = only(run(order.model_copy(update={"validators": {site.url("/feed/"): report.validators}})))
    assert (report.reason, end.reason) == (Reason.UNCHANGED, Reason.UNCHANGED)
    sent = site.asked[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"v1"', dated["Last-Modified"])


def test_pages_are_turned_until_nothing_is_new(site):
    """Paging goes on while a page brings something unknown and stops at the first fully known one."""
    site.pages["/nieuws/"] = overview(*NEWS, more="/nieuws/?page=2")
    older = [f"/nieuws/oud-{number}/" for number in range(4)]
    site.pages["/nieuws/?page=2"] = overview(*older, more="/nieuws/?page=3")
    site.pages["/nieuws/?page=3"] = overview("/nieuws/oudst-1/", "/nieuws/oudst-2/", "/nieuws/oudst-3/")
    known = {key(site.url(path)): "" for path in older}
    run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")), known=known, baseline=True))
    assert site.paths() == ["/nieuws/", "/nieuws/?page=2"]


def test_a_sitemap_index_leads_to_its_children(site):
    """Child sitemaps are read, and the filter of the source says which addresses are publications."""
    urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in (*NEWS, "/contact/"))
    xml = {"Content-Type": "application/xml"}
    site.pages["/sitemap.xml"] = Page(
        f"<sitemapindex><sitemap><loc>{site.url('/posts.xml')}</loc></sitemap></sitemapindex>", headers=xml
    )
    site.pages["/posts.xml"] = Page(f"<urlset>{urls}</urlset>", headers=xml)
    wanted = source(site, (Kind.SITEMAP, "/sitemap.xml"), articles="/nieuws/[^/]+/$")
    publications, (report,), _ = only(run(CrawlOrder(source=wanted, baseline=True)))
    assert sorted(one.address for one in publications) == sorted(site.url(path) for path in NEWS)
    assert report.listed == 4


def test_a_page_that_fails_is_handed_over_unread(site):
    """A listed article that answers 503 is kept with the reason, so that nobody loses it."""
    site.pages[NEWS[0]] = Page(status=503)
    publications, _, end = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))))
    failed = next(one for one in publications if one.address == site.url(NEWS[0]))
    assert not failed.read
    assert "503" in failed.failure
    assert (len(publications), end.reason) == (4, Reason.OK)


def test_what_is_too_much_for_one_run_is_left_over(site):
    """With room for one page, three items are handed over unread and counted."""
    order = CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))
    publications, _, end = only(run(order, pages_per_run=1))
    assert sorted(one.read for one in publications) == [False, False, False, True]
    assert end.left_over == 3


def test_items_of_other_sites_are_listed_but_not_asked(site):
    """A link to another host is handed over with its title; that host is not asked."""
    site.pages["/nieuws/"] = overview(*NEWS, "http://127.0.0.99:1/elders/")
    publications, _, _ = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))))
    elsewhere = next(one for one in publications if "127.0.0.99" in one.address)
    assert (elsewhere.read, elsewhere.failure) == (False, Reason.OFF_SITE.value)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Page(status=403), Reason.HTTP_ERROR),
        (Page("<html><body><p>Leeg</p></body></html>"), Reason.EMPTY),
        (Page(status=302, headers={"Location": "/404/"}), Reason.HTTP_ERROR),
        (Page(status=302, headers={"Location": "/nieuws/"}), Reason.HTTP_ERROR),
        (Page(status=302, headers={"Location": "http://10.0.0.1/"}), Reason.ADDRESS_REFUSED),
        (Page(b"x" * 100, headers={"Content-Length": str(30 * 2**20)}), Reason.TOO_LARGE),
    ],
)
def test_each_failure_has_its_reason(answer, reason):
    """Errors, empty pages, redirect rings, redirects to a private host and huge bodies each have their code."""
    with Site(pages={"/nieuws/": answer}).serve() as site:
        _, _, end = only(run(CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is reason


def test_without_the_switch_this_machine_is_not_asked(site):
    """Loopback is refused by address and by name unless the switch for tests and demo is on."""
    site.pages["/robots.txt"] = Page("")
    by_name = source(site, (Kind.OVERVIEW, "/nieuws/"), name="named")
    address = f"http://localhost:{site.port}/nieuws/"
    by_name = by_name.model_copy(update={"endpoints": (by_name.endpoints[0].model_copy(update={"address": address}),)})
    told = run(
        CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/"))), CrawlOrder(source=by_name), allow_loopback=False
    )
    assert only(told)[2].reason is Reason.ADDRESS_REFUSED
    assert only(told, "named")[2].reason is not Reason.OK
    assert site.asked == []


def test_one_dead_source_does_not_hold_up_another(site):
    """A refused connection is that source's own reason; the other source is complete."""
    dead = source(Site(host="127.0.0.42", port=1), (Kind.OVERVIEW, "/"), name="dead")
    told = run(CrawlOrder(source=dead), CrawlOrder(source=source(site, (Kind.OVERVIEW, "/nieuws/"))))
    assert only(told, "dead")[2].reason is Reason.REFUSED
    assert len(only(told)[0]) == 4
