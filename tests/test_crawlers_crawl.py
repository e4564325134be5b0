"""The crawling process on a real site on loopback: manners, reasons, and what it hands over."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import pytest
from fakes_crawl import child_of_ours, listening
from fakes_site import Page, Site, Trick, article, feed, job, overview, source

from crawlers.address import key
from crawlers.crawl import crawl
from crawlers.publication import EndpointReport, Publication, Reason, RobotsRead, SourceFinished, from_line
from crawlers.source import CrawlOrder, Kind, Memory, RobotsFile

NEWS = ("/nieuws/een/", "/nieuws/twee/", "/nieuws/drie/", "/nieuws/vier/")


@pytest.fixture
def site():
    """A site with an overview of four articles."""
    pages = {"/nieuws/": overview(*NEWS)} | {path: article(f"Titel {path}") for path in NEWS}
    with Site(pages=pages).serve() as served:
        yield served


def run(*orders, known=(), **fields):
    """The events of a job by source: publications, endpoint reports and the end; `known` are keys listed before."""
    told = defaultdict(lambda: ([], [], []))
    for event in crawl(job(*orders, **fields), lambda source, keys: dict.fromkeys(set(keys) & set(known), "")):
        if isinstance(event, RobotsRead):
            continue
        kinds = (Publication, EndpointReport, SourceFinished)
        told[event.source][next(n for n, kind in enumerate(kinds) if isinstance(event, kind))].append(event)
    return told


def order(wanted, **fields):
    """An order for a source whose endpoints have been read before."""
    memories = {endpoint.address: Memory(yielded=True) for endpoint in wanted.endpoints}
    return CrawlOrder(source=wanted, **{"memories": memories} | fields)


def only(told, name="bond"):
    publications, reports, (end,) = told[name]
    return publications, reports, end


def test_every_listed_item_is_read(site):
    """Four listed articles are four publications with title, text and date of their own pages."""
    publications, reports, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert sorted(one.title for one in publications) == sorted(f"Titel {path}" for path in NEWS)
    assert all(one.read and "Huurders beslissen mee" in one.text for one in publications)
    assert {one.published.day.isoformat() for one in publications} == {"2026-11-24"}
    assert (end.reason, reports[0].listed) == (Reason.OK, 4)


def test_we_say_who_we_are_and_ask_one_thing_at_a_time(site):
    """The user agent names us with a contact address, requests to a host never overlap and keep the pause.

    The server may notice a request late and the next one in time, so one gap may be shorter by that; together they may
    not.
    """
    known = {key(site.url(path)) for path in NEWS[:2]}
    run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), pause=0.5, known=known)
    assert {one.headers["user-agent"] for one in site.asked} == {"Participatieradar/1.0 (+mailto:radar@voorbeeld.nl)"}
    asked = sorted(site.asked, key=lambda one: one.at)
    assert asked[0].path == "/robots.txt"
    assert all(later.at > sooner.until for sooner, later in itertools.pairwise(asked))
    gaps = [later.at - sooner.at for sooner, later in itertools.pairwise(asked)]
    assert len(gaps) == 3
    assert min(gaps) > 0.25
    assert sum(gaps) > 1.25


def test_a_baseline_lists_without_reading(site):
    """A first crawl asks the overview only; its items are handed over unread."""
    publications, _, _ = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")), baseline=True)))
    assert len(publications) == 4
    assert not any(one.read for one in publications)
    assert site.paths() == ["/nieuws/"]


def test_known_items_are_not_asked_again(site):
    """Of four listed items, three known, one page is asked."""
    known = {key(site.url(path)) for path in NEWS[:3]}
    publications, _, _ = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), known=known))
    assert [one.address for one in publications] == [site.url(NEWS[3])]


def test_robots_txt_is_obeyed():
    """What robots.txt disallows is not asked, and the reason is told."""
    pages = {"/robots.txt": Page("User-agent: *\nDisallow: /"), "/nieuws/": overview(*NEWS)}
    with Site(pages=pages).serve() as site:
        _, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is Reason.ROBOTS_DENIED
    assert site.paths() == []


def test_an_unreadable_robots_txt_means_not_today():
    """A robots.txt that answers 500 is no permission."""
    pages = {"/robots.txt": Page(status=500), "/nieuws/": overview(*NEWS)}
    with Site(pages=pages).serve() as site:
        _, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is Reason.ROBOTS_UNREADABLE
    assert site.paths() == []


def test_a_robots_txt_that_leads_nowhere_means_not_today():
    """A robots.txt that redirects in a ring could not be read either."""
    ring = Page(status=302, headers={"Location": "/robots.txt"})
    with Site(pages={"/robots.txt": ring, "/nieuws/": overview(*NEWS)}).serve() as site:
        _, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is Reason.ROBOTS_UNREADABLE
    assert site.paths() == []


def test_robots_txt_may_speak_to_us_by_name():
    """Rules for our own name are kept; rules for a word that merely stands in our contact address are not for us."""
    robots = "User-agent: voorbeeld\nDisallow: /\n\nUser-agent: Participatieradar\nDisallow: /nieuws/twee/\n"
    pages = {"/robots.txt": Page(robots), "/nieuws/": overview(*NEWS)} | {path: article(path) for path in NEWS}
    with Site(pages=pages).serve() as site:
        publications, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert end.reason is Reason.OK
    assert {one.address: one.failure.split(":")[0] for one in publications if not one.read} == {
        site.url(NEWS[1]): Reason.ROBOTS_DENIED.value
    }
    assert NEWS[1] not in site.paths()


def test_without_a_pause_it_is_still_one_at_a_time(site):
    """A pause of nothing, as in a test, does not let requests to a host overlap."""
    sources = [source(site, (Kind.OVERVIEW, "/nieuws/"), name=f"bond{number}") for number in range(4)]
    run(*(order(one) for one in sources), pause=0)
    asked = sorted(site.asked, key=lambda one: one.at)
    assert len(asked) == 1 + 4 * 5
    assert all(later.at >= sooner.until for sooner, later in itertools.pairwise(asked))


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_asks_for_rest_gets_it(site, status):
    """After "too many requests" or "busy" nothing more is asked in this run; what is left and the rest are told."""
    site.pages |= {NEWS[0]: Page(status=500), NEWS[1]: Page(status=status, headers={"Retry-After": "7200"})}
    publications, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert [site.paths().count(path) for path in NEWS] == [2, 1, 0, 0]
    assert (end.rest, end.left_over, len(publications)) == (7200.0, 2, 4)


def test_every_request_can_be_explained(site):
    """The end of a source names each request: the rules of the site, the listing and every page, with its answer."""
    site.pages[NEWS[1]] = Page(status=404)
    _, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    assert [(one.why, one.status, one.answer.split(":")[0]) for one in end.asked] == [
        ("robots", 404, "none"),
        ("listing", 200, "ok"),
        ("page", 200, "ok"),
        ("page", 404, "http_error"),
        ("page", 200, "ok"),
        ("page", 200, "ok"),
    ]


def test_robots_txt_is_kept_between_runs(site):
    """A robots.txt that was read a run ago and still holds is obeyed without asking for it."""
    rules = (RobotsFile(origin=site.url("").rstrip("/"), text=f"User-agent: *\nDisallow: {NEWS[0]}"),)
    publications, _, _ = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), robots=rules))
    assert [one.failure.split(":")[0] for one in publications if not one.read] == [Reason.ROBOTS_DENIED.value]
    assert {one.path for one in site.asked} == {"/nieuws/", *NEWS[1:]}


def test_the_pause_that_a_site_asks_for_is_kept(site):
    """Crawl-delay in robots.txt goes before a shorter pause of ours, in all: a busy server notices late."""
    site.pages["/robots.txt"] = Page("User-agent: *\nCrawl-delay: 0.3")
    run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))))
    asked = sorted(one.at for one in site.asked)
    assert len(asked) == 6
    assert asked[-1] - asked[0] > 5 * 0.3 * 0.85


def test_the_next_endpoint_helps_out(site):
    """A feed that answers with a page is told as such, and the overview behind it is used."""
    site.pages["/feed/"] = Page("<!doctype html><html><body><p>Welkom</p></body></html>")
    endpoints = ((Kind.FEED, "/feed/"), (Kind.OVERVIEW, "/nieuws/"), (Kind.SITEMAP, "/never.xml"))
    known = {key(site.url(NEWS[3]))}
    publications, reports, end = only(run(order(source(site, *endpoints)), known=known))
    assert [report.reason for report in reports] == [Reason.NOT_A_FEED, Reason.OK]
    assert (len(publications), end.reason) == (3, Reason.OK)
    assert "/feed/" in end.detail


def test_has_it_changed_is_asked_with_what_the_server_gave(site):
    """The second request carries ETag and Last-Modified, and a 304 is no failure."""
    dated = {"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 07:00:00 GMT"}
    site.pages["/feed/"] = Page(feed(site, *NEWS), headers={"Content-Type": "application/rss+xml"} | dated)
    given = order(source(site, (Kind.FEED, "/feed/")), baseline=True)
    _, (report,), _ = only(run(given))
    assert (report.memory.etag, report.memory.last_modified) == (dated["ETag"], dated["Last-Modified"])
    site.pages["/feed/"] = Page(status=304)
    _, (report,), end = only(run(given.model_copy(update={"memories": {site.url("/feed/"): report.memory}})))
    assert (report.reason, end.reason) == (Reason.UNCHANGED, Reason.UNCHANGED)
    sent = site.asked[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"v1"', dated["Last-Modified"])


def test_pages_are_turned_until_nothing_is_new(site):
    """Paging goes on while a page brings something unknown and stops at the first fully known one."""
    site.pages["/nieuws/"] = overview(*NEWS, more="/nieuws/?page=2")
    older = [f"/nieuws/oud-{number}/" for number in range(4)]
    site.pages["/nieuws/?page=2"] = overview(*older, more="/nieuws/?page=3")
    site.pages["/nieuws/?page=3"] = overview("/nieuws/oudst-1/", "/nieuws/oudst-2/", "/nieuws/oudst-3/")
    known = {key(site.url(path)) for path in older}
    run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), known=known)
    assert site.paths()[:2] == ["/nieuws/", "/nieuws/?page=2"]
    assert "/nieuws/?page=3" not in site.paths()


def test_a_sitemap_index_leads_to_its_children(site):
    """Child sitemaps are read, and the filter of the source says which addresses are publications."""
    urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in (*NEWS, "/contact/"))
    xml = {"Content-Type": "application/xml"}
    site.pages["/sitemap.xml"] = Page(
        f"<sitemapindex><sitemap><loc>{site.url('/posts.xml')}</loc></sitemap></sitemapindex>", headers=xml
    )
    site.pages["/posts.xml"] = Page(f"<urlset>{urls}</urlset>", headers=xml)
    wanted = source(site, (Kind.SITEMAP, "/sitemap.xml"), articles="/nieuws/[^/]+/$")
    publications, (report,), _ = only(run(order(wanted, baseline=True)))
    assert sorted(one.address for one in publications) == sorted(site.url(path) for path in NEWS)
    assert report.listed == 4


def test_a_page_that_fails_is_handed_over_unread(site):
    """A listed article that answers 503 is kept with the reason, so that nobody loses it."""
    site.pages[NEWS[0]] = Page(status=503)
    publications, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    failed = next(one for one in publications if one.address == site.url(NEWS[0]))
    assert not failed.read
    assert "503" in failed.failure
    assert (len(publications), end.reason) == (4, Reason.OK)


def test_what_is_too_much_for_one_run_is_left_over(site):
    """With room for one page, three items are handed over unread and counted."""
    given = order(source(site, (Kind.OVERVIEW, "/nieuws/")))
    publications, _, end = only(run(given, pages_per_run=1))
    assert sorted(one.read for one in publications) == [False, False, False, True]
    assert end.left_over == 3


def test_items_of_other_sites_are_listed_but_not_asked(site):
    """A link to another host is handed over with its title; that host is not asked."""
    site.pages["/nieuws/"] = overview(*NEWS, "http://127.0.0.99:1/elders/")
    publications, _, _ = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    elsewhere = next(one for one in publications if "127.0.0.99" in one.address)
    assert (elsewhere.read, elsewhere.failure) == (False, Reason.OFF_SITE.value)


def test_each_failure_has_its_reason():
    """Errors, empty pages, rings, private hosts, huge bodies, lost and silent connections each have their code."""
    huge = {"Content-Length": str(30 * 2**20)}
    answers = {
        "forbidden": (Page(status=403), Reason.HTTP_ERROR),
        "empty": (Page("<html><body><p>Leeg</p></body></html>"), Reason.EMPTY),
        "to nowhere": (Page(status=302, headers={"Location": "/404/"}), Reason.HTTP_ERROR),
        "ring": (Page(status=302, headers={"Location": "/nieuws/"}), Reason.HTTP_ERROR),
        "to a private host": (Page(status=302, headers={"Location": "http://10.0.0.1/"}), Reason.ADDRESS_REFUSED),
        "to a closed door": (Page(status=302, headers={"Location": "http://127.0.0.43:1/"}), Reason.REFUSED),
        "huge": (Page(b"x" * 100, headers=huge), Reason.TOO_LARGE),
        "bomb": (Page(gzip.compress(b" " * 30 * 2**20), headers={"Content-Encoding": "gzip"}), Reason.TOO_LARGE),
        "endless": (Page(trick=Trick.ENDLESS), Reason.TOO_LARGE),
        "reset": (Page(trick=Trick.RESET), Reason.CONNECTION),
        "silent": (Page(trick=Trick.HANG), Reason.TIMEOUT),
    }
    with ExitStack() as stack:
        orders = []
        for number, (name, (page, _)) in enumerate(answers.items()):
            site = stack.enter_context(Site(host=f"127.0.0.{60 + number}", pages={"/nieuws/": page}).serve())
            orders.append(order(source(site, (Kind.OVERVIEW, "/nieuws/"), name=name)))
        told = run(*orders, timeout=2)
    assert {name: only(told, name)[2].reason for name in told} == {
        name: reason for name, (_, reason) in answers.items()
    }


def test_what_went_wrong_is_told_without_its_wrapping(site):
    """Of a server that speaks no TLS the detail is what OpenSSL says, not how Twisted holds it."""
    spoken = source(site, (Kind.OVERVIEW, "/nieuws/"))
    (endpoint,) = spoken.endpoints
    by_tls = endpoint.model_copy(update={"address": endpoint.address.replace("http:", "https:")})
    _, _, end = only(run(order(spoken.model_copy(update={"endpoints": (by_tls,)}))))
    assert end.reason is Reason.TLS
    assert "Failure" not in end.detail
    assert end.detail.endswith("wrong version number")


def test_a_listing_that_moved_to_another_site_is_not_taken_over(site):
    """What another host lists is not what the source publishes."""
    with Site(
        host="127.0.0.44", pages={"/": Page(status=302, headers={"Location": site.url("/nieuws/")})}
    ).serve() as old:
        publications, _, end = only(run(order(source(old, (Kind.OVERVIEW, "/")))))
    assert (publications, end.reason) == ([], Reason.OFF_SITE)


def test_a_page_that_was_cut_short_is_not_taken_for_whole(site):
    """An article whose connection ends before its promised length stays unread."""
    site.pages[NEWS[0]] = Page(article("Half").body, trick=Trick.SHORT)
    publications, _, _ = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    (failed,) = [one for one in publications if not one.read]
    assert (failed.address, failed.failure.split(":")[0]) == (site.url(NEWS[0]), Reason.CONNECTION.value)


def test_without_the_switch_this_machine_is_not_asked(site):
    """Loopback is refused by address and by name unless the switch for tests and demo is on."""
    site.pages["/robots.txt"] = Page("")
    site.pages["/nieuws/"] = overview(*NEWS)
    hosts = (site.host, "localhost", "127.41", "2130706473", "0x7f.0.0.41")
    sources = [source(Site(host=host, port=8080), (Kind.OVERVIEW, "/nieuws/"), name=host) for host in hosts]
    told = run(*(order(one) for one in sources), allow_loopback=False)
    assert {one: only(told, one)[2].reason for one in told} == dict.fromkeys(told, Reason.ADDRESS_REFUSED)
    assert len(told) == 5
    assert site.asked == []


def test_one_dead_source_does_not_hold_up_another(site):
    """A refused connection is that source's own reason; the other source is complete."""
    dead = source(Site(host="127.0.0.42", port=1), (Kind.OVERVIEW, "/"), name="dead")
    told = run(order(dead), order(source(site, (Kind.OVERVIEW, "/nieuws/"))))
    assert only(told, "dead")[2].reason is Reason.REFUSED
    assert len(only(told)[0]) == 4


