"""What a visit asks, and what it makes of the answers; fed by hand, without network."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import pytest
from fakes_site import Page, Site, article, feed, overview, source

from crawlers.address import key
from crawlers.ask import LookUp, Purpose
from crawlers.endpoint import Answer
from crawlers.found import Found
from crawlers.plan import pages_to_read
from crawlers.publication import EndpointReport, Listed, Publication, Reason, SourceFinished, from_line, to_line
from crawlers.reading import ReadingTooLong
from crawlers.source import CrawlOrder, Kind, Memory
from crawlers.visit import Visit

BOND = Site(host="bond.example", port=80)
NEWS = ("/nieuws/een/", "/nieuws/twee/", "/nieuws/drie/", "/nieuws/vier/")
OVERVIEW = (Kind.OVERVIEW, "/nieuws/")
SITEMAP = (Kind.SITEMAP, "/sitemap.xml")
GONE = Page(status=404)
XML = {"content-type": "application/xml"}
TAGGED = {"etag": '"v1"', "last-modified": "Tue, 24 Nov 2026 07:00:00 GMT"}


def order(*endpoints, unread=(), yielded=None, **fields):
    """An order for one source; `unread` are paths, and `yielded` those of the endpoints that were read before: all."""
    endpoints = endpoints or (OVERVIEW,)
    read_before = [path for _, path in endpoints] if yielded is None else yielded
    fields = {"memories": {BOND.url(path): Memory(yielded=True) for path in read_before}} | fields
    return CrawlOrder(
        source=source(BOND, *endpoints),
        unread=tuple(BOND.url(path) for path in unread),
        **fields,
    )


def walk(given, pages, pages_per_run=40, known=()):
    """Answer what a visit asks from `pages` (a reason instead of a page is a failure); returns it with the paths asked.

    A page that is not there is an article. `known` are the paths that were listed before, with their time of change.
    """
    known = known if isinstance(known, dict) else dict.fromkeys(known, "")
    known = {key(BOND.url(path)): modified for path, modified in known.items()}
    visit = Visit(given, date(2026, 11, 24), pages_per_run)
    asked, waiting = [], visit.begin()
    while waiting:
        ask = waiting.pop(0)
        if isinstance(ask, LookUp):
            waiting += visit.told(ask, {name: known[name] for name in ask.keys if name in known})
            continue
        path = "/" + ask.address.split("/", 3)[3]
        asked.append(path)
        page = pages.get(path, article(f"Titel {path}"))
        if isinstance(page, Reason):
            waiting += visit.failed(ask, page, "so it went")
            continue
        body = page.body.encode() if isinstance(page.body, str) else page.body
        headers = {"content-type": "text/html; charset=utf-8"} | page.headers
        waiting += visit.answered(ask, Answer(ask.address, ask.address, page.status, body, headers))
    return visit, asked


def told(visit, kind):
    return [event for event in visit.events if isinstance(event, kind)]


def sitemap(*entries, tag="url", headers=None):
    """A sitemap of (path, lastmod) pairs, or an index of paths."""
    rows = "".join(
        f"<{tag}><loc>{BOND.url(path)}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</{tag}>"
        for path, when in entries
    )
    outer = "urlset" if tag == "url" else "sitemapindex"
    return Page(f"<?xml version='1.0'?><{outer}>{rows}</{outer}>", headers=XML | (headers or {}))


def index(*paths, headers=None):
    return sitemap(*((path, "") for path in paths), tag="sitemap", headers=headers)


def test_a_visit_ends_with_one_finish_after_everything_else():
    """The listing is reported, every page handed over, and the finish comes last and once."""
    visit, asked = walk(order(), {"/nieuws/": overview(*NEWS)})
    assert asked == ["/nieuws/", *NEWS]
    assert [type(event) for event in visit.events] == [EndpointReport, *[Publication] * 4, SourceFinished]
    assert (visit.finished, visit.events[-1].requests, visit.events[-1].reason) == (True, 5, Reason.OK)


def test_endpoints_are_tried_in_order_until_one_yields():
    """What comes after the first endpoint that yields is not asked; why the earlier ones failed is told."""
    endpoints = ((Kind.FEED, "/feed/"), SITEMAP, OVERVIEW, (Kind.FEED, "/never/"))
    visit, asked = walk(
        order(*endpoints), {"/feed/": Reason.TIMEOUT, "/sitemap.xml": GONE, "/nieuws/": overview(*NEWS)}, known=NEWS[3:]
    )
    assert asked[:4] == ["/feed/", "/sitemap.xml", "/nieuws/", NEWS[0]]
    assert [one.reason for one in told(visit, EndpointReport)] == [Reason.TIMEOUT, Reason.HTTP_ERROR, Reason.OK]
    assert "so it went" in visit.events[-1].detail
    assert "HTTP 404" in visit.events[-1].detail
    assert {one.found_by for one in told(visit, Publication)} == {Kind.OVERVIEW}


def test_when_no_endpoint_yields_the_first_one_says_why():
    """A source is failing for the reason of its first endpoint."""
    visit, _ = walk(order(OVERVIEW, SITEMAP), {"/nieuws/": Page(status=403), "/sitemap.xml": GONE})
    assert visit.events[-1].reason is Reason.HTTP_ERROR
    assert visit.events[-1].detail.index("403") < visit.events[-1].detail.index("404")


def test_an_unchanged_listing_still_reads_what_is_owed():
    """A 304 is an answer: no other endpoint is asked, and pages that could not be read before are tried again."""
    given = order((Kind.FEED, "/feed/"), OVERVIEW, unread=NEWS[:1])
    visit, asked = walk(given, {"/feed/": Page(status=304)})
    assert asked == ["/feed/", NEWS[0]]
    assert visit.events[-1].reason is Reason.UNCHANGED
    assert [one.read for one in told(visit, Publication)] == [True]


def test_validators_go_with_the_listing_only():
    """What the server gave is sent when the listing is asked again, never with the page of an item."""
    visit, _ = walk(order(), {"/nieuws/": Page(overview(*NEWS).body, headers=TAGGED)})
    (report,) = told(visit, EndpointReport)
    assert (report.memory.etag, report.memory.last_modified) == (TAGGED["etag"], TAGGED["last-modified"])
    visit = Visit(order(memories={BOND.url("/nieuws/"): report.memory}), date(2026, 11, 24), 40)
    (ask,) = visit.begin()
    assert ask.memory == report.memory
    headers = {"content-type": "text/html"} | TAGGED
    body = overview(*NEWS[:2], "/nieuws/vijf/").body.encode()
    (look_up,) = visit.answered(ask, Answer(ask.address, ask.address, 200, body, headers))
    (page,) = visit.told(look_up, {})
    assert (page.purpose, page.memory) == (Purpose.PAGE, Memory())


def test_once_a_week_a_server_must_show_that_nothing_changed():
    """Servers that always say "not modified" are found out: after seven days a list is asked in full."""
    page = Page(overview(*NEWS).body, headers=TAGGED)
    visit, _ = walk(order(), {"/nieuws/": page})
    memory = told(visit, EndpointReport)[0].memory
    seen = []
    for day, answer in ((25, Page(status=304)), (30, Page(status=304)), (1, page), (2, Page(status=304))):
        today = date(2026, 12 if day < 24 else 11, day)
        visit = Visit(order(memories={BOND.url("/nieuws/"): memory}), today, 40)
        (ask,) = visit.begin()
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        visit.answered(ask, Answer(ask.address, ask.address, answer.status, body, answer.headers))
        report = told(visit, EndpointReport)[0]
        memory = report.memory
        seen.append((bool(ask.memory.etag), report.reason, memory.whole_on))
    first, later = date(2026, 11, 24), date(2026, 12, 1)
    assert [conditional for conditional, _, _ in seen] == [True, True, False, True]
    assert [reason for _, reason, _ in seen] == [Reason.UNCHANGED] * 4
    assert [day for _, _, day in seen] == [first, first, later, later]


def test_the_same_bytes_are_unchanged():
    """A server that gives nothing to ask with is read in full, but the same bytes cost no reading of them."""
    pages = {"/nieuws/": overview(*NEWS)}
    visit, _ = walk(order(), pages)
    memories = {BOND.url("/nieuws/"): told(visit, EndpointReport)[0].memory}
    visit, asked = walk(order(memories=memories), pages)
    assert (visit.events[-1].reason, asked) == (Reason.UNCHANGED, ["/nieuws/"])
    picky = order(memories=memories)
    picky = picky.model_copy(update={"source": picky.source.model_copy(update={"not_articles": "twee"})})
    visit, _ = walk(picky, pages, known=NEWS)
    assert visit.events[-1].reason is Reason.OK, "with another filter the same bytes are another listing"


def test_an_index_of_sitemaps_is_never_asked_conditionally():
    """An index stays the same while its children change: what it gave to ask again with is not kept."""
    pages = {"/sitemap.xml": index("/a.xml", headers=TAGGED), "/a.xml": sitemap((NEWS[0], ""))}
    visit, asked = walk(order(SITEMAP), pages)
    assert asked == ["/sitemap.xml", "/a.xml", NEWS[0]]
    (report,) = told(visit, EndpointReport)
    assert (report.memory, report.listed) == (Memory(yielded=True), 1)


def test_a_listing_that_was_read_in_part_is_asked_in_full_again():
    """When its second page failed, the first is used and told, and the next run does not ask "has it changed?"."""
    first = overview(*NEWS, more="/nieuws/?page=2")
    pages = {"/nieuws/": Page(first.body, headers=TAGGED), "/nieuws/?page=2": Page(status=500)}
    visit, _ = walk(order(), pages)
    (report,) = told(visit, EndpointReport)
    assert (report.reason, report.listed) == (Reason.OK, 4)
    assert (report.memory.etag, report.memory.last_modified, report.memory.digest) == ("", "", "")
    assert "page=2" in report.detail


def test_one_child_that_fails_does_not_empty_the_sitemap():
    """The children that could be read count, whichever of them fails first."""
    pages = {"/sitemap.xml": index("/a.xml", "/b.xml"), "/a.xml": GONE, "/b.xml": sitemap((NEWS[0], ""))}
    visit, _ = walk(order(SITEMAP), pages)
    assert visit.events[-1].reason is Reason.OK
    assert [one.address for one in told(visit, Publication)] == [BOND.url(NEWS[0])]


def test_sitemaps_that_name_each_other_are_asked_once():
    """A ring of indexes ends."""
    pages = {"/sitemap.xml": index("/a.xml"), "/a.xml": index("/sitemap.xml", "/a.xml")}
    visit, asked = walk(order(SITEMAP), pages)
    assert asked == ["/sitemap.xml", "/a.xml"]
    assert visit.events[-1].reason is Reason.EMPTY


def test_too_many_children_are_bounded_and_told():
    """An index of sixty sitemaps asks no more than fifty listings, and the rest is told."""
    children = [f"/{number}.xml" for number in range(60)]
    pages = {"/sitemap.xml": index(*children)} | {path: sitemap((f"/n{path}", "")) for path in children}
    visit, asked = walk(order(SITEMAP, baseline=True), pages)
    assert len(asked) == 50
    assert "11 child sitemaps were not read" in told(visit, EndpointReport)[0].detail


def test_paging_stops_at_the_first_page_without_news():
    """The page that holds nothing unknown is the last one asked."""
    older = [f"/nieuws/oud-{number}/" for number in range(3)]
    pages = {
        "/nieuws/": overview(*NEWS, more="/nieuws/?page=2"),
        "/nieuws/?page=2": overview(*older, more="/nieuws/?page=3"),
    }
    _, asked = walk(order(), pages, known=older)
    assert asked == ["/nieuws/", "/nieuws/?page=2", *NEWS]


def looked_through(*, reconcile=True, known_end=True):
    """A visit to an overview of three pages, where one item came in on the second, and one stands at the very end."""
    known = [f"/nieuws/{number}/" for number in range(8)]
    pages = {
        "/nieuws/": overview(*known[:3], more="/nieuws/?page=2"),
        "/nieuws/?page=2": overview(known[3], "/nieuws/geantedateerd/", known[4], more="/nieuws/?page=3"),
        "/nieuws/?page=3": overview(*known[5:7], "/nieuws/aan-het-eind/", *known[7:]),
    }
    known = known if known_end else known[:7]
    visit, asked = walk(order(reconcile=reconcile), pages, known=known)
    return {one.address.split("/")[-2]: (one.caught_up, one.was_there) for one in told(visit, Publication)}, asked


def test_an_overview_that_is_looked_through_gives_what_came_in_on_a_further_page():
    """An item with an older date stands behind a page without news: it is asked when all pages are looked through."""
    found, asked = looked_through(reconcile=False)
    assert (found, asked) == ({}, ["/nieuws/"])
    found, asked = looked_through()
    assert found == {"geantedateerd": (True, False), "aan-het-eind": (True, False)}
    assert asked[:3] == ["/nieuws/", "/nieuws/?page=2", "/nieuws/?page=3"]


def test_what_slides_in_at_the_end_of_an_overview_was_there_before():
    """What stands behind the last known item came in reach when others were taken away: it is known, and not read."""
    found, asked = looked_through(known_end=False)
    assert found == {"geantedateerd": (True, False), "aan-het-eind": (False, True), "7": (False, True)}
    assert "/nieuws/aan-het-eind/" not in asked


def test_an_overview_that_is_looked_through_is_asked_in_full():
    """Its first page may be the same while a further one is not, so it is neither asked conditionally nor compared."""
    pages = {"/nieuws/": overview(*NEWS)}
    memories = {BOND.url("/nieuws/"): told(walk(order(), pages)[0], EndpointReport)[0].memory}
    for reconcile, reason in ((False, Reason.UNCHANGED), (True, Reason.OK)):
        visit, _ = walk(order(memories=memories, reconcile=reconcile), pages, known=NEWS)
        assert told(visit, EndpointReport)[0].reason is reason


def test_endless_paging_is_bounded():
    """A site that always has a next page is left after ten."""
    pages = {"/nieuws/": overview("/n/0/a/", "/n/0/b/", "/n/0/c/", more="/nieuws/?page=1")}
    for number in range(1, 20):
        paths = [f"/n/{number}/{letter}/" for letter in "abc"]
        pages[f"/nieuws/?page={number}"] = overview(*paths, more=f"/nieuws/?page={number + 1}")
    visit, asked = walk(order(baseline=True), pages)
    assert len(asked) == 10
    assert len(told(visit, Publication)) == 30


def test_an_item_listed_twice_is_asked_once():
    """Two spellings of one address are one item, also when the item is owed and changed at once."""
    pages = {
        "/sitemap.xml": sitemap(
            (NEWS[0], "2026-11-20"), (f"{NEWS[0]}?utm_source=rss", "2026-11-20"), (NEWS[1], "2026-11-24")
        )
    }
    visit, asked = walk(order(SITEMAP, unread=NEWS[1:2]), pages, known={NEWS[1]: "2026-11-01"})
    assert sorted(asked) == sorted(["/sitemap.xml", *NEWS[:2]])
    assert len(told(visit, Publication)) == 2


def test_only_a_later_time_of_change_is_read_again():
    """A known page is asked again when its source gives a later time than before, and never without one to compare."""
    listed = [(path, "2026-11-20") for path in NEWS]
    known = dict(zip(NEWS, ["2026-11-19", "2026-11-20", "2026-11-21", ""], strict=True))
    _, asked = walk(order(SITEMAP), {"/sitemap.xml": sitemap(*listed)}, known=known)
    assert asked == ["/sitemap.xml", NEWS[0]]


def test_a_time_of_change_that_all_items_get_says_nothing():
    """Of a sitemap made anew each night is read what is new, and what changed on a day of its own; nothing else."""
    paths = [f"/nieuws/{number}/" for number in range(30)]
    nightly = [(path, f"2026-11-24T03:00:{number:02}Z") for number, path in enumerate(paths)]
    listed = [(NEWS[0], "2026-11-24"), *nightly[:-1], (paths[-1], "2026-11-22")]
    known = dict.fromkeys(paths, "2026-11-20T03:00:00Z")
    visit, asked = walk(order(SITEMAP), {"/sitemap.xml": sitemap(*listed)}, known=known)
    assert asked == ["/sitemap.xml", NEWS[0], paths[-1]]
    assert visit.events[-1].left_over == 0


def test_a_few_items_that_change_on_one_day_are_read():
    """Nine of nine may well have changed together; they are read again."""
    paths = [f"/nieuws/{number}/" for number in range(9)]
    listed = [(path, "2026-11-24") for path in paths]
    known = dict.fromkeys(paths, "2026-11-20")
    _, asked = walk(order(SITEMAP), {"/sitemap.xml": sitemap(*listed)}, known=known)
    assert asked == ["/sitemap.xml", *paths]


def test_the_new_goes_before_the_owed_and_the_owed_before_the_changed():
    """With room for two pages, a site that touches all its pages does not crowd out its news."""
    listed = [(NEWS[0], "2026-11-24"), (NEWS[1], "2026-11-24"), (NEWS[2], ""), (NEWS[3], "2026-11-24")]
    known = {NEWS[0]: "2026-11-01", NEWS[1]: "2026-11-01", NEWS[3]: "2026-11-01"}
    given = order(SITEMAP, unread=NEWS[3:])
    visit, asked = walk(given, {"/sitemap.xml": sitemap(*listed)}, pages_per_run=2, known=known)
    assert asked == ["/sitemap.xml", NEWS[2], NEWS[3]]
    assert visit.events[-1].left_over == 2


def test_a_source_may_be_read_by_its_list_alone():
    """With read_articles off no page is asked, and what the list says counts as read."""
    given = order()
    given = given.model_copy(update={"source": given.source.model_copy(update={"read_articles": False})})
    visit, asked = walk(given, {"/nieuws/": overview(*NEWS)})
    assert asked == ["/nieuws/"]
    assert all(one.read and one.intro for one in told(visit, Publication))


def test_the_filters_of_a_source_decide_what_is_an_item():
    """Links that do not look like articles are left out; a list without any is a failure that says so."""
    given = order()
    picky = given.source.model_copy(update={"articles": "/nieuws/", "not_articles": "twee"})
    visit, asked = walk(given.model_copy(update={"source": picky}), {"/nieuws/": overview(*NEWS, "/contact/")})
    assert asked == ["/nieuws/", NEWS[0], NEWS[2], NEWS[3]]
    none = given.source.model_copy(update={"articles": "/agenda/"})
    visit, _ = walk(given.model_copy(update={"source": none}), {"/nieuws/": overview(*NEWS)})
    assert visit.events[-1].reason is Reason.EMPTY
    assert "4 listed, none of them an article" in visit.events[-1].detail


def test_a_page_that_fails_keeps_its_place():
    """An item whose page gives no answer, an error or its front page is handed over unread, with the reason."""
    pages = {
        "/nieuws/": overview(*NEWS),
        NEWS[0]: Reason.TIMEOUT,
        NEWS[1]: Page(status=410),
        NEWS[2]: Page(b"%PDF-1.7 broken", headers={"content-type": "application/pdf"}),
    }
    visit, _ = walk(order(), pages)
    failures = [one.failure.split(":")[0] for one in told(visit, Publication)]
    assert failures == ["timeout", "http_error", "reader_failed", ""]
    assert [one.read for one in told(visit, Publication)] == [False, False, False, True]
    assert visit.events[-1].reason is Reason.OK


def test_half_a_character_does_not_stop_a_source():
    """A broken escape in a page's own data is replaced, so that the item can be handed over."""
    head = '<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"An \\ud83d"}}</script>'
    pages = {"/nieuws/": overview(*NEWS), NEWS[0]: article("Titel", head=head)}
    visit, _ = walk(order(), pages)
    heard = [from_line(to_line(event)) for event in visit.events]
    (one,) = [one for one in heard if isinstance(one, Publication) and one.address == BOND.url(NEWS[0])]
    assert one.authors == ("An ?",)


