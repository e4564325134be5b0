"""Telling new from changed, already here and told elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from crawlers.publication import Dated, Origin, Precision, Publication
from crawlers.source import Kind
from monitor.footprint import footprint
from monitor.item import Arrival, Known, Publisher, title_key
from monitor.normalise import normalise, normalise_all
from monitor.recognise import Alias, Changed, Memory, Moved, New, Touched, Unread, recognise
from monitor.stories import Stories, Telling

TODAY = date(2026, 11, 24)
TEXT = (
    "Huurders van de Lindenhof kiezen sinds dit voorjaar zelf de aannemer voor het onderhoud van hun flat. "
    "De corporatie betaalt en denkt mee, maar de bewonerscommissie beslist. Na een half jaar zijn er minder klachten."
)


def publication(address="https://bond.example/nieuws/lindenhof/", **fields):
    values = {"source": "bond", "title": "Huurders kiezen aannemer", "text": TEXT, "read": True} | fields
    return Publication(address=address, **values)


def decide(*publications, known=None, told=(), baseline=False, publishers=None, titled=()):
    by_title = {title_key(old.title): [old] for old in titled}
    memory = Memory(known or {}, by_title, Stories(told), publishers or {})
    return recognise(normalise_all(publications), memory, baseline=baseline, today=TODAY)


def telling(source, title, text, day=TODAY, **fields):
    return Telling(7, 7, source, day, footprint(title, "", text), **fields)


def known_as(item, **fields):
    values = {"item_id": 1, "source": "bond", "key": item.keys[0], "fingerprint": item.fingerprint}
    values |= {"title": item.title, "modified": item.modified}
    return Known(**values | {"read": True, "version": 1} | fields)


def test_an_unknown_item_is_news():
    """An item that nobody saw before is new, and news."""
    (decided,) = decide(publication())
    assert isinstance(decided, New)
    assert decided.arrival is Arrival.NEWS


def test_the_first_crawl_is_a_baseline():
    """What a source had before we came is known, not news."""
    (decided,) = decide(publication(), baseline=True)
    assert decided.arrival is Arrival.BASELINE


def test_an_old_date_that_surfaces_late_is_archive():
    """An item dated long ago is no news, however late we see it."""
    old = Dated(day=date(2014, 12, 2), precision=Precision.DAY, origin=Origin.TEXT)
    (decided,) = decide(publication(published=old))
    assert decided.arrival is Arrival.ARCHIVE


def test_a_guessed_date_never_decides():
    """A guessed old date does not keep an item from being news."""
    guess = Dated(day=date(2014, 12, 2), precision=Precision.DAY, origin=Origin.GUESS)
    (decided,) = decide(publication(published=guess))
    assert decided.arrival is Arrival.NEWS


def test_the_same_content_at_another_spelling_is_already_here():
    """Scheme, www, slash and trackers do not make another document."""
    item = normalise(publication())
    again = publication("http://www.bond.example/nieuws/lindenhof?utm_source=rss")
    assert decide(again, known={item.keys[0]: known_as(item)}) == []


def test_other_content_at_a_known_address_is_a_change():
    """An edited text is a change of the known item, no new item."""
    item = normalise(publication())
    (decided,) = decide(publication(text=TEXT + " Rectificatie."), known={item.keys[0]: known_as(item)})
    assert isinstance(decided, Changed)
    assert not decided.first_reading


def test_a_watched_page_changes_only_by_more_than_a_few_words():
    """A counter on a page that is watched is no new version; another paragraph is, compared with the last one."""
    many = " ".join([TEXT] * 3)
    page = {"found_by": Kind.WATCH, "modified": "2026-11-24"}
    before = normalise(publication(text=f"{many} Bijgewerkt op 3 mei.", **page))
    known = {before.keys[0]: known_as(before, text=before.text, modified="")}
    (decided,) = decide(publication(text=f"{many} Bijgewerkt op 4 mei.", **page), known=known)
    assert isinstance(decided, Touched)
    (decided,) = decide(publication(text=f"{many} Nieuw is een vast budget voor scholing.", **page), known=known)
    assert isinstance(decided, Changed)


def test_a_first_reading_is_told_from_an_edit():
    """The page of an item that was only listed before is its first reading."""
    item = normalise(publication(text="", read=False))
    (decided,) = decide(publication(), known={item.keys[0]: known_as(item, read=False)})
    assert isinstance(decided, Changed)
    assert decided.first_reading


def test_a_page_that_failed_again_is_counted():
    """A known unread item whose page fails again is neither lost nor new."""
    item = normalise(publication(text="", read=False))
    failed = publication(text="", read=False, failure="timeout")
    (decided,) = decide(failed, known={item.keys[0]: known_as(item, read=False)})
    assert isinstance(decided, Unread)


def test_a_canonical_address_is_the_identity():
    """A page met under an unknown address that names a known canonical one is that known item."""
    item = normalise(publication())
    alias = publication("https://bond.example/n/12345", canonical="https://bond.example/nieuws/lindenhof/")
    (decided,) = decide(alias, known={item.keys[0]: known_as(item)})
    assert isinstance(decided, Alias)


def test_two_addresses_of_one_page_are_one_item():
    """A page listed under two addresses that both name the canonical one comes in once."""
    canonical = "https://bond.example/nieuws/lindenhof/"
    one, two = (publication(f"https://bond.example/n/{number}", canonical=canonical) for number in (1, 2))
    (decided,) = decide(one, two, publication())
    assert decided.item.address == canonical


def test_a_page_does_not_swallow_the_news_of_another_day():
    """On a site whose pages all name the same canonical address, tomorrow's item is new under its own address."""
    wrong = "https://bond.example/nieuws"
    yesterday = normalise(publication("https://bond.example/a", canonical=wrong))
    known = {key: known_as(yesterday) for key in yesterday.keys}
    (decided,) = decide(publication("https://bond.example/b", canonical=wrong, title="Iets anders"), known=known)
    assert isinstance(decided, New)
    assert (decided.item.address, decided.item.keys) == ("https://bond.example/b", ("bond.example/b",))
    known |= {"bond.example/b": known_as(decided.item, item_id=2)}
    assert decide(publication("https://bond.example/b", canonical=wrong, title="Iets anders"), known=known) == []