def test_a_page_that_wants_too_much_memory_fails_alone(site):
    """A page for which the process may not hold enough is told as unread; the pages after it are read."""
    site.pages[NEWS[0]] = Page("é" * 8 * 2**20)
    publications, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), memory=120))
    assert {one.address for one in publications if not one.read} == {site.url(NEWS[0])}
    assert (len(publications), end.reason) == (4, Reason.OK)


def test_a_child_that_dies_leaves_nothing_unsaid(site):
    """What was finished before the crawling process died stands; every other source ends as crashed."""
    with Site(host="127.0.0.45", pages={"/": Page(trick=Trick.HANG)}).serve() as silent:
        slow = source(silent, (Kind.OVERVIEW, "/"), name="slow")
        events = crawl(job(order(slow), order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
        ends = []
        for event in events:
            if isinstance(event, SourceFinished):
                ends.append((event.source, event.reason))
                if event.source == "bond":
                    os.kill(child_of_ours(), signal.SIGKILL)
    assert ends == [("bond", Reason.OK), ("slow", Reason.CRASHED)]


def test_a_child_that_hangs_is_ended(site):
    """A crawling process that goes on for too long is ended, and says so for what it did not finish."""
    site.pages["/nieuws/"] = Page(trick=Trick.HANG)
    _, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), timeout=60, longest=2))
    assert end.reason is Reason.CRASHED
    assert "it may take 2 seconds" in end.detail


