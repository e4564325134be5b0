"""A world of sick sources, and some healthy ones between them: a table."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import brotli
from fakes_sick import (
    ALL,
    JSON,
    NEWS,
    OLD,
    XML,
    Ails,
    Sick,
    answers,
    at_home,
    broken,
    listing,
    page,
    piece,
    publishes,
    redirected,
    titled,
)
from fakes_site import Answers, Page, Site, Trick, article, feed, overview

HUGE = {"Content-Length": str(30 * 2**20)}
LOGIN = page("<h1>Inloggen</h1><form><input name=u><input type=password name=p></form>")
COOKIES = page("<h1>Cookies</h1><p>Wij gebruiken cookies.</p><button>Akkoord, alles accepteren</button>")
REPAIRS = page("<h1>Onderhoud</h1><p>Wij zijn zo terug.</p>")
SCRIPT = Page("<!doctype html><html><title>Nieuws</title><body><div id=app></div><script src=/app.js></script></html>")
PLAIN = page("<h1>Welkom</h1><p>Op deze pagina staat vandaag niets bijzonders over ons of over een ander.</p>")
BACK = Page(status=302, headers={"Location": "/nieuws/"})
CLOSED = Page("User-agent: *\nDisallow: /")
HANGS = Page(trick=Trick.HANG)
GZIP_BOMB = gzip.compress(b" " * 40 * 2**20)
BROTLI_BOMB = brotli.compress(b" " * 40 * 2**20, quality=3)  # just as small as with the most work
ENTITY_BOMB = (
    "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FILE = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def atom(site: Site) -> Answers:
    entries = "".join(
        f"<entry><title>Bericht {path}</title><id>{path}</id><link href='{site.url(path)}'/></entry>" for path in ALL
    )
    return {"/feed/": Page(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>", headers=XML)}


def rdf(site: Site) -> Answers:
    items = "".join(f"<item><title>Bericht {path}</title><link>{site.url(path)}</link></item>" for path in ALL)
    spaces = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
    return {"/feed/": Page(f"<rdf:RDF {spaces}><channel><title>x</title></channel>{items}</rdf:RDF>", headers=XML)}


def json_feed(site: Site) -> Answers:
    items = [{"id": path, "url": site.url(path), "title": f"Bericht {path}"} for path in ALL]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items})
    return {"/feed/": Page(body, headers=JSON)}


def sitemap_index(site: Site) -> Answers:
    child = str(listing(site, *ALL)["/s.xml"].body).encode()
    index = f"<sitemapindex><sitemap><loc>{site.url('/k.xml.gz')}</loc></sitemap></sitemapindex>"
    return {"/s.xml": Page(index, headers=XML), "/k.xml.gz": Page(gzip.compress(child), headers=XML)}


def two_pages(site: Site) -> Answers:
    return {
        "/nieuws/": overview(*NEWS, "/nieuws/nieuw-drie/", more="/nieuws/?page=1"),
        "/nieuws/?page=1": overview(*OLD),
    } | {"/nieuws/nieuw-drie/": piece("/nieuws/nieuw-drie/")}


def relaunch(site: Site) -> Answers:
    """Old addresses gone, old texts under new ones, where the pages have other titles than the list."""
    new = {path.replace("/nieuws/", "/artikelen/"): path for path in OLD}
    pages = dict.fromkeys(OLD, Page(status=404)) | {path: retitled(piece(old)) for path, old in new.items()}
    return {"/nieuws/": overview(*new, titles=new)} | pages


def retitled(one: Page) -> Page:
    return Page(str(one.body).replace("Bericht over", "Wat huurders moeten weten van"))


def new_layout(site: Site) -> Answers:
    rows = "".join(
        f'<li class="x"><time datetime="2026-11-23">23 november</time> <a href="{path}">Bericht over {path}</a></li>'
        for path in ALL
    )
    return {"/nieuws/": page(f"<h1>Nieuws</h1><ul class=lijst>{rows}</ul>")}


def undated(site: Site) -> Answers:
    more = (*NEWS, "/nieuws/nieuw-drie/")
    return listing(site, *more, *OLD) | {path: piece(path, day="") for path in more}


def paths_only(site: Site) -> Answers:
    return broken(lambda text: text.replace(site.url(""), ""))(site)


def with_entities(head: str, entity: str) -> Ails:
    return broken(lambda text: text.replace("?>", "?>" + head, 1).replace("<title>Bericht", f"<title>{entity}Bericht"))


HEALTHY = (
    Sick("well-overview", "overview", "ok", publishes, NEWS),
    Sick("well-rss", "feed", "ok", publishes, NEWS),
    Sick("well-atom", "feed", "ok", atom, NEWS),
    Sick("well-rdf", "feed", "ok", rdf, NEWS),
    Sick("well-json-feed", "feed", "ok", json_feed, NEWS),
    Sick("well-sitemap", "sitemap", "ok", publishes, NEWS),
    Sick("well-sitemap-index", "sitemap", "ok", sitemap_index, NEWS),
    Sick("well-two-pages", "overview", "ok", two_pages, (*NEWS, "/nieuws/nieuw-drie/")),
    Sick("well-wordpress", "wordpress", "ok", publishes, NEWS),
    Sick("well-unchanged", "overview", "unchanged"),
    Sick("well-304", "feed", "unchanged", answers(Page(status=304), "/feed/")),
    Sick("well-watch", "watch", "ok", answers(article("Thema", "Heel andere woorden. " * 40), "/thema/")),
)
FEEDS = (
    Sick("feed-is-a-page", "feed", "not_a_feed", answers(PLAIN, "/feed/")),
    Sick("feed-is-nothing", "feed", "not_a_feed", answers(Page(""), "/feed/")),
    Sick("feed-is-json", "feed", "not_a_feed", answers(Page("[{}]", headers=JSON), "/feed/")),
    Sick("feed-is-a-login", "feed", "login_wall", answers(LOGIN, "/feed/")),
    Sick("feed-without-items", "feed", "empty", broken(lambda text: text[: text.index("<item>")] + "</channel></rss>")),
    Sick("feed-without-addresses", "feed", "empty", broken(lambda text: text.replace("link>", "lynk>"))),
    Sick("feed-cut-short", "feed", "ok", broken(lambda text: text[: text.index(OLD[1])]), NEWS),
    Sick("feed-with-control-characters", "feed", "ok", titled("Be\x00\x0bricht"), NEWS),
    Sick("feed-with-html-entities", "feed", "ok", titled("Een&nbsp;b&eacute;richt"), NEWS),
    Sick("feed-with-bare-ampersands", "feed", "ok", titled("A&B & C"), NEWS),
    Sick("feed-after-blank-lines", "feed", "ok", broken(lambda text: "\ufeff\n\n  " + text), NEWS),
    Sick("feed-in-another-charset", "feed", "ok", titled("Coöperatie", "cp1252"), NEWS),
    Sick("feed-encoded-twice", "feed", "ok", titled("Coöperatie één".encode().decode("cp1252")), NEWS),
    Sick("feed-as-text-html", "feed", "ok", broken(str, **{"Content-Type": "text/html"}), NEWS),
    Sick("feed-gzipped-twice", "feed", "ok", broken(lambda text: gzip.compress(text.encode())), NEWS),
    Sick("feed-with-an-entity-bomb", "feed", "ok", with_entities(ENTITY_BOMB, "&i;"), NEWS),
    Sick("feed-that-names-a-file", "feed", "ok", with_entities(FILE, "&x;"), NEWS),
    Sick("feed-with-paths", "feed", "ok", paths_only, NEWS),
    Sick("feed-with-nonsense-dates", "feed", "ok", broken(lambda text: text.replace("24 Nov", "Gisteren 99")), NEWS),
    Sick("feed-that-repeats-itself", "feed", "ok", lambda site: {"/feed/": Page(feed(site, *ALL * 60))}, NEWS),
    Sick("feed-gone", "feed", "http_error", answers(Page(status=404), "/feed/")),
)  # fmt: skip
LISTS = (
    Sick("empty", "overview", "empty", answers(PLAIN), always=True),
    Sick("emptied", "overview", "site_changed", answers(PLAIN)),
    Sick("gone", "overview", "site_changed", answers(Page(status=410))),
    Sick("css-finds-nothing", "overview", "selector_zero", answers(PLAIN), css=".niet-hier", always=True),
    Sick("script-only", "overview", "script_only", answers(SCRIPT)),
    Sick("cookie-wall", "overview", "cookie_wall", redirected("/cookie", to=COOKIES)),
    Sick("login-wall", "overview", "login_wall", redirected("/inloggen", to=LOGIN)),
    Sick("repairs", "overview", "maintenance_page", answers(REPAIRS)),
    Sick("error-page", "overview", "redirected_to_error_page", redirected("/404/", to=PLAIN)),
    Sick("ring", "overview", "http_error", redirected("/nieuws/")),
    Sick("long-ring", "overview", "http_error", redirected("/a", to=BACK)),
    Sick("to-private", "overview", "address_refused", redirected("http://10.0.0.1/", own=False)),
    Sick("to-a-file", "overview", "http_error", redirected("file:///etc/passwd", own=False)),
    Sick("metadata", "overview", "address_refused", address="http://169.254.169.254/latest/", always=True),
    Sick("private-in-ipv6", "overview", "address_refused", address="http://[::ffff:10.0.0.1]/", always=True),
    Sick("shared-space", "feed", "address_refused", address="http://100.64.0.1/feed/", always=True),
    Sick("no-such-name", "overview", "dns", address="http://bestaat-niet.invalid/", always=True),
    Sick("closed-door", "overview", "connection_refused", address="http://127.0.0.43:1/", always=True),
    Sick("no-tls", "overview", "tls", scheme="https", always=True),
    Sick("forbidden", "overview", "http_error", answers(Page(status=403))),
    Sick("too-many", "overview", "http_error", answers(Page(status=429, headers={"Retry-After": "7200"}))),
    Sick("busy", "overview", "http_error", answers(Page(status=503))),
    Sick("robots-denied", "overview", "robots_denied", answers(CLOSED, "/robots.txt"), always=True),
    Sick("robots-broken", "overview", "robots_unreadable", answers(Page(status=500), "/robots.txt"), always=True),
    Sick("silent", "overview", "timeout", answers(HANGS), hangs=True),
    Sick("robots-silent", "overview", "timeout", answers(HANGS, "/robots.txt"), always=True, hangs=True),
    Sick("slow-drip", "overview", "timeout", answers(Page(trick=Trick.DRIP)), hangs=True),
    Sick("endless", "overview", "too_large", answers(Page(trick=Trick.ENDLESS))),
    Sick("huge", "overview", "too_large", answers(Page("x", headers=HUGE))),
    Sick("gzip-bomb", "overview", "too_large", answers(Page(GZIP_BOMB, headers={"Content-Encoding": "gzip"}))),
    Sick("brotli-bomb", "overview", "too_large", answers(Page(BROTLI_BOMB, headers={"Content-Encoding": "br"}))),
    Sick("gzipped-file-bomb", "sitemap", "not_a_sitemap", answers(Page(GZIP_BOMB), "/s.xml")),
    Sick("hangs-up", "overview", "connection_lost", answers(Page(trick=Trick.RESET))),
    Sick("relaunch", "overview", "site_changed", relaunch),
    Sick("new-layout", "overview", "ok", new_layout, NEWS),
    Sick("undated", "overview", "all_undated", undated, (*NEWS, "/nieuws/nieuw-drie/")),
    Sick("one-page-gone", "overview", "ok", at_home(Page(status=410)), NEWS),
    Sick("sea-of-tags", "overview", "ok", at_home(Page("<p>" * 2**20)), NEWS),
    Sick("deep", "overview", "ok", at_home(Page("<div>" * 100_000)), NEWS),
    Sick("sitemap-is-a-page", "sitemap", "not_a_sitemap", answers(PLAIN, "/s.xml")),
    Sick("wordpress-closed", "wordpress", "not_wordpress", answers(Page("{}", headers=JSON), "/posts")),
    Sick("watched-page-of-scripts", "watch", "script_only", answers(SCRIPT, "/thema/")),
)  # fmt: skip


def world(elsewhere: Site) -> tuple[Sick, ...]:
    """Every source on a host of its own; one of them leads to a site `elsewhere`.

    Those that hang stand first and the healthy ones last, so that in a line of one they would wait for all others.
    """
    rows = (*LISTS, *FEEDS, leads_to(elsewhere), *HEALTHY)
    rows = tuple(sorted(rows, key=lambda one: not one.hangs))
    return tuple(replace(one, site=Site(host=f"127.0.7.{number}")) for number, one in enumerate(rows, 1))


def leads_to(elsewhere: Site) -> Sick:
    """A source whose list redirects to that of another site."""
    ails = lambda site: redirected(elsewhere.url("/nieuws/"), own=False)(site)  # noqa: E731
    return Sick("other-site", "overview", "off_site_redirect", ails)
