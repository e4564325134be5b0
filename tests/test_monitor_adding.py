"""Paste an address, get a source: five kinds of site on loopback, and everything that can be in the way."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from fakes_site import Page, Site, feed, overview
from ruamel.yaml import YAML

from crawlers.address import key
from crawlers.endpoint import Answer, NoAnswer
from crawlers.findings import Findings
from crawlers.probe import look_around
from crawlers.publication import Reason
from monitor import sources_file
from monitor.cli import main
from monitor.demo.configuration import write_config
from monitor.item import Arrival, Item
from monitor.proposal import propose, repairs, trouble_in_words, usual_choice, why
from monitor.recognise import New
from monitor.settings import SettingsError, load
from monitor.store import items, record
from monitor.store.database import migrate, open_engine

TODAY = date(2026, 11, 24)
SWITCH = {"RADAR_ALLOW_LOOPBACK": "1"}
NEWS = ("/nieuws/huurders-kiezen/", "/nieuws/panel-begint/", "/nieuws/nieuwe-afspraken/", "/nieuws/budget-voor-wijk/")
XML = {"Content-Type": "application/xml"}
BLANK = "<!doctype html><html lang=nl><title>Over ons - De Bond</title>{head}<body><p>Welkom.</p>{body}</body></html>"


@pytest.fixture
def folder(tmp_path):
    """The settings of the demo, on a port where nobody is."""
    write_config(tmp_path / "config", 9)
    path = tmp_path / "config" / "radar.yaml"
    path.write_text(path.read_text().replace("pause: 0.1 ", "pause: 0.02 "))
    return tmp_path / "config"


def radar(folder, *arguments):
    return CliRunner().invoke(main, ["--config", str(folder), *arguments], env=SWITCH)


def added(folder):
    return load(folder, SWITCH).sources[-1]


def sitemap(site, *paths):
    rows = "".join(f"<url><loc>{site.url(path)}</loc><lastmod>2026-11-20</lastmod></url>" for path in paths)
    return Page(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>', headers=XML)


def with_feed(site):
    link = '<link rel="alternate" type="application/rss+xml" href="/bond.rss">'
    site.pages |= {"/": Page(BLANK.format(head=link, body="")), "/bond.rss": Page(feed(site, *NEWS), headers=XML)}
    return "/", "feed", "/bond.rss"


def with_usual_feed(site):
    site.pages |= {"/over-ons": Page(BLANK.format(head="", body="")), "/feed/": Page(feed(site, *NEWS), headers=XML)}
    return "/over-ons", "feed", "/feed/"


def with_overview(site):
    site.pages |= {"/nieuws/": overview(*NEWS)}
    return "/nieuws/", "overview", "/nieuws/"


def with_section(site):
    body = '<nav><a href="/wat-we-doen">Wat we doen</a><a href="/nieuws/">Nieuws</a></nav>'
    site.pages |= {"/": Page(BLANK.format(head="", body=body)), "/nieuws/": overview(*NEWS)}
    return "/", "overview", "/nieuws/"


def with_sitemap(site):
    site.pages |= {
        "/": Page(BLANK.format(head="", body="")),
        "/robots.txt": Page(f"User-agent: *\nDisallow:\nSitemap: {site.url('/kaart.xml')}\n"),
        "/kaart.xml": sitemap(site, "/", "/contact", *NEWS),
    }
    return "/", "sitemap", "/kaart.xml"


def with_feed_itself(site):
    site.pages |= {"/x.xml": Page(feed(site, *NEWS), headers=XML)}
    return "/x.xml", "feed", "/x.xml"


def with_wordpress(site):
    posts = [{"link": site.url(path), "title": {"rendered": "Bericht"}, "date": "2026-11-20T09:00:00"} for path in NEWS]
    site.pages |= {
        "/": Page(BLANK.format(head='<link rel="https://api.w.org/" href="/wp-json/">', body="")),
        "/wp-json/wp/v2/posts": Page(json.dumps(posts), headers={"Content-Type": "application/json"}),
    }
    return "/", "wordpress", "/wp-json/wp/v2/posts"


def with_index_of_sitemaps(site):
    """An index whose part with the news names titles and dates (Google's news sitemap)."""
    news = "".join(
        f"<url><loc>{site.url(path)}</loc><news:news><news:title>Bericht</news:title>"
        "<news:publication_date>2026-11-20</news:publication_date></news:news></url>"
        for path in NEWS
    )
    parts = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/pages.xml", "/news.xml"))
    space = "http://www.google.com/schemas/sitemap-news/0.9"
    site.pages |= {
        "/": Page(BLANK.format(head="", body="")),
        "/robots.txt": Page(f"Sitemap: {site.url('/kaarten.xml')}\n"),
        "/kaarten.xml": Page(f"<sitemapindex>{parts}</sitemapindex>", headers=XML),
        "/pages.xml": sitemap(site, "/over", "/contact", "/werken-bij"),
        "/news.xml": Page(f'<urlset xmlns:news="{space}">{news}</urlset>', headers=XML),
    }
    return "/", "sitemap", "/kaarten.xml"


KINDS = (
    with_feed,
    with_usual_feed,
    with_overview,
    with_section,
    with_sitemap,
    with_feed_itself,
    with_wordpress,
    with_index_of_sitemaps,
)


def around(site, address, known=frozenset()):
    """Look around at an address as the crawler does, without its process; returns the findings and what was asked."""
    looking, asked = look_around(address, TODAY, known), []
    try:
        wanted = next(looking)
        while True:
            asked.append(urlsplit(wanted).path)
            page = site.pages.get(asked[-1], Page(status=404))
            body = page.body.encode() if isinstance(page.body, str) else page.body
            headers = {"content-type": "text/html"} | {name.lower(): value for name, value in page.headers.items()}
            wanted = looking.send(Answer(wanted, wanted, page.status, body, headers))
    except StopIteration as end:
        return end.value, asked


@pytest.mark.parametrize("lay_out", KINDS)
def test_the_best_address_of_a_site_is_found(lay_out):
    """Eight lay-outs: the address that lists the news is the surest, its items are shown, few addresses are asked."""
    site = Site(port=80)
    pasted, kind, path = lay_out(site)
    findings, asked = around(site, site.url(pasted))
    best = findings.candidates[0]
    assert (best.kind, best.address) == (kind, site.url(path))
    assert [urlsplit(item.address).path for item in best.items] == list(NEWS)
    assert 0.5 <= best.confidence < 1
    assert why(best)
    assert len(asked) <= 14


def test_five_sources_of_five_kinds_are_added_by_pasting(folder):
    """Over HTTP, by the command: each pasted address becomes a source that passes the checks, and comments stay."""
    before = (folder / "sources.yaml").read_text()
    for number, lay_out in enumerate(KINDS[:5]):
        with Site(f"127.0.0.9{number}").serve() as site:
            pasted, kind, path = lay_out(site)
            told = radar(folder, "source", "add", site.url(pasted), "--yes")
            assert told.exit_code == 0, told.output
            first = added(folder).endpoints[0]
            assert (first.kind, first.address) == (kind, site.url(path))
            assert "zeker" in told.output
            assert "Bericht" in told.output or kind == "sitemap"
            lines = of_record(folder, f"source/{added(folder).name}")
            assert [(line.who, line.action, line.after) for line in lines] == [
                ("de radar", "add source", {"addresses": first.address, "way": "radar source"})
            ]
    assert added(folder).articles == "/nieuws/[^?#]+"
    assert (folder / "sources.yaml").read_text().startswith(before.rstrip())


def of_record(folder, subject):
    """The lines of the record about one thing."""
    engine = open_engine(load(folder, SWITCH).database)
    migrate(engine)
    lines = record.of_subject(engine, subject)
    engine.dispose()
    return lines


NAMED = '<meta property="og:site_name" content="De Bond">'
FRONT = Page(BLANK.format(head=NAMED, body=""))


@pytest.mark.parametrize(
    ("front", "called", "title"),
    [
        (FRONT, "Laatste nieuws", "De Bond"),
        (Page("<title>Welkom | De Bond</title>"), "Nieuws - RSS feed", "De Bond"),
        (Page("<title>Welkom | Voor huurders</title>"), "Bond van huurders", "Bond van huurders"),
        (Page(status=404), "Bond van huurders", "Bond van huurders"),
        (Page(status=404), "Nieuws", "127.0.0.41"),
    ],
)
def test_a_source_of_a_pasted_feed_is_called_after_its_site(front, called, title):
    """The name that the front page gives goes first, then that of the feed if it is one, then a title, then a host."""
    site = Site(port=80)
    body = feed(site, *NEWS).replace("<title>x</title>", f"<title>{called}</title>")
    site.pages |= {"/": front, "/x.xml": Page(body, headers=XML)}
    assert around(site, site.url("/x.xml"))[0].title == title


def test_a_source_of_a_pasted_sitemap_is_called_after_its_site():
    """A sitemap has no name of its own, so the front page of its site gives it."""
    site = Site(port=80)
    site.pages |= {"/": FRONT, "/kaart.xml": sitemap(site, *NEWS)}
    findings, asked = around(site, site.url("/kaart.xml"))
    assert findings.title == "De Bond"
    assert asked == ["/kaart.xml", "/"]


def page_of_text(title="Zo praat u mee"):
    """A page that lists nothing and has something to say itself."""
    text = "Als huurder praat u mee over uw huis, over het onderhoud van uw flat, en over de huur van volgend jaar. "
    return Page(
        f"<!doctype html><html lang=nl><title>{title} - De Bond</title><h1>{title}</h1>" + f"<p>{text * 2}</p>" * 3
    )


def test_several_addresses_are_written_as_a_person_would(folder):
    """Each address has its own day on which it was seen, and no name of YAML stands for it."""
    with Site("127.0.0.91").serve() as site:
        with_wordpress(site)
        with_section(site)
        site.pages["/"] = Page(
            str(site.pages["/"].body).replace("<title>", '<link rel="https://api.w.org/" href="/wp-json/"><title>')
        )
        told = radar(folder, "source", "add", site.url("/"), "--yes")
    assert [one.kind for one in added(folder).endpoints] == ["wordpress", "overview"]
    written = (folder / "sources.yaml").read_text().rpartition("- name:")[2]
    assert written.count("verified: 20") == 2, told.output


def test_a_search_is_added_by_pasting_its_question(folder):
    """A search by SRU is known by its answer; what it finds stands elsewhere, and its pages are not read."""
    record = "<r:recordData><title>Besluit {n}</title><url>https://stukken.example/{n}</url></r:recordData>"
    records = "".join(f"<r:record>{record}</r:record>".replace("{n}", str(number)) for number in range(4))
    body = f'<r:searchRetrieveResponse xmlns:r="http://www.loc.gov/zing/srw/">{records}</r:searchRetrieveResponse>'
    with Site("127.0.0.91", {"/sru?query=huurders": Page(body, headers=XML)}).serve() as site:
        told = radar(folder, "source", "add", site.url("/sru?query=huurders"), "--yes")
        assert "1. zoekvraag (SRU), 4 berichten" in told.output
        (endpoint,) = added(folder).endpoints
        assert (endpoint.kind, endpoint.address) == ("sru", site.url("/sru?query=huurders"))
    assert not added(folder).read_articles


def test_a_bare_name_may_mean_either_scheme(folder):
    """A site that speaks no TLS is found by its name alone; when it answers to neither, TLS is what is told of."""
    with Site("127.0.0.91").serve() as site:
        with_overview(site)
        told = radar(folder, "source", "add", site.url("/nieuws/").removeprefix("http://"), "--yes")
        assert told.exit_code == 0, told.output
        assert added(folder).endpoints[0].address == site.url("/nieuws/")
    looking = look_around("https://bond.example/", TODAY)
    next(looking)
    assert looking.send(NoAnswer(Reason.TLS)) == "http://bond.example/"
    with pytest.raises(StopIteration) as end:
        looking.send(NoAnswer(Reason.REFUSED))
    assert end.value.value.trouble == "tls"


def test_a_page_without_a_list_is_added_to_be_watched(folder):
    """Over HTTP, by the command: the page is shown with its title and first lines, and becomes a watched address."""
    before = (folder / "sources.yaml").read_text()
    with Site("127.0.0.91", {"/meepraten": page_of_text()}).serve() as site:
        told = radar(folder, "source", "add", site.url("/meepraten"), "--yes")
        assert told.exit_code == 0, told.output
        assert "1. pagina om in de gaten te houden, 60% zeker" in told.output
        output = " ".join(told.output.split())
        assert "deze pagina heeft geen lijst met berichten; de radar kan haar in de gaten houden." in output
        assert "Zo praat u mee Als huurder praat u mee over uw huis" in output
        (endpoint,) = added(folder).endpoints
        assert (endpoint.kind, endpoint.address) == ("watch", site.url("/meepraten"))
    assert (folder / "sources.yaml").read_text().startswith(before.rstrip())


def test_a_page_with_a_table_of_contents_is_watched_and_its_parts_are_offered():
    """What a page of text lists of itself may be its chapters: the page is chosen, and the list is there to choose."""
    site = Site(port=80)
    chapters = ["Zo praat u mee", "Met wie u praat", "Wat u mag vragen", "Als het niet lukt"]
    rows = "".join(f"<li><a href='#deel-{n}'>{title}</a></li>" for n, title in enumerate(chapters))
    parts = "".join(f"<h2 id='deel-{n}'>{title}</h2>" for n, title in enumerate(chapters))
    text = str(page_of_text().body)
    site.pages["/meepraten"] = Page(text.replace("</h1>", f"</h1><ul>{rows}</ul>{parts}"))
    findings, _ = around(site, site.url("/meepraten"))
    assert [one.kind for one in usual_choice(findings.candidates)] == ["watch"]
    (listed,) = [one for one in findings.candidates if one.kind == "overview"]
    assert [item.title for item in listed.items] == chapters
    assert "delen van deze ene pagina" in why(listed)


def test_a_page_of_text_beside_a_feed_is_offered_and_not_chosen():
    """Where there is something else to follow, watching the page comes last; it takes the place of no source."""
    site = Site(port=80)
    with_usual_feed(site)
    site.pages["/over-ons"] = page_of_text()
    candidates = around(site, site.url("/over-ons"))[0].candidates
    assert [one.kind for one in candidates] == ["feed", "watch"]
    assert usual_choice(candidates) == candidates[:1]
    assert repairs(candidates[1:], {key(site.url("/over-ons")): "Zo praat u mee"}) == []


def test_without_consent_nothing_is_written(folder):
    """Without --yes and without a person at the keys the proposal is shown and the file stays."""
    before = (folder / "sources.yaml").read_bytes()
    with Site("127.0.0.91").serve() as site:
        with_overview(site)
        told = radar(folder, "source", "add", site.url("/nieuws/"))
    assert "Er is niets veranderd." in told.output
    assert (folder / "sources.yaml").read_bytes() == before


def test_a_source_under_another_spelling_is_recognised(folder):
    """An address that is followed already is named, whatever its spelling."""
    known = load(folder, SWITCH).sources[0]
    address = known.endpoints[0].address.rstrip("/") + "?utm_source=mail"
    told = radar(folder, "source", "add", address, "--yes")
    assert told.exit_code == 1
    assert f"hoort bij de bron {known.title}" in told.output


WALLS = {
    "deze pagina er niet is": Page(status=404),
    "laat de radar hier niet toe": Page(status=403),
    "storing of is te druk": Page(status=503),
    "inloggen": Page("<title>Inloggen</title><h1>Inloggen</h1><form><input type=password></form>"),
    "cookiemuur": Page(
        "<title>Cookies</title><h1>Cookies</h1><p>Wij gebruiken cookies. Accepteer ze om verder te gaan."
    ),
    "leeg zonder JavaScript": Page("<title>Bond</title><div id=app></div><script src=app.js></script>"),
    "geen berichten die de radar herkent": Page("<title>Bond</title><p>Wij zijn er voor huurders.</p>"),
}


@pytest.mark.parametrize("told", list(WALLS))
def test_what_stands_in_the_way_is_told(told):
    """Every wall has one plain sentence that says what to do."""
    site = Site(port=80, pages={"/hier": WALLS[told]})
    findings, _ = around(site, site.url("/hier"))
    assert told in trouble_in_words(findings)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in (Reason.OK, Reason.UNCHANGED)])