def test_a_page_that_was_touched_without_a_change_is_remembered():
    """A later time of change with the same content is no new version, but is not asked for again."""
    item = normalise(publication(modified="2026-11-20"))
    (decided,) = decide(publication(modified="2026-11-24"), known={item.keys[0]: known_as(item)})
    assert isinstance(decided, Touched)
    assert decide(publication(modified="2026-11-20"), known={item.keys[0]: known_as(item)}) == []


def test_a_canonical_address_that_every_page_claims_identifies_none():
    """A site that names its front page (or one page) as canonical everywhere does not swallow its own news."""
    one = publication("https://bond.example/a", canonical="https://bond.example/nieuws")
    two = publication("https://bond.example/b", canonical="https://bond.example/nieuws", title="Iets anders", text="x")
    front = publication("https://bond.example/c", canonical="https://bond.example/", text="y")
    assert len(decide(one, two, front)) == 3


def test_the_same_story_of_another_source_is_told_elsewhere():
    """A re-post with an own first line points at the item that told it first."""
    first = telling("plein", "Huurders kiezen aannemer", TEXT)
    copy = publication("https://koepel.example/x", source="koepel", text=f"Overgenomen bericht. {TEXT}")
    (decided,) = decide(copy, told=[first])
    assert decided.told_as == 7


def test_the_credited_publisher_stands_before_its_copy():
    """When the copy came first but names its source, the original takes its place."""
    copy = telling("koepel", "Huurders kiezen aannemer", f"{TEXT} Bron: Huurdersbond")
    (decided,) = decide(publication(), told=[copy], publishers={"bond": Publisher(("huurdersbond",))})
    assert decided.told_as is None
    assert decided.takes_over == (7,)


def test_who_mostly_copies_stands_behind_who_mostly_writes():
    """Of two sources that tell one story, the one that is marked as no original stands behind."""
    copy = telling("koepel", "Huurders kiezen aannemer", TEXT)
    (decided,) = decide(publication(), told=[copy], publishers={"koepel": Publisher(original=False)})
    assert decided.takes_over == (7,)


