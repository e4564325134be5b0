"""What readers ask for decides which letters they get, and what is in them."""

from __future__ import annotations

import email
from datetime import date, timedelta
from email.policy import default

from fakes_digest import NOW, TODAY, a_reader, an_edition, an_entry, post_office
from sqlalchemy import update

from digest import outbox, store, subscribers
from digest.edition import Audience, Edition, compose
from digest.records import DeliveryState
from digest.sample import LETTERHEAD
from digest.tables import subscriber
from digest.wishes import EVERYTHING, Region, Rhythm, Wishes

PANELS = Wishes(themes=("panels",))


def mixed(issue: str = "2026-W48", number: int = 1) -> Edition:
    """An edition with an item about panels, one about rights from Twente, and one that nobody could place."""
    entries = [
        an_entry("panel", themes=("panels", "digitaal")),
        an_entry("recht", themes=("overlegwet",), region=True),
        an_entry("los"),
    ]
    return compose(entries, Audience.GEMEENTE, issue, number, TODAY)


def references(edition: Edition) -> set[str]:
    return {entry.reference for entry in edition.entries}


def test_a_reader_gets_the_items_of_their_themes():
    """Themes choose items; what has no theme is never missed, and no wish means everything."""
    assert references(mixed().only(PANELS)) == {"panel", "los"}
    assert mixed().only(EVERYTHING) == mixed()


def test_a_reader_may_leave_the_region_out_or_want_nothing_else():
    """Region chooses too, together with the themes."""
    assert references(mixed().only(Wishes(region=Region.TWENTE))) == {"recht"}
    assert references(mixed().only(Wishes(region=Region.ELSEWHERE, themes=("overlegwet",)))) == {"los"}


def test_the_subject_tells_what_is_left_in_it():
    """The subject never promises an item that this reader does not get."""
    assert "panel" not in mixed().only(Wishes(region=Region.TWENTE)).subject


def test_a_month_is_named_as_such():
    """The overview of a month says so, and counts apart from the weekly letters."""
    month = an_edition(issue="2026-M11")
    assert (month.rhythm, month.week) == (Rhythm.MONTH, "november 2026")
    assert month.subject.startswith("Participatieradar november 2026: ")


def test_only_who_asked_for_it_gets_a_letter(engine):
    """Rhythm, pause and wishes decide at freezing; a pause that is over holds nobody back."""
    wishes = {
        "alles": {},
        "maand": {"rhythm": Rhythm.MONTH},
        "pauze": {},
        "pauze-voorbij": {},
        "niets": {"wishes": Wishes(region=Region.TWENTE, themes=("panels",))},
        "toch": {"wishes": Wishes(region=Region.TWENTE, themes=("panels",)), "also_empty": True},
    }
    subscribers.add(engine, [a_reader(name).model_copy(update=update) for name, update in wishes.items()], NOW)
    with engine.begin() as connection:
        for name, days in (("pauze", 1), ("pauze-voorbij", 0)):
            who = subscriber.c.email == f"{name}@lezers.example"
            connection.execute(update(subscriber).where(who).values(paused_until=TODAY + timedelta(days=days)))
    edition = compose([an_entry("panel", themes=("panels",))], Audience.GEMEENTE, "2026-W48", 1, TODAY)
    edition_id = store.save_draft(engine, edition, NOW)
    store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    got = [one.email.partition("@")[0] for one in store.deliveries(engine, edition_id)]
    assert got == ["alles", "pauze-voorbij", "toch"]


def test_an_empty_letter_goes_to_all_when_it_is_meant_to(engine):
    """The installation may choose to write when there is nothing; otherwise only readers who asked for it get it."""
    for issue, number, also_empty, expected in (("2026-W48", 1, False, 0), ("2026-W49", 2, True, 1)):
        subscribers.add(engine, [a_reader("a")], NOW)
        empty = compose([], Audience.GEMEENTE, issue, number, TODAY)
        edition_id = store.save_draft(engine, empty, NOW)
        assert store.freeze(engine, edition_id, NOW, LETTERHEAD.domain, also_empty=also_empty) == expected


def test_week_and_month_tell_the_same_item_once_each(engine):
    """What stood in a weekly letter may stand in the overview of the month, with a number of its own."""
    week = store.save_draft(engine, an_edition("a"), NOW)
    store.freeze(engine, week, NOW, LETTERHEAD.domain)
    month = an_edition("a", issue="2026-M11")
    store.freeze(engine, store.save_draft(engine, month, NOW), NOW, LETTERHEAD.domain)
    assert store.next_number(engine, Audience.GEMEENTE, Rhythm.MONTH) == 2
    before = NOW - timedelta(days=1)
    assert [one.id for one in store.frozen_since(engine, Audience.GEMEENTE, Rhythm.WEEK, before)] == [week]
    assert store.frozen_since(engine, Audience.GEMEENTE, Rhythm.WEEK, NOW) == ()


def test_a_letter_holds_what_was_asked_when_it_was_frozen(engine):
    """Who changes their wishes half-way gets the letter that was promised, so that a second try has the same bytes."""
    subscribers.add(engine, [a_reader("kiest").model_copy(update={"wishes": PANELS}), a_reader("alles")], NOW)
    edition_id = store.save_draft(engine, mixed(), NOW)
    store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    with engine.begin() as connection:
        connection.execute(update(subscriber).values(wishes={"themes": ["overlegwet"]}))
    with post_office() as post:
        outbox.send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW)
    texts = {mail.recipient.partition("@")[0]: text_of(mail.content) for mail in post.taken}
    assert "Titel recht" not in texts["kiest"]
    assert "Titel panel" in texts["kiest"]
    assert "Titel recht" in texts["alles"]
    assert store.deliveries_summary(engine, edition_id)[DeliveryState.SENT] == 2


def text_of(content: bytes) -> str:
    part = email.message_from_bytes(content, policy=default).get_body(("plain",))
    assert part
    return str(part.get_content())


def test_wishes_are_kept_with_the_reader(engine):
    """What somebody asked for at signing up is what the database gives back, with a secret for their own page."""
    subscribers.add(engine, [a_reader("a", when=date(2026, 3, 1)).model_copy(update={"wishes": PANELS})], NOW)
    kept = subscribers.by_email(engine, "a@lezers.example")
    assert kept
    assert (kept.wishes, kept.rhythm, kept.paused_until) == (PANELS, Rhythm.WEEK, None)
    assert kept.preferences_token not in ("", kept.token)