def test_a_feed_is_read_as_a_feed():
    """A feed gives addresses, titles and dates before any page is asked."""
    pages = {"/feed/": Page(feed(BOND, *NEWS), headers={"content-type": "application/rss+xml"})}
    visit, _ = walk(order((Kind.FEED, "/feed/"), baseline=True), pages)
    assert [one.published.day for one in told(visit, Publication)] == [date(2026, 11, 24)] * 4


def test_what_is_put_off_says_why():
    """Children of an index that wait after a 429 are an error of the site; those that fit in no pause its own rules."""
    listed = "".join(f"<sitemap><loc>{BOND.url(f'/s{number}.xml')}</loc></sitemap>" for number in range(3))
    body = f"<sitemapindex>{listed}</sitemapindex>".encode()
    reasons = []
    for busy in (True, False):
        visit = Visit(order(SITEMAP), date(2026, 11, 24), 40)
        (index,) = visit.begin()
        visit.keep_pause(0.0 if busy else 86_400.0)
        first, *others = visit.answered(index, Answer(index.address, index.address, 200, body, XML))
        if busy:
            assert visit.puts_off(first) is None
            visit.answered(first, Answer(first.address, first.address, 429))
        for ask in others if busy else (first, *others):
            assert visit.puts_off(ask) == []
        reasons.append(next(event.reason for event in visit.events if isinstance(event, SourceFinished)))
    assert reasons == [Reason.HTTP_ERROR, Reason.ROBOTS_DENIED]


