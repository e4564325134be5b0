"""The demo world: three invented publishers over real HTTP, stage by stage."""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import pypdfium2
import pytest
from bs4 import BeautifulSoup

from digest.plain_dutch import EASY_LEVEL, hard_words, level, long_sentences
from monitor import settings
from monitor.demo.configuration import write_config
from monitor.demo.letter import own_words, subscribers
from monitor.demo.piece import Truth, publishers
from monitor.demo.spelling import Spelling, spell
from monitor.demo.stages import NoWorld, last_stage, publish_more, stage
from monitor.demo.world import World, WorldError

TODAY = date(2026, 11, 24)
PLEIN31, KOEPEL, BOND = "plein31", "koepel", "huurdersbond"


class Answer:
    """What a server said: status, headers and body."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "lxml")

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    world: World, publisher: str, target: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(world.origins[publisher]).netloc, timeout=10)
    try:
        connection.request(method, target, headers={"Host": "demo", **(headers or {})})
        return Answer(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, 0, TODAY).serve() as served:
        yield served


def publish_all(world: World) -> None:
    while publish_more(world.folder):
        pass


def crawl_links(world: World) -> tuple[dict[str, int], set[str]]:
    """Follow every link from the three front pages: the status of each address, and the links that lead outside."""
    statuses: dict[str, int] = {}
    outside: set[str] = set()
    inside = {urlsplit(origin).netloc: name for name, origin in world.origins.items()}
    waiting = [f"{origin}/" for origin in world.origins.values()]
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        if address in statuses:
            continue
        if parts.netloc not in inside:
            outside.add(address)
            continue
        answer = ask(world, inside[parts.netloc], parts.path + (f"?{parts.query}" if parts.query else ""))
        statuses[address] = answer.status
        if "html" in answer.headers.get_content_type():
            found = [tag.get("href") or tag.get("src") for tag in answer.page.select("[href], [src]")]
            waiting += [urljoin(address, str(link)).split("#")[0] for link in found if link]
    return statuses, outside


def test_stages_show_more_and_more_and_then_end(world: World) -> None:
    """Each stage publishes what it holds, tells how many items that is, and after the last one nothing."""
    assert stage(world.folder) == 1
    told = [publish_more(world.folder) for _ in range(4)]
    assert told == [len(world.items(number)) for number in (2, 3, 4, 5)] == [16, 5, 4, 5]
    assert stage(world.folder) == last_stage(world.publishers) == 5
    assert publish_more(world.folder) == 0
    assert stage(world.folder) == 5


def test_items_carry_their_truth() -> None:
    """About a third of the items is clearly relevant, many are off topic, and each stage brings both."""
    items = [piece for one in publishers() for piece in one.items]
    counts = Counter(piece.truth for piece in items)
    assert len(items) == 58
    assert counts == {Truth.CLEAR: 21, Truth.BORDERLINE: 7, Truth.OFF_TOPIC: 30}
    for number in range(1, 6):
        truths = {piece.truth for piece in items if piece.stage == number}
        assert {Truth.CLEAR, Truth.OFF_TOPIC} <= truths


def test_unpublished_items_are_not_there_yet(world: World) -> None:
    """An item of a later stage answers 404 until its stage comes, and 200 from then on."""
    coming = next(piece for piece in world.items(2) if world.address(piece).startswith(world.origins[KOEPEL]))
    assert ask(world, KOEPEL, coming.path).status == 404
    publish_more(world.folder)
    assert ask(world, KOEPEL, coming.path).status == 200


def test_dates_stay_the_same_on_a_later_day(tmp_path: Path) -> None:
    """A world keeps the day it was made on, so that a second run finds the same dates."""
    with World(tmp_path, 0, TODAY).serve() as first:
        before = ask(first, BOND, "/nieuws/").text
    with World(tmp_path, 0, date(2027, 3, 1)).serve() as second:
        after = ask(second, BOND, "/nieuws/").text
    assert "16 oktober 2026" in before
    assert re.sub(r":\d+", "", before) == re.sub(r":\d+", "", after)


def test_a_folder_without_world_is_told(tmp_path: Path) -> None:
    """Publishing in an empty folder says that there is no world, and how to make one."""
    with pytest.raises(NoWorld, match="radar demo start"):
        publish_more(tmp_path)


def test_every_link_answers_and_stays_in_the_world(world: World) -> None:
    """Following every link of every page meets no error, and no address of a real site."""
    publish_all(world)
    statuses, outside = crawl_links(world)
    wrong = {address: status for address, status in statuses.items() if status != 200}
    assert wrong == {}
    assert all(world.address(piece) in statuses for number in range(1, 6) for piece in world.items(number))
    assert outside
    assert all(re.search(r"^(tel:06|mailto:[^@]+@\w+\.voorbeeld\.nl$)", link) for link in outside)


def test_texts_name_no_real_site() -> None:
    """Texts and templates name no host but voorbeeld.nl (and the names of XML vocabularies), and no real publisher."""
    folder = Path(__file__).parents[1] / "monitor/demo"
    texts = "\n".join(path.read_text() for name in ("content", "pages") for path in (folder / name).rglob("*.*"))
    hosts = set(re.findall(r"\b([a-z0-9-]+\.(?:nl|com|org|net|eu))\b", texts))
    assert hosts == {"voorbeeld.nl", "w3.org", "sitemaps.org", "purl.org"}
    assert not re.search(r"platform31|aedes|woonbond|\bvtw\b|\bkwh\b|twente", texts, re.IGNORECASE)


@pytest.mark.parametrize(
    ("publisher", "first", "second", "beyond"),
    [
        (PLEIN31, "/artikelen/", "/artikelen/page/2/", "/artikelen/page/9/"),
        (BOND, "/nieuws/", "/nieuws/page/2/", "/nieuws/page/9/"),
        (KOEPEL, "/nieuws", "/nieuws?page=1", "/nieuws?page=9"),
    ],
)
def test_overviews_have_pages(world: World, publisher: str, first: str, second: str, beyond: str) -> None:
    """The first page links to the second, they list different items, and past the end there are none."""
    start, after, end = (ask(world, publisher, target) for target in (first, second, beyond))
    paths = {piece.path for one in world.publishers if one.name == publisher for piece in one.items}

    def listed(answer: Answer) -> set[str]:
        found = {urlsplit(str(link["href"])).path for link in answer.page.select("main a[href]")}
        return found & paths

    turns = [urljoin(first, str(link["href"])) for link in start.page.select("main a[href]")]
    assert second in turns
    assert listed(start)
    assert listed(after)
    assert not listed(start) & listed(after)
    assert not listed(end)
    assert end.status == (200 if publisher == KOEPEL else 404)


@pytest.mark.parametrize(
    ("publisher", "target"),
    [
        (BOND, "/feed/"),
        (BOND, "/nieuws/"),
        (PLEIN31, "/wp-sitemap.xml"),
        (PLEIN31, "/artikelen/"),
        (KOEPEL, "/sitemap.xml"),
        (KOEPEL, "/nieuws"),
    ],
)
def test_unchanged_pages_answer_304_until_something_is_published(world: World, publisher: str, target: str) -> None:
    """With the tag or the date of the last answer there is no body, until the next stage changes the page."""
    answer = ask(world, publisher, target)
    tag, changed = {"If-None-Match": answer.headers["ETag"]}, {"If-Modified-Since": answer.headers["Last-Modified"]}
    for condition in (tag, changed, tag | changed, {"If-None-Match": f'"other", W/{answer.headers["ETag"]}'}):
        again = ask(world, publisher, target, condition)
        assert (again.status, again.body) == (304, b"")
    assert ask(world, publisher, target, {"If-None-Match": '"other"'} | changed).status == 200
    assert ask(world, publisher, target, {"If-Modified-Since": "some day"}).status == 200
    publish_more(world.folder)
    for condition in (tag, changed, tag | changed):
        assert ask(world, publisher, target, condition).status == 200


def test_feed_lists_the_newest_news(world: World) -> None:
    """The feed parses, its dates are those of the pages, and a page without a date is not in it."""
    publish_more(world.folder)
    feed = feedparser.parse(ask(world, BOND, "/feed/").body)
    assert not feed.bozo
    assert len(feed.entries) == 10
    newest = feed.entries[0]
    assert newest.title == "Huurders beslissen mee over groot onderhoud in Dorsterveen"
    assert newest.published == "Mon, 23 Nov 2026 08:15:00 +0100"
    assert not any("/thema/" in entry.link for entry in feed.entries)


def test_dead_feed_answers_with_a_page(world: World) -> None:
    """De Koepel's feed address answers 200 with HTML: a reader of feeds must not take that for an empty feed."""
    answer = ask(world, KOEPEL, "/rss.xml")
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")


