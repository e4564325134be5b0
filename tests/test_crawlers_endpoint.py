"""Endpoints that ask questions, that watch one page, and that say when they may not have said all."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.endpoint import Answer, Listing, ListingFailed, read_listing
from crawlers.publication import Reason
from crawlers.source import CrawlOrder, Endpoint, Kind, Source
from crawlers.visit import Visit

TODAY = date(2026, 11, 24)
QUESTION = 'https://rijk.example/api/rss?query={"filters":[{"field":"soort"}],"vanaf":"{since}","term":"{term}"}'
TERMS = Endpoint(kind=Kind.FEED, address=QUESTION, terms=("huurders", "wooncoöperatie & beheer"), window=10, cap=2)
WATCH = Endpoint(kind=Kind.WATCH, address="https://bond.example/thema/zeggenschap/")


def feed(*numbers: int) -> bytes:
    items = "".join(f"<item><title>Bericht {n}</title><link>https://rijk.example/{n}</link></item>" for n in numbers)
    return f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'.encode()


def read(endpoint: Endpoint, address: str, body: bytes) -> Listing:
    return read_listing(endpoint, Answer(address, address, 200, body), TODAY)


def test_each_term_is_a_question_of_its_own() -> None:
    """Terms and days are put into the address, escaped once, and the first answer leads to the other questions."""
    first, second = TERMS.addresses(TODAY)
    assert "%22vanaf%22:%222026-11-14%22,%22term%22:%22huurders%22" in first
    assert "%22term%22:%22woonco%C3%B6peratie%20%26%20beheer%22" in second
    assert not set(first) & set('{}" ')
    assert read(TERMS, first, feed(1)).children == (second,)
    assert read(TERMS, second, feed(1)).children == ()


def test_a_full_answer_may_not_be_all() -> None:
    """As many items as the cap is told as "there may be more"; fewer is not."""
    first = TERMS.addresses(TODAY)[0]
    assert "may be more" in read(TERMS, first, feed(1, 2)).note
    assert read(TERMS, first, feed(1)).note == ""


def test_a_visit_asks_every_term_and_reports_a_full_answer() -> None:
    """Two questions give one list without doubles, and the report says that there may be more."""
    visit = Visit(CrawlOrder(source=Source(name="rijk", title="Rijk", endpoints=(TERMS,)), baseline=True), TODAY, 10)
    (first,) = visit.begin()
    (second,) = visit.answered(first, Answer(first.address, first.address, 200, feed(1, 2)))
    visit.answered(second, Answer(second.address, second.address, 200, feed(2)))
    report = next(event for event in visit.events if event.event == "endpoint")
    assert (report.listed, report.reason) == (2, Reason.OK)
    assert "may be more" in report.detail


PERIOD = Endpoint(kind=Kind.FEED, address="https://rijk.example/?q={term}&van={since}&tot={until}", window=3, cap=2)


def test_a_full_answer_leads_to_fewer_days() -> None:
    """Four days that give as many as ever are asked in halves, down to single days; a full day is told."""

    def asked(first: int, last: int) -> str:
        return f"https://rijk.example/?q=&van=2026-11-{first}&tot=2026-11-{last}"

    answers = {
        asked(21, 24): (9, 8),
        asked(21, 22): (1,),
        asked(23, 24): (9, 8),
        asked(23, 23): (3,),
        asked(24, 24): (9, 8),
    }
    order = CrawlOrder(source=Source(name="rijk", title="Rijk", endpoints=(PERIOD,)), baseline=True)
    visit, seen = Visit(order, TODAY, 10), []
    waiting = visit.begin()
    while waiting:
        ask = waiting.pop(0)
        seen.append(ask.address)
        waiting += visit.answered(ask, Answer(ask.address, ask.address, 200, feed(*answers[ask.address])))
    assert seen == list(answers)
    report = next(event for event in visit.events if event.event == "endpoint")
    assert (report.listed, report.full) == (4, True)
    assert PERIOD.narrower("https://rijk.example/?q=x", TODAY) == ()
    assert TERMS.narrower(TERMS.addresses(TODAY)[0], TODAY) == ()


def test_the_first_question_is_read_on_as_well() -> None:
    """An answer of many pages that leads to other questions too is read on: a page of a search hides none of them."""
    question = Endpoint(kind=Kind.SRU, address="https://zoek.example/sru?q={term}", terms=("een", "twee"))
    record = "<recordData><url>https://zoek.example/1</url></recordData>"
    body = f"<searchRetrieveResponse>{record}<nextRecordPosition>51</nextRecordPosition></searchRetrieveResponse>"
    order = CrawlOrder(source=Source(name="zoek", title="Zoek", endpoints=(question,)), baseline=True)
    visit = Visit(order, TODAY, 10)
    (first,) = visit.begin()
    further = visit.answered(first, Answer(first.address, first.address, 200, body.encode()))
    assert [ask.address.split("?")[1] for ask in further] == ["q=twee", "q=een&startRecord=51"]


def test_a_term_that_fails_says_nothing_of_the_others() -> None:
    """When the first question fails the others are asked all the same; a site that forbids us is asked no more."""
    order = CrawlOrder(source=Source(name="rijk", title="Rijk", endpoints=(TERMS,)), baseline=True)
    visit = Visit(order, TODAY, 10)
    (first,) = visit.begin()
    (second,) = visit.answered(first, Answer(first.address, first.address, 500))
    visit.answered(second, Answer(second.address, second.address, 200, feed(3)))
    report = next(event for event in visit.events if event.event == "endpoint")
    assert (report.listed, report.reason, report.detail) == (1, Reason.OK, "HTTP 500")
    visit = Visit(order, TODAY, 10)
    (first,) = visit.begin()
    assert visit.answered(first, Answer(first.address, first.address, 403)) == []


def test_a_page_of_scripts_is_told_as_such() -> None:
    """A list or a watched page that is empty until a script fills it is no empty list."""
    body = (
        b"<html><head><title>Nieuws</title></head><body><div id=app></div><script src=/app.js></script></body></html>"
    )
    for kind in (Kind.OVERVIEW, Kind.WATCH):
        with pytest.raises(ListingFailed) as failed:
            read(Endpoint(kind=kind, address=WATCH.address), WATCH.address, body)
        assert failed.value.reason is Reason.SCRIPT_ONLY


def test_a_watched_page_is_itself_the_publication() -> None:
    """Its text is the version of today, and it passes the filter that is meant for links."""
    body = b"<html><body><main><h1>Zeggenschap</h1>" + b"<p>Huurders praten mee over beleid en beheer.</p>" * 4
    (page,) = read(WATCH, WATCH.address, body).items
    assert (page.address, page.title, page.modified) == (WATCH.address, "Zeggenschap", "2026-11-24")
    assert page.text.startswith("Huurders praten mee")
    source = Source(name="bond", title="Bond", endpoints=(WATCH,), articles="/nieuws/")
    assert source.wants(WATCH.address, Kind.WATCH)
    assert not source.wants(WATCH.address, Kind.OVERVIEW)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(Kind.WORDPRESS, Reason.NOT_WORDPRESS), (Kind.SRU, Reason.NOT_SRU), (Kind.FEED, Reason.NOT_A_FEED)],
)
def test_an_answer_of_another_kind_has_its_own_reason(kind: Kind, reason: Reason) -> None:
    """A page where a list for programs should be is told by the code of that kind."""
    with pytest.raises(ListingFailed) as failed:
        read(
            Endpoint(kind=kind, address="https://bond.example/x"),
            "https://bond.example/x",
            b"<html><p>Welkom</p></html>",
        )
    assert failed.value.reason is reason