NEW = tuple(f"/nieuws/nieuw-{number}/" for number in range(10))
OLD = tuple(f"/nieuws/oud-{number}/" for number in range(10))
EVER = tuple(f"/dossier/{number}/" for number in range(5))


@pytest.mark.parametrize(
    ("before", "after", "gap"),
    [
        (OLD, NEW, True),
        (OLD, NEW[:9] + OLD[:1], False),
        (OLD[:1], NEW[:1], True),
        (OLD + EVER, NEW + EVER, True),
        (OLD + EVER, NEW[:9] + OLD[:1] + EVER, False),
        (OLD + EVER, NEW[:2] + OLD + EVER, False),
        (EVER[:2] + OLD + EVER[2:], EVER[:2] + NEW + EVER[2:], True),
        (EVER[:2] + OLD, EVER[4:] + EVER[:2] + NEW, True),
        (OLD, NEW[:1] + OLD[1:], False),
        (OLD[::-1], OLD[8::-1] + NEW[:1], False),
        (OLD[::-1], OLD[::-1] + NEW[:1], False),
        (OLD + EVER, OLD[4:] + EVER, False),
    ],
    ids=[
        "all ten new",
        "the newest of before is the last",
        "a list of one",
        "dossiers at the end",
        "dossiers at the end, and an item that moved",
        "all of before is there still",
        "pinned items and dossiers",
        "one more pinned item",
        "an item got another address",
        "the oldest first",
        "the oldest first, and nothing goes",
        "items were taken away",
    ],
)
def test_only_an_item_that_moved_proves_that_a_page_connects(before, after, gap):
    """What always stands on a page without further pages does not show that nothing was missed."""
    first, _ = walk(order(baseline=True), {"/nieuws/": overview(*before)})
    memory = told(first, EndpointReport)[0].memory
    again = order(memories={BOND.url("/nieuws/"): memory})
    visit, _ = walk(again, {"/nieuws/": overview(*after)}, known=before)
    assert told(visit, EndpointReport)[0].gap is gap