def test_sitemap_index_leads_to_every_item(world: World) -> None:
    """The children of the WordPress index list every visible item with the time it changed."""
    index = BeautifulSoup(ask(world, PLEIN31, "/wp-sitemap.xml").body, "xml")
    children = [BeautifulSoup(ask(world, PLEIN31, urlsplit(loc.text).path).body, "xml") for loc in index.select("loc")]
    listed = {loc.text for child in children for loc in child.select("loc")}
    visible = {
        world.address(piece) for piece in world.items(1) if world.address(piece).startswith(world.origins[PLEIN31])
    }
    assert visible <= listed
    assert sum(len(child.select("lastmod")) for child in children) == len(visible)


def test_robots_name_sitemap_and_closed_doors(world: World) -> None:
    """De Koepel closes its search page, and each site tells where its sitemap is."""
    assert "Disallow: /zoeken\n" in ask(world, KOEPEL, "/robots.txt").text
    for one in world.publishers:
        assert f"Sitemap: {world.origins[one.name]}{one.sitemap}\n" in ask(world, one.name, "/robots.txt").text


def test_document_is_a_readable_pdf(world: World) -> None:
    """The address has no .pdf, the answer says it is one, and its Dutch text can be read."""
    publish_more(world.folder)
    answer = ask(world, PLEIN31, "/media/document/van-luisteren-naar-beslissen")
    assert answer.headers.get_content_type() == "application/pdf"
    document = pypdfium2.PdfDocument(answer.body)
    try:
        text = " ".join(document[0].get_textpage().get_text_bounded().split())
        title = document.get_metadata_dict()["Title"]
    finally:
        document.close()
    assert title == "Van luisteren naar beslissen: zeven vormen van invloed voor huurders"
    assert title in text
    assert "alleen de huurdersorganisatie kan zich op haar adviesrecht beroepen" in text
    assert text.endswith("en wanneer de corporatie antwoord geeft.")