def test_the_earlier_day_stands_in_front():
    """Met later but published a day earlier: that one told it first."""
    day_before = Dated(day=date(2026, 11, 23), precision=Precision.DAY, origin=Origin.META)
    (decided,) = decide(publication(published=day_before), told=[telling("plein", "Aannemer gekozen", TEXT)])
    assert decided.takes_over == (7,)


def test_the_fuller_text_of_one_day_stands_in_front():
    """An excerpt that was met first stands behind the whole text of the same day, and a copy as long stays in front."""
    excerpt, same_day = TEXT[: TEXT.index("Na een half jaar")], dated(TODAY)
    more = f"{TEXT} De bewonerscommissie vertelt er volgende maand over aan andere flats in de stad en in de regio."
    (decided,) = decide(publication(text=more, published=same_day), told=[telling("plein", "Elders", excerpt)])
    assert decided.takes_over == (7,)
    (decided,) = decide(publication(published=same_day), told=[telling("plein", "Elders", TEXT)])
    assert decided.told_as == 7
    (decided,) = decide(publication(text=excerpt, published=same_day), told=[telling("plein", "Elders", more)])
    assert decided.told_as == 7


def test_two_stories_that_turn_out_to_be_one_are_joined():
    """A third telling that is like two others puts all three in one story."""
    one, two = telling("plein", "Eigen keuze", TEXT), telling("koepel", "Zelf kiezen", TEXT)
    (decided,) = decide(publication(), told=[one, replace(two, item_id=8, story=8)])
    assert {decided.told_as, *decided.takes_over} == {7, 8}


def test_another_story_about_the_same_subject_stays_apart():
    """Two items that share a subject but not their words are two stories."""
    other = telling("plein", "Bewoners kiezen schilder", "In Almelo kozen bewoners een schilder voor hun galerij.")
    (decided,) = decide(publication(), told=[other])
    assert decided.told_as is None


def test_a_first_reading_may_show_that_a_story_is_told_elsewhere():
    """What only a title could not tell, the page does; an edit later moves nothing, nor does what a person split."""
    first = telling("plein", "Aannemer gekozen", TEXT)
    item = normalise(publication(text="", read=False))
    unread = known_as(item, read=False)
    (decided,) = decide(publication(), known={item.keys[0]: unread}, told=[first])
    assert decided.told_as == 7
    (decided,) = decide(publication(), known={item.keys[0]: replace(unread, apart=True)}, told=[first])
    assert decided.told_as is None
    (decided,) = decide(
        publication(text=TEXT + " Nu ook met foto."), known={item.keys[0]: known_as(item)}, told=[first]
    )
    assert decided.told_as is None


def test_an_old_text_under_a_new_address_has_moved():
    """The same source, title and text under another address, while the old one is listed no more: nothing new."""
    item = normalise(publication("https://bond.example/oud/lindenhof.html"))
    old = known_as(item, text=TEXT)
    (decided,) = decide(publication(), titled=[old])
    assert isinstance(decided, Moved)
    assert decided.known == old


def test_an_old_text_has_moved_also_when_its_page_has_another_title_than_the_list():
    """A baseline knows titles of lists only; a page under a new address is recognised by the title of its list."""
    old = known_as(normalise(publication("https://bond.example/oud/lindenhof.html")), text=TEXT)
    (decided,) = decide(publication(title="Zo kiezen huurders", listed_as="Huurders kiezen aannemer"), titled=[old])
    assert isinstance(decided, Moved)
    (decided,) = decide(publication(title="Zo kiezen huurders"), titled=[old])
    assert isinstance(decided, New)


def retitled(text=TEXT, day=TODAY, listed=(), **fields):
    """What a text is that comes under another title and address, where one of yesterday was known."""
    item = normalise(
        publication("https://bond.example/nieuws/huurders-kiezen-aanemer", title="Huurders kiezen aanemer")
    )
    old = known_as(item, text=TEXT, published=TODAY, **fields)
    address = "https://bond.example/nieuws/huurders-kiezen-aannemer"
    now = publication(address, text=text, published=dated(day))
    return recognise(normalise_all([now]), Memory(same_day=[old], listed=listed), baseline=False, today=TODAY)


