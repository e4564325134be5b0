from datetime import datetime, timedelta, timezone

import pytest
from fakes_digest import NOW, a_reader, an_edition
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from digest import subscribers
from digest.edition import Audience
from digest.records import DeliveryState, EditionRefused, EditionState
from digest.store import (
    deliveries,
    deliveries_summary,
    edition_of,
    editions,
    find_edition,
    freeze,
    next_number,
    save_draft,
    sent_references,
)
from digest.tables import delivery, edition

DOMAIN = "voorbeeld.example"


def test_a_draft_is_replaced_in_place(engine):
    """Saving again for the same audience and week keeps one edition, with the last content."""
    first = save_draft(engine, an_edition("a"), NOW)
    assert save_draft(engine, an_edition("b", "c"), NOW) == first
    stored = find_edition(engine, first)
    assert (stored.content, stored.state) == (an_edition("b", "c"), EditionState.DRAFT)
    assert (stored.content_hash, stored.subject) == (stored.content.content_hash, stored.content.subject)
    assert edition_of(engine, Audience.GEMEENTE, "2026-W48") == stored
    assert edition_of(engine, Audience.CORPORATIE, "2026-W48") is None


def test_freezing_queues_one_delivery_per_reader(engine):
    """Active readers of this audience get a row each with its own Message-ID; others and leavers get none."""
    subscribers.add(
        engine,
        [a_reader("anna"), a_reader("bas"), a_reader("weg"), a_reader("cor", Audience.CORPORATIE)],
        NOW,
    )
    subscribers.leave(engine, subscribers.by_email(engine, "weg@lezers.example").token, NOW)
    edition_id = save_draft(engine, an_edition(), NOW)
    assert freeze(engine, edition_id, NOW, DOMAIN) == 2
    rows = deliveries(engine, edition_id)
    assert [(row.email, row.state) for row in rows] == [
        ("anna@lezers.example", DeliveryState.QUEUED),
        ("bas@lezers.example", DeliveryState.QUEUED),
    ]
    assert len({row.message_id for row in rows}) == 2
    assert all(row.message_id.endswith("@voorbeeld.example>") for row in rows)
    assert find_edition(engine, edition_id).frozen_at == NOW
    assert deliveries_summary(engine, edition_id).open == 2


def test_freezing_twice_is_refused(engine):
    """The second time says so and queues nothing."""
    subscribers.add(engine, [a_reader("anna")], NOW)
    edition_id = save_draft(engine, an_edition(), NOW)
    freeze(engine, edition_id, NOW, DOMAIN)
    with pytest.raises(EditionRefused, match="geen concept meer"):
        freeze(engine, edition_id, NOW, DOMAIN)
    assert deliveries_summary(engine, edition_id).total == 1


def test_a_frozen_edition_cannot_be_overwritten(engine):
    """A new draft for a week that is frozen is refused, and the content stays."""
    edition_id = save_draft(engine, an_edition("a"), NOW)
    freeze(engine, edition_id, NOW, DOMAIN)
    with pytest.raises(EditionRefused, match="al vastgezet"):
        save_draft(engine, an_edition("b"), NOW)
    assert find_edition(engine, edition_id).content == an_edition("a")


def test_what_was_frozen_counts_as_sent(engine):
    """References of drafts do not count, those of frozen editions do, per audience."""
    edition_id = save_draft(engine, an_edition("a", "b"), NOW)
    assert sent_references(engine, Audience.GEMEENTE) == frozenset()
    freeze(engine, edition_id, NOW, DOMAIN)
    assert sent_references(engine, Audience.GEMEENTE) == {"a", "b"}
    assert sent_references(engine, Audience.CORPORATIE) == frozenset()


def test_an_item_is_never_frozen_twice_for_one_audience(engine):
    """A draft from before, holding what another edition has brought since, stays a draft."""
    first = save_draft(engine, an_edition("a"), NOW)
    second = save_draft(engine, an_edition("a", "z", issue="2026-W49", number=2), NOW)
    freeze(engine, first, NOW, DOMAIN)
    with pytest.raises(EditionRefused, match="al kregen: a"):
        freeze(engine, second, NOW, DOMAIN)
    assert find_edition(engine, second).state is EditionState.DRAFT


def test_numbers_count_up_per_audience(engine):
    """Drafts use no number; a number that was used since is refused."""
    assert next_number(engine, Audience.GEMEENTE) == 1
    first = save_draft(engine, an_edition("a"), NOW)
    late = save_draft(engine, an_edition("b", issue="2026-W49", number=1), NOW)
    assert next_number(engine, Audience.GEMEENTE) == 1
    freeze(engine, first, NOW, DOMAIN)
    assert next_number(engine, Audience.GEMEENTE) == 2
    assert next_number(engine, Audience.CORPORATIE) == 1
    with pytest.raises(EditionRefused, match="Nummer 1 is al gebruikt"):
        freeze(engine, late, NOW, DOMAIN)


def test_editions_newest_first(engine):
    """The list shows the newest first and can be narrowed to states."""
    first = save_draft(engine, an_edition("a"), NOW)
    second = save_draft(engine, an_edition("b", issue="2026-W49"), NOW)
    freeze(engine, first, NOW, DOMAIN)
    assert [one.id for one in editions(engine)] == [second, first]
    assert [one.id for one in editions(engine, EditionState.FROZEN)] == [first]


def test_an_unknown_edition_is_told(engine):
    """A number that does not exist is refused with that number."""
    with pytest.raises(EditionRefused, match="geen editie met nummer 77"):
        find_edition(engine, 77)


def test_the_database_itself_forbids_a_second_delivery(engine):
    """Even code that forgets to look cannot queue a reader twice for one edition."""
    subscribers.add(engine, [a_reader("anna")], NOW)
    edition_id = save_draft(engine, an_edition(), NOW)
    freeze(engine, edition_id, NOW, DOMAIN)
    with engine.connect() as connection:
        row = dict(connection.execute(select(delivery)).mappings().one())
    again = {**row, "id": None, "message_id": "<anders@voorbeeld.example>"}
    del again["id"]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(delivery), again)


def test_moments_come_back_in_utc(engine):
    """A moment of any zone comes back as the same moment in UTC; a naive one is refused."""
    edition_id = save_draft(engine, an_edition(), datetime(2026, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=2))))
    created = find_edition(engine, edition_id).created_at
    assert created.isoformat() == "2026-07-01T07:00:00+00:00"
    naive = datetime(2026, 7, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="needs a time zone"), engine.begin() as connection:
        connection.execute(update(edition).values(created_at=naive))


def test_moments_sort_as_time_does(engine):
    """Moments written in different zones and precisions sort by when they were."""
    moments = [
        NOW + timedelta(microseconds=1),
        NOW.astimezone(timezone(timedelta(hours=-5))),
        NOW + timedelta(hours=1),
    ]
    for week, moment in enumerate(moments, start=10):
        save_draft(engine, an_edition(issue=f"2026-W{week}"), moment)
    with engine.connect() as connection:
        found = connection.execute(select(edition.c.issue).order_by(edition.c.created_at)).scalars().all()
    assert found == ["2026-W11", "2026-W10", "2026-W12"]