@pytest.mark.parametrize(
    ("publisher", "target", "line"),
    [
        (PLEIN31, "/artikelen/huurders-beslissen-mee-over-groot-onderhoud/", "21 november 2026 | Leestijd: 6 minuten"),
        (PLEIN31, "/artikelen/bakfiets-wint-van-bestelbus/", "20 nov 2026 | Leestijd: 4 minuten"),
        (PLEIN31, "/publicaties/van-luisteren-naar-beslissen/", "22-11-2026"),
        (PLEIN31, "/publicaties/wonen-en-zorg-in-een-straat/", "juni 2026"),
        (PLEIN31, "/project/samen-besturen-in-de-wijk/", "Looptijd project: 1 januari 2025 - 31 december 2027"),
        (
            KOEPEL,
            "/goed-bestuur/handreiking-huurders-in-de-lokale-driehoek",
            "Instrument Instrument · 23 november 2026",
        ),
        (KOEPEL, "/leefbare-wijken/sleutelpersonen-openen-deuren-in-merelhoven", "Praktijk · zondag 22 november 2026"),
        (BOND, "/nieuws/servicekosten-niet-omhoog-zonder-instemming/", "21 november 2026"),
    ],
)
def test_pages_spell_their_dates_in_many_ways(world: World, publisher: str, target: str, line: str) -> None:
    """Each spelling that the real publishers use stands on a page."""
    publish_more(world.folder)
    lines = [" ".join(tag.get_text().split()) for tag in ask(world, publisher, target).page.select("main p")]
    assert any(line == found or found.endswith(line) for found in lines)


