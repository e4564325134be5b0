"""The letter as mail programs and readers meet it: its HTML, its size, its look in a real browser, its text part."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from fakes_browser import html_faults
from fakes_digest import TODAY
from playwright.sync_api import Browser

from digest.edition import Deadline, Edition, compose
from digest.letterhead import Recipient
from digest.render import render
from digest.sample import LETTERHEAD, sample

READER = Recipient(email="gerda@lezers.example", name="Gerda Pauwels", token="g" * 32, preferences="v" * 32)
# What every program of Apple Mail, Gmail and Outlook knows, wholly or for the most part, by the data of caniemail.com
# (MIT licence) of 9 September 2025. What stands in the style block is extra, and the letter does without it.
KNOWN_STYLES = {
    *(
        "background-color",
        "border-bottom",
        "border-collapse",
        "border-left",
        "color",
        "display",
        "font",
        "font-size",
        "font-weight",
    ),
    *("line-height", "margin", "max-width", "padding", "text-align", "width"),
}
# In the style block, within @media: who does not know it shows the letter as its inline styles say.
KNOWN_IN_BLOCK = {
    *("background-color", "border-color", "color", "display", "overflow-wrap", "padding", "padding-left"),
    *("padding-right", "page-break-inside"),
}
KNOWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "h2", "h3", "p", "a"),
    *("strong", "span"),
}
KNOWN_ATTRIBUTES = {
    *("charset", "class", "content", "href", "lang", "name", "role", "style"),
}


def twelve() -> Edition:
    """The sample with four items more and a day of the year: what a full week brings."""
    base = sample(TODAY)
    more = [
        entry.model_copy(update={"reference": f"{entry.reference}-again", "address": f"{entry.address}-2"})
        for entry in base.entries[:4]
    ]
    deadline = Deadline(day=TODAY, text="Vóór deze dag horen de prestatieafspraken klaar te zijn.")
    return compose([*base.entries, *more], base.audience, base.issue, 12, TODAY, base.intro, [deadline])


def parts() -> tuple[str, str]:
    letter = render(twelve(), LETTERHEAD)
    return letter.html_for(READER), letter.text_for(READER)


def test_twelve_items_stay_small():
    """Under 16 KB of HTML with everything in it, far from where Gmail cuts a letter off."""
    assert len(twelve().entries) == 12
    assert len(parts()[0].encode()) <= 16 * 1024


def test_no_mail_program_lacks_what_the_letter_needs():
    """Tags, attributes and inline styles are of those that Apple Mail, Gmail and Outlook know."""
    page = BeautifulSoup(parts()[0], "lxml")
    styles = {
        name.strip() for style in page.find_all(style=True) for name in re.findall(r"([a-z-]+) *:", style["style"])
    }
    assert styles <= KNOWN_STYLES
    assert set(re.findall(r"([a-z-]+):(?=[^{}]*;)", page.style.string)) - {"color-scheme"} == KNOWN_IN_BLOCK
    assert set(re.findall(r"@[a-z-]+", page.style.string)) == {"@media"}  # one at-rule that Gmail lacks drops the block
    assert {tag.name for tag in page.find_all(True)} <= KNOWN_TAGS
    assert {name for tag in page.find_all(True) for name in tag.attrs} <= KNOWN_ATTRIBUTES
    # Outlook for macOS and others throw the body itself away, so its background stands on the table as well.
    assert page.body["style"].endswith("background-color:#eceff0")
    assert page.table["style"].endswith("background-color:#eceff0")
    assert '<!--[if mso]><table role="presentation" align="center" width="640">' in parts()[0]


def test_the_html_has_no_faults(tmp_path: Path):
    """The checker of the W3C finds no error."""
    path = tmp_path / "letter.html"
    path.write_text(parts()[0], encoding="utf-8")
    assert html_faults([path]) == ""


@pytest.mark.parametrize("width", [320, 600, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(chromium: Browser, width: int, scheme: str):
    """In six views axe finds nothing serious, nothing has to be scrolled sideways, and no text is under 16 pixels."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.set_content(parts()[0])
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('p,h1,h2,h3,a,td')].filter(e => e.innerText.trim())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 16
    context.close()


def test_on_paper_it_is_black_on_white_without_what_needs_a_screen(chromium: Browser):
    """Printed, the dark head is gone, the links to sign up and to leave are gone, and no item is cut in two."""
    page = chromium.new_page()
    page.set_content(parts()[0])
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.head')).backgroundColor") == "rgb(255, 255, 255)"
    assert "Meld u af" not in page.inner_text("body")
    assert page.evaluate("getComputedStyle(document.querySelector('.item')).breakInside") == "avoid"
    page.close()


def test_the_text_part_is_of_equal_worth():
    """Every link, and at least 97 of 100 words of the HTML part, in the text part."""
    page, text = BeautifulSoup(parts()[0], "lxml"), parts()[1]
    links = {str(link["href"]) for link in page.find_all("a")}
    assert len(links) == 12 + 7
    assert {link for link in links if link not in text} == set()
    page.body.div.decompose()  # the line that mail programs show behind the subject is no part of the letter
    wanted = Counter(re.findall(r"\w+", page.body.get_text(" ").lower()))
    there = Counter(re.findall(r"\w+", text.lower()))
    missing = wanted - there
    assert missing.total() / wanted.total() <= 0.03, missing
