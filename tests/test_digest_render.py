from datetime import timedelta

from bs4 import BeautifulSoup
from fakes_digest import TODAY, an_entry

from digest.edition import Audience, Deadline, compose
from digest.letterhead import Recipient
from digest.render import preview_html, preview_text, render
from digest.sample import LETTERHEAD, sample

ANNA = Recipient(email="anna@lezers.example", name="Anna <b>", token="geheim-1")


def letter_of(*entries, intro=""):
    return render(compose(entries, Audience.GEMEENTE, "2026-W48", 3, TODAY, intro), LETTERHEAD)


def page_of(letter):
    return BeautifulSoup(letter.html_for(ANNA), "lxml")


def squeezed(text):
    return " ".join(text.split())


def test_titles_cannot_bring_markup_in():
    """Markup in a title, a source, an intro or an address is shown as text, in the HTML part only."""
    entry = an_entry(
        title="<script>alert(1)</script> & co",
        source="<b>Bron</b>",
        address='https://bron.example/?a=1&b="><img src=x>',
    )
    letter = letter_of(entry, intro="<i>hoi</i>")
    page = page_of(letter)
    assert page.find(["script", "img", "i", "b"]) is None
    assert page.h3.a.text == "<script>alert(1)</script> & co"
    assert page.h3.a["href"] == entry.address
    assert "<script>alert(1)</script> & co" in preview_text(letter)


def test_only_web_addresses_become_links():
    """An address that would run a script is not a link."""
    page = page_of(letter_of(an_entry(address="javascript:alert(1)")))
    assert page.h3.a is None
    assert page.h3.text.strip() == "Titel a"


def test_the_text_part_has_every_link_and_heading():
    """Both parts are of equal worth: each link, heading and paragraph of the HTML part is in the text part."""
    letter = render(sample(TODAY), LETTERHEAD)
    page = BeautifulSoup(preview_html(letter), "lxml")
    text = preview_text(letter)
    links = [link["href"] for link in page.find_all("a")]
    assert len(links) == 8 + 7
    assert [link for link in links if link not in text] == []
    words = squeezed(text).lower()
    assert [h.text for h in page.find_all(["h1", "h2", "h3"]) if squeezed(h.text).lower() not in words] == []
    for entry in sample(TODAY).entries:
        assert squeezed(entry.summary).lower() in words
        assert squeezed(entry.why).lower() in words


def test_the_text_part_is_no_wider_than_72():
    """Only a line that is one long address may be wider."""
    text = preview_text(render(sample(TODAY), LETTERHEAD))
    assert [line for line in text.splitlines() if len(line) > 72 and " " in line.strip()] == []


def test_the_page_is_dutch_with_real_headings_and_nothing_from_outside():
    """The language is told, headings go down by one, tables are layout only, and nothing comes from outside."""
    page = BeautifulSoup(preview_html(render(sample(TODAY), LETTERHEAD)), "lxml")
    assert page.html["lang"] == "nl"
    headings = [heading.name for heading in page.find_all(["h1", "h2", "h3"])]
    assert headings[:4] == ["h1", "h2", "h2", "h3"]
    assert len(page.find_all("h1")) == 1
    assert all(table["role"] == "presentation" for table in page.find_all("table"))
    assert page.find(["img", "script", "link", "iframe", "form"]) is None
    assert "url(" not in str(page)
    assert {link.text.strip() for link in page.find_all("a")}.isdisjoint({"lees meer", "hier", "klik hier"})


def test_blanks_are_filled_with_escaping_for_their_place():
    """A reader's name is escaped in HTML and plain in text, and their secret stands in the links for leaving."""
    letter = letter_of(an_entry())
    assert "Beste Anna &lt;b&gt;," in letter.html_for(ANNA)
    assert "Beste Anna <b>," in letter.text_for(ANNA)
    for part in (letter.html_for(ANNA), letter.text_for(ANNA)):
        assert "https://radar.voorbeeld.example/afmelden/geheim-1" in part
        assert "mailto:redactie@voorbeeld.example?subject=Afmelden%20geheim-1" in part
        assert "anna@lezers.example" in part
        assert letter.mark not in part


