"""What robots.txt allows, how long it holds, and how long a server wants to be left alone."""

from __future__ import annotations

import pytest
from fakes_robots import CASES

from crawlers.rest import fresh_for, rest
from crawlers.robots import Rules, holds_for, readable

NEWS = "https://bond.example/nieuws/een/"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nAllow: /nieuws/", True),
        ("User-agent: radar\nDisallow: /nieuws\nUser-agent: *\nDisallow:", False),
        ("User-agent: other\nDisallow: /\n", True),
        ("user-agent: radar\rdisallow: /nieuws\r", False),
        ("\ufeffUser-agent: radar\nDisallow: /nieuws", False),
        ("User-agent: radar\nNoindex: /x\nUser-agent: other\nDisallow: /nieuws", False),
        ("User-agent: radar\nWat dit is: weet niemand\n\nUser-agent: other\nDisallow: /nieuws", False),
        ("User-agent: radar\nAllow: /x\nUser-agent: other\nDisallow: /nieuws", True),
        ("User-agent: radar\nSitemap: https://bond.example/s.xml\nUser-agent: other\nDisallow: /nieuws", False),
        ("Disallow: /nieuws\nUser-agent: radar\nDisallow: /x", True),
        ("User-agent: *\nDisallow: /*/een/$", False),
    ],
)
def test_the_rules_are_read_as_the_standard_and_google_have_it(text, allowed):
    """RFC 9309; a line that means nothing to us between two User-agent lines does not end their group."""
    assert Rules(readable(text.encode()), "radar").allows(NEWS) is allowed


def test_as_many_answers_as_promised_are_those_of_google():
    """Of 141 answers of Google's parser at most six differ.

    Two are of addresses that a crawler never asks unescaped, two of lines over 16 KB, one of a name with a blank, and
    in one the standard (RFC 9309, section 2.2.2) has it as we do: an escaped letter is that letter.
    """
    answers = [one for case in CASES for one in case.answers()]
    right = sum(Rules(readable(text.encode()), agent).allows(address) is may for text, agent, address, may in answers)
    assert (len(answers), right) >= (141, 135)


def test_a_version_behind_our_name_does_not_hide_rules_for_us():
    """A site that names us with a version or a remark means us; a longer name is somebody else."""
    for name in ("radar/1.0", "Radar 2", "radar # us"):
        assert not Rules(f"User-agent: {name}\nDisallow: /", "radar").allows(NEWS)
    assert Rules("User-agent: radarvallen\nDisallow: /", "radar").allows(NEWS)


def test_a_pause_may_be_asked_for():
    """Crawl-delay is in seconds, and 0 without one."""
    assert Rules("User-agent: *\nCrawl-delay: 2.5", "radar").delay == 2.5
    assert Rules("User-agent: *\nDisallow: /x", "radar").delay == 0


def test_a_robots_txt_holds_for_a_day_or_longer_when_it_says_so():
    """A day by the standard; Cache-Control may stretch that to a week and not further."""
    hours = [holds_for({"cache-control": value}) / 3600 for value in ("", "no-cache", "max-age=60", "max-age=172800")]
    assert hours == [24, 24, 24, 48]
    assert holds_for({"cache-control": "public, max-age=99999999"}) == 7 * 24 * 3600


def test_a_huge_robots_txt_is_cut():
    """No more than 500 KiB is read."""
    assert len(readable(b"#" * 10**6)) == 500 * 1024


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {"retry-after": "60"}, 0),
        (429, {}, 3600),
        (503, {"retry-after": "120"}, 120),
        (429, {"retry-after": "99999999999999"}, 7 * 24 * 3600),
        (503, {"retry-after": "Tue, 24 Nov 2026 10:00:00 GMT", "date": "Tue, 24 Nov 2026 09:30:00 GMT"}, 1800),
        (503, {"retry-after": "Tue, 24 Nov 2026 09:00:00 GMT", "date": "Tue, 24 Nov 2026 09:30:00 GMT"}, 1),
        (503, {"retry-after": "soon"}, 3600),
    ],
)
def test_rest_is_given_as_asked(status, headers, seconds):
    """Retry-After in seconds or as a date; an hour without it; never more than a week."""
    assert rest(status, headers) == seconds


def test_a_fresh_listing_needs_no_second_look():
    """max-age less the Age of the answer, at most a day."""
    assert fresh_for({"cache-control": "max-age=600", "age": "100"}) == 500
    assert fresh_for({"cache-control": "max-age=600, no-cache"}) == 0
    assert fresh_for({"cache-control": "max-age=999999999"}) == 24 * 3600
    assert fresh_for({}) == 0