def test_undated_page_has_no_date(world: World) -> None:
    """The page of an undated item holds no year at all."""
    publish_more(world.folder)
    answer = ask(world, PLEIN31, "/artikelen/stappenplan-bewonersberaad-in-een-huurwijk/")
    assert answer.status == 200
    assert not re.search(r"\b20\d\d\b", answer.page.select_one("main").get_text())  # type: ignore[union-attr]


def test_announced_meeting_lies_ahead_and_its_report_comes_after(world: World) -> None:
    """The announcement names a Saturday to come with a deadline before it; the report tells of yesterday."""
    publish_all(world)
    coming = ask(world, BOND, "/nieuws/huurdersdag-west-meld-u-aan/").page.get_text()
    assert "Datum: zaterdag 12 december 2026" in coming
    assert "Aanmelden vóór 3 december 2026" in coming
    assert "gisteren" in ask(world, BOND, "/nieuws/huurdersdag-oost-terugblik/").page.get_text()
    assert "23 november 2026" in ask(world, BOND, "/nieuws/huurdersdag-oost-op-komst/").page.get_text()


def test_repost_repeats_the_original_and_names_it(world: World) -> None:
    """The repeated news shares nearly all its sentences with the original, and links to it."""
    publish_more(world.folder)
    repeat = next(piece for piece in world.items(2) if piece.told_by)
    original = next(piece for piece in world.items(2) if repeat.told_by == f"plein31{piece.path}")
    shared = set(original.text.split(". ")) & set(repeat.text.split(". "))
    assert len(shared) > 0.6 * len(original.text.split(". "))
    page = ask(world, BOND, repeat.path).page
    assert page.select_one(f'a[href="{world.address(original)}"]')
    assert "Bron: Plein31" in page.get_text()


def test_unknown_page_is_a_404_and_a_missing_slash_a_redirect(world: World) -> None:
    """A page that never was has a page of its own saying so; WordPress adds the slash it wants."""
    missing = ask(world, KOEPEL, "/huurbeleid/bestaat-niet")
    assert missing.status == 404
    assert "Pagina niet gevonden" in missing.text
    moved = ask(world, PLEIN31, "/artikelen")
    assert (moved.status, moved.headers["Location"]) == (301, f"{world.origins[PLEIN31]}/artikelen/")


def test_head_has_the_headers_only(world: World) -> None:
    """HEAD tells the length of the page and sends none of it."""
    head, full = ask(world, BOND, "/nieuws/", method="HEAD"), ask(world, BOND, "/nieuws/")
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(full.body))


def test_requests_are_remembered(world: World) -> None:
    """The world knows what was asked for, how often, by whom, and what it answered."""
    for _ in range(2):
        ask(world, KOEPEL, "/nieuws?page=1", {"User-Agent": "tester"})
    assert world.requests == {f"{world.origins[KOEPEL]}/nieuws?page=1": 2}
    assert {(visit.status, visit.agent) for visit in world.visits} == {(200, "tester")}
    assert world.most_at_once == {"127.0.0.32": 1}