def test_the_foot_says_why_who_and_how_to_leave():
    """The law wants a sender who can be reached; readers want to know why they get this."""
    text = squeezed(preview_text(letter_of(an_entry())))
    assert "U krijgt deze brief omdat u zich hebt aangemeld" in text
    for value in (LETTERHEAD.sender_name, LETTERHEAD.postal, LETTERHEAD.contact):
        assert value in text


def test_a_deadline_is_told_until_it_has_passed():
    """The last day to sign up is shown as long as it is not over."""
    day = TODAY + timedelta(days=5)
    ahead = letter_of(an_entry(event={"day": day, "place": "Almelo", "deadline": TODAY}))
    over = letter_of(an_entry(event={"day": day, "deadline": TODAY - timedelta(days=1)}))
    for show in (preview_html, preview_text):
        assert "Aanmelden kan tot en met woensdag 25 november 2026" in show(ahead)
        assert "Almelo" in show(ahead)
        assert "Aanmelden kan" not in show(over)


def test_a_month_is_shown_as_the_month():
    """When only the month is known, no day is made up."""
    text = preview_text(letter_of(an_entry(published=TODAY.replace(day=1), published_text="november 2026")))
    assert "Bron: Bron, november 2026\n" in text


def test_mail_programs_show_what_follows_the_first_item():
    """The hidden first line names the next items."""
    page = page_of(letter_of(an_entry("a"), an_entry("b"), an_entry("c")))
    assert page.body.div.text == "Ook: Titel b; Titel c"


def test_days_to_remember_stand_together_at_the_top():
    """The last days to sign up and the fixed days of the year, the nearest first, in both parts."""
    training = an_entry("training", event={"day": TODAY + timedelta(days=9), "deadline": TODAY + timedelta(days=4)})
    fixed = Deadline(day=TODAY + timedelta(days=6), text="Afspraken klaar.")
    letter = render(compose([training], Audience.GEMEENTE, "2026-W48", 3, TODAY, deadlines=[fixed]), LETTERHEAD)
    text = squeezed(preview_text(letter))
    told = (
        "* Zondag 29 november 2026. Laatste dag om u aan te melden: Titel training"
        " * Dinsdag 1 december 2026. Afspraken klaar."
    )
    assert f"DENK AAN DEZE DAGEN {told} AGENDA" in text
    assert told.replace("* ", "") in squeezed(page_of(letter).get_text(" "))
    assert "Denk aan deze dagen" not in preview_html(letter_of(an_entry()))


def test_an_item_says_what_it_is_and_who_else_gets_it():
    """News from Twente says whether it is an example; an item for two audiences names the other."""
    both = [Audience.GEMEENTE, Audience.CORPORATIE]
    letter = letter_of(an_entry(kind="praktijkvoorbeeld", region=True, audiences=both))
    assert "Praktijkvoorbeeld · Bron · 25 november 2026 · ook voor woningcorporaties" in preview_html(letter)
    assert "Praktijkvoorbeeld. Bron: Bron, 25 november 2026, ook voor woningcorporaties" in squeezed(
        preview_text(letter)
    )
    assert "ook voor" not in preview_html(letter_of(an_entry(audiences=list(Audience))))


def test_a_letter_can_be_passed_on_and_looked_up():
    """View in a browser, sign up, preferences and the archive are one click away in both parts."""
    letter = letter_of(an_entry())
    for show in (preview_html, preview_text):
        for page in ("brieven/gemeente/2026-W48", "aanmelden", "voorkeuren/voorbeeld", "brieven"):
            assert f"{LETTERHEAD.public_url}/{page}" in show(letter)