def test_every_reason_without_an_answer_has_its_sentence(reason):
    """Whatever kept the network from answering is told in a Dutch sentence."""
    looking = look_around("http://bond.example/", TODAY)
    next(looking)
    with pytest.raises(StopIteration) as end:
        looking.send(NoAnswer(reason))
    assert trouble_in_words(end.value.value).endswith(".")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mailto:iemand@voorbeeld.nl", "is geen webadres. Kopieer het uit de adresbalk"),
        ("iemand@voorbeeld.nl", "is geen webadres"),
        ("http//voorbeeld.nl/nieuws", "is geen webadres"),
        ("http://127.0.0.91:9/", "weigert de verbinding"),
        ("http://192.0.2.1/", "geen gewoon webadres"),
    ],
)
def test_a_bad_address_changes_nothing(folder, address, told):
    """An address that is none, that nobody answers, or that may not be asked: a sentence, and no change."""
    before = (folder / "sources.yaml").read_bytes()
    result = radar(folder, "source", "add", address, "--yes")
    assert told in result.output
    assert result.exit_code in (1, 2)
    assert (folder / "sources.yaml").read_bytes() == before


def test_robots_txt_is_obeyed(folder):
    """A page that robots.txt closes is not asked, and the reason is told."""
    with Site("127.0.0.91", {"/robots.txt": Page("User-agent: *\nDisallow: /nieuws/")}).serve() as site:
        with_overview(site)
        told = radar(folder, "source", "add", site.url("/nieuws/"), "--yes")
        assert site.paths() == []
    assert "robots.txt" in told.output


