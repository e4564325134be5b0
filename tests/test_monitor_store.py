"""What the store keeps: all of a run or nothing, versions, spellings, notices, due times and one crawl at a time."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from fakes_desk import judgement
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from crawlers.publication import Publication
from monitor.crawl_tables import source_run
from monitor.footprint import footprint
from monitor.item import Arrival, title_key
from monitor.normalise import normalise
from monitor.recognise import Alias, Changed, Moved, New, Touched, Unread
from monitor.source_state import SourceRun, SourceState
from monitor.store import items, line, lookup, notices, people, reviews, sources, tellings
from monitor.store.database import migrate, open_engine
from monitor.store.lock import crawl_lock
from monitor.stories import Stories
from monitor.tables import item as item_table
from monitor.tables import item_alias, item_version

ADDRESS = "https://bond.example/nieuws/lindenhof/"
JUDGED = judgement("Huurders kiezen aannemer", score=0.9)


def publication(address=ADDRESS, **fields):
    values = {"source": "bond", "title": "Huurders kiezen aannemer", "intro": "Een inleiding.", "text": "De tekst."}
    return Publication(address=address, **values | {"read": True, "label": "Nieuws", "modified": "2026-11-20"} | fields)


def a_run(now, source="bond"):
    counts = {"listed": 1, "new": 1, "changed": 0, "flagged": 1, "left_over": 0}
    return SourceRun(source, now, 1.0, 2, "ok", "", baseline=False, endpoints=[], **counts)


def save(engine, now, *intents, source="bond", **state):
    judged = [(one, JUDGED) for one in intents]
    line.save(engine, [line.Ended(SourceState(source, now, **state), a_run(now, source), judged)], now)


def add(engine, now, *publications, arrival=Arrival.NEWS):
    """Store items; returns what the store then knows of each."""
    made = [normalise(one) for one in publications]
    save(engine, now, *(New(one, arrival) for one in made), source=publications[0].source)
    known = lookup.known(engine, (one.keys[0] for one in made))
    return [known[one.keys[0]] for one in made]


def held(engine):
    with engine.connect() as connection:
        return connection.execute(select(item_table).order_by(item_table.c.id)).all()


def modified(engine, source):
    """The last time of change that a source gave of the one item."""
    name = "bond.example/nieuws/lindenhof"
    return lookup.listed_before(engine, source, [name])[name]


def test_a_run_is_saved_whole_or_not_at_all(engine, now):
    """When one item of a run cannot be saved, neither are the others, nor the state and the run of the source."""
    fine, twice = normalise(publication()), normalise(publication("https://bond.example/twee/"))
    twice = replace(twice, keys=fine.keys)
    with pytest.raises(IntegrityError):
        save(engine, now, New(fine, Arrival.NEWS), New(twice, Arrival.NEWS), baseline_at=now)
    assert held(engine) == []
    assert sources.states(engine) == {}
    assert sources.runs(engine) == []


def test_what_was_saved_is_known_under_every_spelling(engine, now):
    """An item with a canonical address is found under that one and under the one it was listed at."""
    one = normalise(publication("https://bond.example/n/1", canonical=ADDRESS))
    save(engine, now, New(one, Arrival.NEWS))
    known = lookup.known(engine, [*one.keys, "bond.example/elders"])
    assert set(known) == {"bond.example/nieuws/lindenhof", "bond.example/n/1"}
    assert {(each.item_id, each.title, each.modified) for each in known.values()} == {
        (1, "Huurders kiezen aannemer", "2026-11-20")
    }
    assert set(lookup.listed_before(engine, "bond", sorted(known))) == set(known)


def test_another_text_is_the_next_version(engine, now):
    """The old text stays beside the new one; the item keeps its id and the moment it came in."""
    (known,) = add(engine, now, publication())
    other = normalise(publication(text="Een andere tekst.", modified="2026-11-24"))
    save(engine, now + timedelta(days=1), Changed(other, known, first_reading=False))
    (row,) = held(engine)
    assert (row.version, row.text, row.modified, row.first_seen_at) == (2, "Een andere tekst.", "2026-11-24", now)
    assert [one.text for one in items.versions(engine, row.id)] == ["De tekst.", "Een andere tekst."]


def test_a_first_reading_stays_version_one_and_keeps_what_the_list_told(engine, now):
    """Reading a page later fills in its text; an intro, label or time of change that only the list had stays."""
    (known,) = add(engine, now, publication(text="", read=False))
    read = normalise(publication(intro="", label="", modified=""))
    save(engine, now, Changed(read, known, first_reading=True))
    (row,) = held(engine)
    assert (row.version, row.text, row.intro) == (1, "De tekst.", "Een inleiding.")
    assert (row.label, row.modified, row.read_at) == ("Nieuws", "2026-11-20", now)
    assert len(items.versions(engine, row.id)) == 1


def test_what_is_owed_is_news_that_was_not_read(engine, now):
    """Unread news is owed, fewest tries first, until it was tried often enough; a baseline owes nothing."""
    unread = {"read": False, "text": ""}
    known = add(engine, now, *(publication(f"https://bond.example/{name}", **unread) for name in "abc"))
    add(engine, now, publication("https://bond.example/oud", **unread), arrival=Arrival.BASELINE)
    failed = normalise(publication("https://bond.example/a", **unread, failure="timeout"))
    save(engine, now, Unread(failed, known[0]))
    assert items.unread(engine, "bond", 8) == [f"https://bond.example/{name}" for name in "bca"]
    for _ in range(7):
        save(engine, now, Unread(failed, known[0]))
    assert items.unread(engine, "bond", 8) == [f"https://bond.example/{name}" for name in "bc"]
    assert held(engine)[0].failure == "timeout"


def test_a_touched_item_is_not_asked_again(engine, now):
    """The later time of change is what the next listing is compared with; the version stays."""
    (known,) = add(engine, now, publication())
    save(engine, now, Touched(normalise(publication(modified="2026-11-24")), known))
    assert modified(engine, "bond") == "2026-11-24"
    assert held(engine)[0].version == 1


def test_an_item_that_two_sources_list_is_known_to_both(engine, now):
    """The second source knows the item, but not by the clock of the first."""
    (known,) = add(engine, now, publication())
    save(engine, now, Alias(normalise(publication(source="koepel")), known), source="koepel")
    assert modified(engine, "koepel") == ""
    assert modified(engine, "bond") == "2026-11-20"


STORY = "Huurders van de Lindenhof kiezen zelf de aannemer voor het onderhoud van hun flat. De corporatie betaalt. " * 3


def tell(engine, now, source, **story):
    """Store an item of a source that tells the story; returns its id."""
    one = normalise(publication(f"https://{source}.example/x", source=source, text=STORY))
    save(engine, now, New(one, Arrival.NEWS, footprint=footprint(one.title, "", STORY), **story), source=source)
    return lookup.known(engine, one.keys)[one.keys[0]].item_id


def fronts(engine):
    return [row.told_as for row in held(engine)]


def test_an_original_takes_over_every_copy(engine, now):
    """An original that comes after two copies stands before both of them; later tellings join behind it."""
    first = tell(engine, now, "a")
    tell(engine, now, "b", told_as=first)
    original = tell(engine, now, "c", takes_over=(first,))
    tell(engine, now, "d", told_as=first)
    assert fronts(engine) == [original, original, None, original]


def test_what_was_decided_on_stays_in_front(engine, now):
    """An original that comes after a copy was accepted stands behind it: nobody is asked twice."""
    copy = tell(engine, now, "a")
    people.add_reviewer(engine, "anna@voorbeeld.nl", "Anna", "x", now)
    reviewer = people.by_email(engine, "anna@voorbeeld.nl").id
    reviews.decide(engine, copy, reviewer, reviews.ACCEPTED, now)
    tell(engine, now, "b", takes_over=(copy,))
    assert fronts(engine) == [None, copy]


def test_stories_of_five_weeks_are_remembered_and_caught_up_with(engine, now):
    """A run starts with the tellings of the last weeks and takes in what is stored while it goes on; no older ones."""
    tell(engine, now - timedelta(days=60), "old")
    tell(engine, now, "a")
    told = tellings.catch_up(engine, Stories(), now.date())
    mine = footprint("Huurders kiezen aannemer", "", STORY)
    assert [one.source for one in told.find(mine, "z", now.date())] == ["a"]
    tell(engine, now, "b", told_as=2)
    tellings.catch_up(engine, told, now.date())
    assert {(one.source, one.story) for one in told.find(mine, "z", now.date())} == {("a", 2), ("b", 2)}


def test_a_split_lasts(engine, now):
    """What a person took out of a story stands on its own, and the store says so when it is met again."""
    first = tell(engine, now, "a")
    second = tell(engine, now, "b", told_as=first)
    people.add_reviewer(engine, "anna@voorbeeld.nl", "Anna", "x", now)
    reviewer = people.by_email(engine, "anna@voorbeeld.nl").id
    assert tellings.split(engine, second, reviewer, now)
    assert not tellings.split(engine, second, reviewer, now)
    assert fronts(engine) == [None, None]
    assert lookup.known(engine, ["b.example/x"])["b.example/x"].apart


def test_a_moved_item_keeps_its_id_and_gets_its_new_address(engine, now):
    """An old text under a new address is the same item, known under both, and read when it was not before."""
    (known,) = add(engine, now, publication(text="", read=False))
    new = normalise(publication("https://bond.example/artikel/lindenhof"))
    found = lookup.titled(engine, {"bond": [title_key(new.title)], "elders": [title_key(new.title)]})
    assert {
        name: {key: [old.item_id for old in alike] for key, alike in by_key.items()} for name, by_key in found.items()
    } == {"bond": {title_key(new.title): [known.item_id]}}
    save(engine, now, Moved(new, known))
    (row,) = held(engine)
    assert (row.address, row.text, row.version) == ("https://bond.example/artikel/lindenhof", "De tekst.", 1)
    assert set(lookup.known(engine, [*new.keys, known.key])) == {*new.keys, known.key}


def test_strangers_cannot_send_what_a_database_refuses(engine, now):
    """Zero bytes, addresses of thousands of letters and long texts are saved on either database."""
    strange = publication(
        "https://bond.example/" + "é" * 5000,
        title="Kop\x00 \x1f" * 400,
        text="Tekst\x00\ufeff " * 50_000,
        label="x\x00" * 700,
        authors=("An\x00",),
        failure="stuk\x00",
    )
    (known,) = add(engine, now, strange)
    (row,) = held(engine)
    assert known.item_id == row.id
    assert "\x00" not in row.title + row.text + row.label + row.failure + row.authors[0]
    assert len(row.title) <= 500


def test_thousands_of_keys_are_looked_up_in_parts(engine, now):
    """More keys than a database takes in one question are still all answered."""
    made = [publication(f"https://bond.example/{number}") for number in range(600)]
    add(engine, now, *made)
    keys = [normalise(one).keys[0] for one in made]
    assert len(lookup.known(engine, keys)) == 600


def test_a_new_source_and_one_with_another_schedule_are_due(engine, now):
    """Registering makes new and rescheduled sources due at once and leaves the others alone."""
    later = now + timedelta(days=1)
    sources.register(engine, {"a": "daily", "b": "daily"}, now)
    for name in "ab":
        save(engine, now, source=name, schedule="daily", **{"baseline_at": now})
        with engine.begin() as connection:
            sources.save_state(connection, SourceState(name, later, "daily", baseline_at=now))
    sources.register(engine, {"a": "daily", "b": "hourly", "c": "daily"}, now)
    assert [state.source for state in sources.due(engine, ["a", "b", "c"], now)] == ["b", "c"]
    assert sources.states(engine)["b"].baseline_at == now


def test_the_longest_waiting_source_comes_first(engine, now):
    """Due sources come in the order in which they became due."""
    for hours, name in enumerate("cab"):
        sources.register(engine, {name: "daily"}, now - timedelta(hours=hours))
    assert [state.source for state in sources.due(engine, ["a", "b", "c"], now)] == ["b", "a", "c"]


def test_runs_come_newest_first(engine, now):
    """The latest runs of one source or of all, the newest in front; the very first run is remembered."""
    for hour in range(3):
        moment = now + timedelta(hours=hour)
        save(engine, moment, source="ab"[hour % 2])
    assert [run.source for run in sources.runs(engine)] == ["a", "b", "a"]
    assert all(one.finished_at > other.finished_at for one, other in pairwise(sources.runs(engine, "a")))
    assert sources.first_run(engine) == now


def test_a_notice_is_put_up_once_and_taken_down_once(engine, now):
    """The same notice again is not told again; another text is, and so is its return after an end."""
    assert notices.begin(engine, "offline", "Geen internet.", now)
    assert not notices.begin(engine, "offline", "Geen internet.", now + timedelta(hours=1))
    assert [(one.name, one.since) for one in notices.current(engine)] == [("offline", now)]
    assert notices.begin(engine, "offline", "Nog steeds niet.", now)
    assert [notices.end(engine, "offline", now) for _ in range(2)] == [True, False]
    assert notices.current(engine) == []
    assert notices.begin(engine, "offline", "Geen internet.", now)


HOLD = """
import sys
from monitor.store.database import open_engine
from monitor.store.lock import crawl_lock
from monitor.stories import Stories
with crawl_lock(open_engine(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def test_one_process_crawls_at_a_time_and_a_dead_one_lets_go(engine):
    """The right to crawl is held against other processes, and is free again when its holder is killed."""
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLD, address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "True\n"
        with crawl_lock(engine) as held:
            assert not held
        other.kill()
        other.wait()
    assert free_soon(engine)
    with crawl_lock(engine) as held, crawl_lock(engine) as again:
        assert (held, again) == (True, False)


def free_soon(engine):
    """PostgreSQL needs a moment to notice that a client is gone."""
    for _ in range(500):
        with crawl_lock(engine) as held:
            if held:
                return True
    return False


def test_no_row_is_left_without_its_item(engine, now):
    """Every version and spelling belongs to an item, on both databases."""
    add(engine, now, publication(), publication("https://bond.example/2"))
    with engine.connect() as connection:
        for table in (item_alias, item_version):
            orphans = select(func.count()).select_from(table).where(table.c.item_id.not_in(select(item_table.c.id)))
            assert connection.scalar(orphans) == 0
        assert connection.scalar(select(func.count()).select_from(source_run)) == 1


BY_KEY = r"SEARCH item_alias USING INDEX \w+ \(key=\?\)"
BY_TITLE = r"SEARCH item USING COVERING INDEX \w+ \(source=\? AND title_key=\?\)"


@pytest.mark.parametrize(
    ("look_up", "begins"),
    [
        (lookup.known, BY_KEY),
        (partial(lookup.listed_before, source="bond"), BY_KEY),
        (lambda engine, keys: lookup.titled(engine, {"bond": keys, "kennis": keys[:3]}), BY_TITLE),
    ],
    ids=["known", "listed before", "titled"],
)
def test_what_is_known_is_looked_up_by_key_however_much_a_source_listed(sqlite_address, look_up, begins):
    """SQLite finds the keys in their own index first, and walks through no list of all that a source holds."""
    engine, asked = open_engine(sqlite_address), []
    migrate(engine)
    event.listen(engine, "before_cursor_execute", lambda c, cursor, words, values, *_: asked.append((words, values)))
    look_up(engine, keys=[f"bond.example/{number}" for number in range(20)])
    words, values = asked[-1]
    with engine.connect() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)]
    engine.dispose()
    assert re.match(begins, plan[0])
    assert not [step for step in plan if "(source=?)" in step or step.startswith("SCAN")]