def test_a_listener_hears_that_nothing_comes(site):
    """While a site keeps silent the listener is called, so that what it holds need not wait for that site."""
    site.pages["/nieuws/"] = Page(trick=Trick.HANG)
    called = []

    def end_it():
        called.append(child_of_ours())
        os.kill(called[-1], signal.SIGKILL)

    hung = job(order(source(site, (Kind.OVERVIEW, "/nieuws/"))), timeout=60, longest=10)
    (end,) = [event for event in crawl(hung, idle=end_it) if isinstance(event, SourceFinished)]
    assert (len(called), end.reason) == (1, Reason.CRASHED)


def test_a_listener_that_stops_ends_the_crawl(site):
    """When nobody takes the events any more, the crawling process is gone at once."""
    events = crawl(job(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    next(events)
    pid = child_of_ours()
    events.close()
    assert not Path(f"/proc/{pid}").exists()


def test_the_process_listens_to_nobody(site):
    """Strangers' bytes are read in it, so no port is open in the crawling process; only its parent has a say."""
    events = crawl(job(order(source(site, (Kind.OVERVIEW, "/nieuws/")))))
    next(events)
    assert listening(child_of_ours()) == []
    events.close()


def test_the_process_ends_well(site):
    """A job that was done ends with code 0 and nothing on standard error; a proxy in the environment is not used."""
    line = job(order(source(site, (Kind.OVERVIEW, "/nieuws/")), baseline=True)).model_dump_json() + "\n"
    command = [sys.executable, "-m", "crawlers"]
    environment = os.environ | {"http_proxy": "http://127.0.0.1:1"}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=environment, **pipes) as child:
        child.stdin.write(line.encode())
        child.stdin.flush()
        lines = child.stdout.read().splitlines()
        assert (child.wait(), child.stderr.read()) == (0, b"")
    end = from_line(lines[-1])
    assert isinstance(end, SourceFinished)
    assert end.reason is Reason.OK


def test_items_that_share_a_page_are_each_read_as_their_own_part(site):
    """Three parts of one page are three publications with their own text, and one that a script shows stays listed."""
    titles = [f"Bewoners van flat {n} kiezen" for n in (1, 2, 3)]
    rows = "".join(f"<li><a href='/aanpakken#a-{n}'>{title}</a></li>" for n, title in enumerate(titles))
    parts = "".join(
        f"<h2 id='a-{n}'>{title}</h2><p>Over {title} en niets anders.</p>" for n, title in enumerate(titles[:2])
    )
    site.pages |= {"/": Page(f"<main><ul>{rows}</ul></main>"), "/aanpakken": Page(f"<main>{parts}</main>")}
    publications, _, end = only(run(order(source(site, (Kind.OVERVIEW, "/"), articles="/aanpakken$"))))
    found = {one.address: one for one in publications}
    assert sorted(found) == [site.url(f"/aanpakken#a-{n}") for n in range(3)]
    assert [found[site.url(f"/aanpakken#a-{n}")].title for n in range(3)] == titles
    assert [found[site.url(f"/aanpakken#a-{n}")].text for n in range(3)] == [
        *(f"Over {title} en niets anders." for title in titles[:2]),
        "",
    ]
    assert all(one.read and not one.failure for one in publications)
    assert [one.answer for one in end.asked if one.why == "page"] == ["ok"] * 3