def test_two_sites_of_one_name_get_two_names(folder):
    """The second source that would have the same name gets a number; a name that exists is never taken."""
    known = load(folder, SWITCH).sources
    findings = Findings(address=f"https://www.{known[0].name}.nl/nieuws", title="Bond")
    assert propose(findings, (), known, TODAY).name == f"{known[0].name}-2"
    assert propose(findings, (), (), TODAY).name == known[0].name


def test_a_block_is_put_after_the_last_source_and_every_comment_stays(tmp_path):
    """On the file as it is shipped: what was there is there, byte for byte, and the new source is the last."""
    shipped = Path(__file__).parent.parent / "config"
    shutil.copytree(shipped, tmp_path / "config")
    path = tmp_path / "config" / "sources.yaml"
    path.write_text(path.read_text() + "\n# Tot zover.\n")
    path.chmod(0o640)
    before = path.read_text()
    block = (
        "  - name: bond\n    title: Bond\n    endpoints:\n      - {kind: feed, address: 'https://bond.example/feed'}\n"
    )
    sources_file.add_source(tmp_path / "config", {}, block)
    after = path.read_text()
    assert after.replace("\n" + block, "", 1) == before
    assert load(tmp_path / "config", {}).sources[-1].name == "bond"
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_would_be_wrong_is_not_written(folder):
    """A source that does not pass the checks leaves the file as it was, and no litter beside it."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(SettingsError):
        sources_file.add_source(folder, SWITCH, "  - name: Hoofdletter\n    title: X\n    endpoints: []\n")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_source_is_found_again_where_its_known_items_stand_now(folder, tmp_path):
    """After a rebuild the page with the known items takes the place of the old address; the rest stays."""
    path = folder / "sources.yaml"
    with Site("127.0.0.91").serve() as site:
        blog = [f"/blog/{n}/" for n in range(9)]
        site.pages |= {"/actueel/": overview(*NEWS), "/blog/": overview(*blog)}
        body = '<a href="/blog/">Blogs</a><a href="/actueel/">Actueel</a>'
        site.pages["/"] = Page(BLANK.format(head="", body=body))
        text = path.read_text()
        ours = f"  - name: bond\n    title: Bond\n    home: {site.url('/')}\n    endpoints:\n"
        ours += f"      - {{kind: overview, address: '{site.url('/nieuws/')}', css: {{item: .oud}}}}  # het nieuws\n"
        path.write_text(text + ours)
        engine = open_engine(load(folder, SWITCH).database)
        migrate(engine)
        found = [
            Item("bond", "", (key(site.url(f"/oud{one}")),), f"Bericht over {one.strip('/').replace('/', ' ')}")
            for one in NEWS
        ]
        with engine.begin() as connection:
            for one in found:
                items.add(connection, New(one, Arrival.NEWS), datetime(2026, 11, 1, tzinfo=UTC))
        engine.dispose()
        told = radar(folder, "source", "repair", "bond", "--yes")
        assert told.exit_code == 0, told.output
        assert "4 van de 4 berichten" in told.output
        assert added(folder).endpoints[0].address == site.url("/actueel/")
    after = path.read_text()
    assert after.startswith(text)
    assert after.rstrip().endswith("# het nieuws")
    engine = open_engine(load(folder, SWITCH).database)
    (line,) = record.of_subject(engine, "source/bond")
    engine.dispose()
    assert (line.action, line.after["way"]) == ("repair source", "radar source")
    sources_file.replace_endpoint(folder, SWITCH, "bond", line.after["addresses"], line.before["endpoint"])
    assert path.read_text() == text + ours


def test_known_items_that_stand_as_no_list_are_found_by_a_selector():
    """In a margin, beside a list of something else: where the known items stand a new one is found as well."""
    links = "".join(f'<li class="x"><a href="{path}">{number}</a></li>' for number, path in enumerate(NEWS))
    other = overview(*[f"/blog/{number}/" for number in range(9)])
    body = other.body.replace("<body>", f'<body><nav><a href="/">Voorkant</a><ul>{links}</ul></nav>', 1)
    site = Site(port=80, pages={"/wat/": Page(body)})
    past = {key(site.url(path)): "" for path in NEWS[:3]}
    assert repairs(around(site, site.url("/wat/"))[0].candidates, past) == []
    (best,) = repairs(around(site, site.url("/wat/"), past.keys())[0].candidates, past)
    assert [urlsplit(item.address).path for item in best.candidate.items] == list(NEWS)
    assert best.known == 3
    written = YAML(typ="safe").load(best.endpoint(TODAY))
    assert written["css"] == {"link": best.candidate.css.link}


def test_a_feed_that_nobody_feeds_any_more_is_not_the_first_choice():
    """A declared feed whose newest item is of years ago comes behind the page with the news, and says why."""
    site = Site(port=80)
    old = feed(site, *NEWS).replace("24 Nov 2026", "24 Nov 2022")
    head = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    page = str(overview(*NEWS).body).replace("<body>", f"<head>{head}</head><body>")
    site.pages = {"/nieuws/": Page(page), "/feed/": Page(old)}
    found = around(site, site.url("/nieuws/"))[0]
    assert [one.kind.value for one in usual_choice(found.candidates)] == ["overview", "feed"]
    assert "ouder dan een jaar" in why(next(one for one in found.candidates if one.kind.value == "feed"))
    site.pages["/feed/"] = Page(feed(site, *NEWS))
    assert usual_choice(around(site, site.url("/nieuws/"))[0].candidates)[0].kind.value == "feed"


def test_known_items_below_many_new_ones_are_found():
    """A source that failed for weeks has more news on its page than is shown; what stands below that is counted too."""
    paths = [f"/nieuws/bericht-{number}/" for number in range(24)]
    site = Site(port=80, pages={"/nieuws/": overview(*paths)})
    past = {key(site.url(path)): "" for path in paths[12:]}
    (best,) = repairs(around(site, site.url("/nieuws/"), past.keys())[0].candidates, past)
    assert (best.known, best.candidate.listed, len(best.candidate.items)) == (12, 24, 10)


def test_a_source_that_is_nowhere_is_not_changed():
    """Pages with other items are no repair; the one with the most known items comes first."""
    site = Site(port=80, pages={"/nieuws/": overview(*NEWS)})
    candidates = around(site, site.url("/nieuws/"))[0].candidates
    assert repairs(candidates, {"x.nl/a": "Iets anders"}) == []
    (one,) = repairs(candidates, {"x.nl/a": "Bericht over nieuws panel-begint"})
    assert one.known == 1