def test_a_title_that_was_mended_makes_no_second_item():
    """Where the address is made from the title, a text of the same day under another one is a new version."""
    moved, changed = retitled()
    assert (type(moved), type(changed)) == (Moved, Changed)
    assert (changed.known.item_id, changed.first_reading) == (1, False)
    assert [type(one) for one in retitled(read=False)] == [Moved]


def test_a_text_alone_makes_no_old_item_of_a_new_one():
    """Another day, another text, or an old address that is listed still: the text under another title is new."""
    assert [type(one) for one in retitled(day=date(2026, 11, 23))] == [New]
    assert [type(one) for one in retitled(text="Een heel ander verhaal over huur en wonen in de stad.")] == [New]
    assert [type(one) for one in retitled(listed=["bond.example/nieuws/huurders-kiezen-aanemer"])] == [New]


def dated(day):
    return Dated(day=day, precision=Precision.DAY, origin=Origin.META)


def under(address, key, **fields):
    """What comes of a publication at an address while a text of its title is known, and listed still, under a key."""
    item = replace(normalise(publication()), keys=(key,))
    old = known_as(item, text=TEXT, published=TODAY)
    now = publication(address, **{"published": dated(TODAY)} | fields)
    titled = {title_key(old.title): [old]}
    return recognise(normalise_all([now]), Memory(titled=titled, listed=[key]), baseline=False, today=TODAY)


def test_a_parameter_that_says_where_a_visitor_came_from_makes_no_second_item():
    """A page whose links carry a parameter is the same page, also while another list gives it without."""
    with_it, plain = "https://bond.example/nieuws/lindenhof?terug=nieuws", "bond.example/nieuws/lindenhof"
    assert [type(one) for one in under(with_it, plain)] == [Alias]
    assert [type(one) for one in under("https://bond.example/nieuws/lindenhof/?pagina=2", f"{plain}?pagina=1")] == [
        Alias
    ]
    slug, unread = "bond.example/nieuws/huurders-kiezen-aannemer", {"text": "", "read": False, "published": None}
    assert [type(one) for one in under(f"https://{slug}?terug=nieuws", slug, **unread)] == [Alias]
    untitled = publication(f"https://{slug}/", title="", **unread)
    read = publication(f"https://{slug}?terug=nieuws")
    for found in ((read, untitled), (untitled, read)):
        assert [one.item.read for one in decide(*found)] == [True]
    both = (publication(with_it), publication("https://bond.example/nieuws/lindenhof/"))
    assert [type(one) for one in decide(*both)] == [New]


def test_a_parameter_that_names_another_document_makes_a_second_item():
    """The same title at the same path with another text or day, or with nearly the same text, is another document."""
    address, key = "https://bond.example/item.asp?id=12", "bond.example/item.asp?id=11"
    slug = "https://bond.example/nieuws/huurders-kiezen-aannemer"
    other = TEXT.replace("half", "heel")
    assert [type(one) for one in under(address, key, text=other)] == [New]
    assert [type(one) for one in under(address, key, text="", read=False)] == [New]
    unread = {"text": "", "read": False, "published": dated(date(2026, 11, 23))}
    assert [type(one) for one in under(address, "bond.example/item.asp", **unread)] == [New]
    assert [type(one) for one in under(f"{slug}?x=1", slug.removeprefix("https://"), **unread)] == [New]
    two = (publication(address), publication("https://bond.example/item.asp?id=11", text=other))
    assert [type(one) for one in decide(*two)] == [New, New]


def relaunched(days, text=""):
    """What comes of items that were listed before, one on each of these days, when all are new and dated today.

    They were read before when they had a text.
    """
    titles = [f"Huurders kiezen aannemer {number}" for number in range(len(days))]
    unread = [
        known_as(
            normalise(publication(f"https://bond.example/oud/{title}", title=title)),
            item_id=number,
            published=days[number],
            read=bool(text),
            text=text,
            fingerprint="",
        )
        for number, title in enumerate(titles)
    ]
    now = [publication(f"https://bond.example/n/{title}", title=title, published=dated(TODAY)) for title in titles]
    return decide(*now, titled=unread)


