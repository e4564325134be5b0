"""`radar read`: readers on saved files, as an operator and as a program use it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from monitor.cli import main

PAGES = Path(__file__).parent / "pages"
FEED = b"""<rss version="2.0"><channel><title>Nieuws</title><link>https://bond.example/</link><item><title>Een</title>
<guid isPermaLink="false">7</guid><link>/een</link><pubDate>Tue, 17 Nov 2026 09:30:00 +0100</pubDate></item></channel>
</rss>"""


def read(*words: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["read", *words], input=given)


def test_an_operator_sees_what_a_page_yields() -> None:
    """A saved overview gives its items with title, date and where the date came from, and the next page."""
    shown = read("overview", str(PAGES / "woonbond-nieuws.html"), "--address", "https://www.woonbond.nl/nieuws/")
    assert shown.exit_code == 0
    answer = json.loads(shown.stdout)
    assert len(answer["items"]) >= 3
    assert answer["items"][0].keys() >= {"url", "title", "date", "precision", "origin"}
    assert all(item["url"].startswith("https://www.woonbond.nl/nieuws/") for item in answer["items"])


def test_standard_input_is_read_and_links_stay_relative_without_an_address() -> None:
    """A feed piped in gives its own title and link and its entries; a relative link is told as it stands."""
    answer = json.loads(read("feed", "-", given=FEED).stdout)
    assert answer["feed"] == {"title": "Nieuws", "link": "https://bond.example/"}
    (entry,) = answer["entries"]
    assert (entry["id"], entry["title"], entry["link"]) == ("7", "Een", "/een")
    assert entry["published"] == "2026-11-17T09:30:00+01:00"


def test_a_program_gets_one_line_for_each_line(tmp_path: Path) -> None:
    """With --stream each request is answered in order, and a file that fails is told in its answer."""
    feed = tmp_path / "feed.xml"
    feed.write_bytes(FEED)
    requests = [
        {"id": "a", "path": str(feed), "url": "https://bond.example/feed/"},
        {"id": "b", "path": str(tmp_path / "weg.xml"), "url": ""},
        {"id": "c", "path": str(PAGES / "aedes-nieuws.html"), "url": ""},
    ]
    shown = read("feed", "--stream", given="".join(json.dumps(one) + "\n" for one in requests).encode())
    first, second, third = map(json.loads, shown.stdout.splitlines())
    assert (first["id"], first["entries"][0]["link"]) == ("a", "https://bond.example/een")
    assert (second["id"], second["error"]) == ("b", "No such file or directory")
    assert "HTML" in third["error"]


def test_articles_sitemaps_and_pdfs_are_told_too() -> None:
    """An article gives title, date, label and text; what is no sitemap or PDF is refused with a reason."""
    page = str(PAGES / "aedes-artikel.html")
    article = json.loads(read("article", page, "--address", "https://aedes.nl/nieuws/een").stdout)
    assert article["title"]
    assert article["text"]
    assert article["date"]
    for reader in ("sitemap", "pdf"):
        shown = read(reader, page)
        assert shown.exit_code == 1
        assert f"{page} is geen {reader}, of het bestand is niet heel." in shown.stderr
    assert read("feed", f"{page}.weg").stderr == f"{page}.weg is niet te lezen: dat bestaat niet.\n"


def test_lists_for_programs_are_told_too() -> None:
    """Posts of WordPress and records of SRU give their items; a page in their place is refused with a reason."""
    post = {"link": "https://bond.example/een/", "type": "post", "title": {"rendered": "Een"}}
    (item,) = json.loads(read("wordpress", "-", given=json.dumps([post]).encode()).stdout)["items"]
    assert (item["url"], item["title"]) == ("https://bond.example/een/", "Een")
    empty = b"<searchRetrieveResponse><numberOfRecords>0</numberOfRecords></searchRetrieveResponse>"
    assert json.loads(read("sru", "-", given=empty).stdout) == {"items": [], "total": 0, "next_page": ""}
    for reader in ("wordpress", "sru"):
        assert read(reader, str(PAGES / "aedes-artikel.html")).exit_code == 1


def test_wrong_use_is_told() -> None:
    """No file, a file with --stream, a line that is no request: each says what to do, with exit code 2."""
    assert "standaardinvoer" in read("feed").stderr
    assert "JSON-regels" in read("feed", "x.xml", "--stream").stderr
    assert "Geen JSON-regel" in read("feed", "--stream", given=b"feed.xml\n").stderr
    assert read("feed").exit_code == 2