def test_dossiers_on_a_first_page_do_not_hide_what_a_next_page_proves():
    """Of a listing in pages the last third counts without the dossiers, wherever those stand."""
    first, _ = walk(order(baseline=True), {"/nieuws/": overview(*OLD, *EVER)})
    again = order(memories={BOND.url("/nieuws/"): told(first, EndpointReport)[0].memory})
    for last, gap in ((OLD, False), ((), True)):
        pages = {"/nieuws/": overview(*NEW, *EVER, more="/nieuws/2/"), "/nieuws/2/": overview(*last, "/nieuws/nog/")}
        visit, _ = walk(again, pages, known=OLD + EVER)
        assert told(visit, EndpointReport)[0].gap is gap


@pytest.mark.parametrize(("day", "gap"), [("20 november 2026", False), ("23 november 2026", True)])
def test_a_list_that_is_dated_back_to_the_last_reading_connects(day, gap):
    """When all addresses are others, the dates tell that the list reaches back over the last reading."""
    page = overview(*NEW)
    page = Page(str(page.body).replace("Een korte inleiding bij dit bericht.", day))
    visit, _ = walk(order(read_on=date(2026, 11, 23)), {"/nieuws/": page}, known=OLD)
    assert told(visit, EndpointReport)[0].gap is gap