def test_a_rebuilt_site_that_dates_all_anew_announces_nothing():
    """Old titles of several days that all come back under one day have moved; a series of one day has not."""
    days = [date(2026, month, 3) for month in range(3, 9)]
    assert {type(one) for one in relaunched(days)} == {Moved}
    assert {type(one) for one in relaunched([date(2026, 11, 17)] * 6)} == {New}
    assert {type(one) for one in relaunched([date(2026, 11, 17)] * 6, text=TEXT)} == {Moved}
    assert {type(one) for one in relaunched([date(2026, 11, 17)] * 6, text="Een heel ander verhaal.")} == {New}


def test_a_title_that_comes_back_is_news():
    """A yearly title with another text, another date, or beside the old address that is still listed, is new."""
    item = normalise(publication("https://bond.example/2025/lindenhof"))
    words = "Een heel ander bericht over de verkiezing van het bestuur in de Lindenhof."
    other_text = known_as(item, text=words, fingerprint="other")
    (decided,) = decide(publication(), titled=[other_text])
    assert isinstance(decided, New)
    dated = Dated(day=TODAY, precision=Precision.DAY, origin=Origin.META)
    other_day = known_as(item, text=TEXT, published=date(2025, 11, 24))
    (decided,) = decide(publication(published=dated), titled=[other_day])
    assert isinstance(decided, New)
    both = (publication(), publication("https://bond.example/2025/lindenhof"))
    decided = decide(*both, titled=[known_as(item, text=TEXT)], known={item.keys[0]: known_as(item)})
    assert [type(one) for one in decided] == [New]


def test_an_unread_title_alone_does_not_prove_a_move():
    """One known title without a text is no proof; when most of a site comes back under new addresses, it is."""
    titles = ("Huurders kiezen zelf aannemer", "Wijk krijgt eigen budget", "Panel van huurders begint")
    fresh = [publication(f"https://bond.example/nieuw/{n}", title=title, text="") for n, title in enumerate(titles)]
    old = [
        known_as(normalise(publication(f"https://bond.example/oud/{n}", title=title, text="")), item_id=n, read=False)
        for n, title in enumerate(titles)
    ]
    assert isinstance(decide(fresh[0], titled=old[:1])[0], New)
    undated = publication("https://bond.example/nieuw/9", title="Een bericht dat we niet kenden", text="")
    *moved, unknown = decide(*fresh, undated, titled=old)
    assert [one.known.item_id for one in moved] == [0, 1, 2]
    assert unknown.arrival is Arrival.NEWS


def test_a_few_undated_items_of_a_rebuilt_site_are_news_and_many_are_not():
    """Five may be what came in that week and cost little to look at; six come out of its archive."""
    came = [
        publication(f"https://bond.example/nieuw/oud-{n}", title=f"Oud bericht nummer {n}", text="") for n in range(6)
    ]
    held = [
        known_as(
            normalise(publication(f"https://bond.example/oud/{n}", title=one.title, text="")), item_id=n, read=False
        )
        for n, one in enumerate(came)
    ]
    unknown = [publication(f"https://bond.example/nieuw/{n}", title=f"Onbekend bericht {n}", text="") for n in range(6)]
    for many, arrival in ((5, Arrival.NEWS), (6, Arrival.ARCHIVE)):
        decided = decide(*came, *unknown[:many], titled=held)
        assert [one.arrival for one in decided if isinstance(one, New)] == [arrival] * many


def test_another_source_that_lists_a_known_item_is_noted():
    """An item that a second source lists is no second item, and is not taken for changed by that source's words."""
    item = normalise(publication())
    echo = publication(source="koepel", text="Een korte samenvatting door een ander.")
    (decided,) = decide(echo, known={item.keys[0]: known_as(item)})
    assert isinstance(decided, Alias)