def test_simultaneous_requests_are_counted(tmp_path: Path) -> None:
    """Three requests at once on one host and one on another are told per host."""
    with World(tmp_path, 0, TODAY, latency=0.5).serve() as slow:
        together = threading.Barrier(4)

        def visit(publisher: str) -> None:
            together.wait()
            ask(slow, publisher, "/robots.txt")

        threads = [threading.Thread(target=visit, args=(name,)) for name in (BOND, BOND, BOND, KOEPEL)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert slow.most_at_once == {"127.0.0.33": 3, "127.0.0.32": 1}


def test_a_taken_port_is_told(world: World, tmp_path: Path) -> None:
    """A second world on the same port says so in one clear message."""
    other = World(tmp_path / "other", world.port, TODAY)
    with pytest.raises(WorldError, match=str(world.port)), other.serve():
        pass


def test_written_settings_load_and_fit_the_world(world: World) -> None:
    """The written folder passes the checks of real settings, and its article patterns take every listed item."""
    publish_all(world)
    folder = world.folder / "config"
    write_config(folder, world.port, desk_port=8999)
    loaded = settings.load(folder, {"RADAR_ALLOW_LOOPBACK": "1"})
    assert [source.name for source in loaded.enabled] == [PLEIN31, KOEPEL, BOND]
    assert loaded.database == f"sqlite:///{world.folder.resolve()}/radar.db"
    assert loaded.radar.desk.port == 8999
    for one in world.publishers:
        source = loaded.source(one.name)
        assert source is not None
        for piece in one.items:
            assert re.search(source.articles, world.address(piece))
        for plain in (f"{world.origins[one.name]}{page.path}" for page in one.pages):
            refused = source.not_articles and re.search(source.not_articles, plain)
            assert refused or not re.search(source.articles, plain) or "huurdersorganisatie" in plain


def test_subscribers_cover_the_audiences_and_agreed() -> None:
    """Each audience has readers, each with a proof of consent from before the world was made."""
    readers = subscribers(TODAY)
    assert Counter(reader.audience for reader in readers) == {"corporatie": 3, "huurdersorganisatie": 3, "gemeente": 2}
    assert all(reader.consent.how and reader.consent.when < TODAY for reader in readers)
    assert all(reader.email.endswith("@voorbeeld.nl") for reader in readers)


def test_a_title_of_our_own_is_shorter() -> None:
    """Where the demo's reviewer puts another title in the letter, it reads quicker than that of the page."""
    retitled = [piece for one in publishers() for piece in one.items if piece.own_title]
    assert len(retitled) >= 4
    assert all(len(piece.own_title) < max(len(piece.title), 60) for piece in retitled)
    assert all(own_words()[piece.path].otherwise.title == piece.own_title for piece in retitled)


def test_every_clear_item_of_the_later_stages_has_its_own_words() -> None:
    """What belongs in the letter has a summary and a why that copy no sentence, in plain Dutch; a repeat needs none."""
    words = own_words()
    clear = [piece for one in publishers() for piece in one.items if piece.relevant and piece.stage > 1]
    assert {piece.path for piece in clear if not piece.told_by} == set(words)
    for piece in clear:
        for text in (piece.summary, piece.why) if piece.path in words else ():
            assert level(text).score >= EASY_LEVEL, (level(text), text)
            assert hard_words(text) == ()
            assert long_sentences(text) == ()
            for sentence in text.split(". "):
                assert sentence not in f"{piece.intro} {piece.text}"


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        (Spelling.DAY, "9 maart 2026"),
        (Spelling.SHORT, "9 mrt 2026"),
        (Spelling.NUMBERS, "09-03-2026"),
        (Spelling.WEEKDAY, "maandag 9 maart 2026"),
        (Spelling.MONTH, "maart 2026"),
    ],
)
def test_dates_are_spelled_as_dutch_pages_do(spelling: Spelling, text: str) -> None:
    """One day in each of its spellings."""
    assert spell(date(2026, 3, 9), spelling) == text