class OnlyItsPlace:
    """An entry of which nobody may ask all that it says."""

    published = None
    modified = ""

    def __init__(self, address):
        self.address = address

    def whole(self):
        raise AssertionError(f"{self.address} is known, so nobody needs to read it")


def test_what_is_known_is_not_read_in_full():
    """Of an item that was listed before no more is worked out than its address and its time of change."""
    given = order()
    (endpoint,) = given.source.endpoints
    old, new = OnlyItsPlace(BOND.url("/nieuws/een/")), Listed(address=BOND.url("/nieuws/twee/"), title="Twee")
    found = Found(endpoint, known={key(old.address): ""})
    found.take_in([new, old], given.source)
    assert [ask.listed for ask in pages_to_read(given, found, [found])] == [new]


def test_an_entry_that_takes_too_long_to_read_fails_its_source_with_the_reason():
    """A feed that is read in time while what an entry says in full is not, is unreadable, and asks no page."""

    @contextmanager
    def too_long_the_second_time():
        times.append(1)
        yield
        if len(times) == 2:
            raise ReadingTooLong("reading it took more than 20 seconds")

    times = []
    given = order((Kind.FEED, "/feed/"))
    visit = Visit(given, date(2026, 11, 24), 40, too_long_the_second_time)
    (ask,) = visit.begin()
    body = feed(BOND, *NEWS).encode()
    (look_up,) = visit.answered(ask, Answer(ask.address, ask.address, 200, body, {"content-type": "application/xml"}))
    assert visit.told(look_up, {}) == []
    end = visit.events[-1]
    assert isinstance(end, SourceFinished)
    assert (end.reason, end.requests) == (Reason.READER_FAILED, 1)
    assert end.detail == "ReadingTooLong: reading it took more than 20 seconds"
    assert not any(isinstance(event, Publication) for event in visit.events)
