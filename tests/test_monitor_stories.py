"""Stories told elsewhere: copies, excerpts and rewrites found, look-alikes kept apart."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from monitor import footprint as footprints
from monitor.footprint import MOST_RUNS, Footprint, background, closeness, footprint, hashed
from monitor.stories import MOST_CANDIDATES, WINDOW, Stories, Telling, alikeness

CORPUS = [json.loads(line) for line in (Path(__file__).parent / "corpus" / "items.jsonl").read_text().splitlines()]
DAY = date(2026, 3, 10)
LEAST_PRECISION, LEAST_RECALL = 1.0, 0.97


def footprint_of(one):
    return footprint(one["title"], one["intro"], one["body"], date.fromisoformat(one["date"]))


@pytest.fixture(scope="module")
def taken():
    """The footprint of each labelled item by its id."""
    return {one["id"]: footprint_of(one) for one in CORPUS}


def groups(same):
    found: dict[str, list[str]] = {}
    for one in CORPUS:
        if one.get("group") and one["group"]["same"] is same:
            found.setdefault(one["group"]["name"], []).append(one["id"])
    return found.values()


def told_together(taken, order):
    """Take the labelled items in, in an order; returns the pairs that ended in one story."""
    stories, front, sources = Stories(), {}, {}
    for number, one in enumerate(order):
        day = date.fromisoformat(one["date"])
        fronts = [front[telling.item_id] for telling in stories.find(taken[one["id"]], one["source"], day)]
        front[number] = fronts[0] if fronts else number
        front = {known: front[number] if story in fronts else story for known, story in front.items()}
        stories.add(Telling(number, front[number], one["source"], day, taken[one["id"]]))
        sources[number] = one["id"]
    pairs = combinations(sorted(front), 2)
    return {frozenset((sources[a], sources[b])) for a, b in pairs if front[a] == front[b]}


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_retellings_are_found_and_look_alikes_are_not(taken, seed):
    """On the labelled items, in the order of their dates and in others: no pair too many, hardly one missed."""
    order = sorted(CORPUS, key=lambda one: (one["date"], one["id"]))
    if seed:
        random.Random(seed).shuffle(order)
    found = told_together(taken, order)
    true = {frozenset(pair) for group in groups(same=True) for pair in combinations(group, 2)}
    look_alike = {frozenset(pair) for group in groups(same=False) for pair in combinations(group, 2)}
    unclear = {name for group in groups(same=False) for name in group}  # may be told elsewhere too
    found_clear = {pair for pair in found if not pair & unclear}
    assert len(true) >= 20
    assert len(found_clear & true) / len(found_clear) >= LEAST_PRECISION
    assert len(found & true) / len(true) >= LEAST_RECALL
    assert not found & (look_alike - true)


def test_look_alikes_differ_by_themselves(taken):
    """Another year, another city: the texts keep two tellings apart, whatever the sources and the days."""
    for group in groups(same=False):
        for one, other in combinations(group, 2):
            assert alikeness(taken[one], [taken[other]]) == [0.0]


EXCERPTS = {
    "whole": lambda one: (one["title"], one["intro"], one["body"]),
    "lead": lambda one: (one["title"], "", " ".join(f"{one['intro']} {one['body']}".split()[:35])),
    "lead under another title": lambda one: ("Nieuws", "", " ".join(f"{one['intro']} {one['body']}".split()[:40])),
    "middle": lambda one: ("Citaat", "", " ".join(one["body"].split()[20:80])),
    "edited": lambda one: (one["title"], "", _edited(f"{one['intro']} {one['body']}")),
}


def _edited(text):
    """Another word in the place of every twelfth."""
    return " ".join("samen" if place % 12 == 5 else word for place, word in enumerate(text.split()))


@pytest.mark.parametrize("kind", list(EXCERPTS))
def test_copies_and_excerpts_are_found(taken, kind):
    """A copy, a lead alone, a quote or a lightly edited text of each of the labelled items finds that item."""
    once = {one["id"]: one for one in CORPUS if not one.get("group")}
    stories = Stories(Telling(n, n, "original", DAY, taken[name]) for n, name in enumerate(once))
    found = [
        {telling.item_id for telling in stories.find(footprint(*EXCERPTS[kind](one)), "copy", DAY)}
        for one in once.values()
    ]
    right = sum(number in ids for number, ids in enumerate(found))
    wrong = sum(len(ids - {number}) for number, ids in enumerate(found))
    assert 2 * right / (right + wrong + len(found)) >= 0.99


def test_long_texts_about_the_same_field_stay_apart():
    """Texts of many paragraphs share words by their length alone; that makes no story."""
    shuffled = random.Random(1).sample([one for one in CORPUS if not one.get("group")], 120)
    long = [shuffled[start : start + 6] for start in range(0, 120, 6)]
    taken = [footprint(part[0]["title"], "", "\n\n".join(one["body"] for one in part)) for part in long]
    assert not any(any(alikeness(one, taken[place + 1 :])) for place, one in enumerate(taken))


def test_closeness_is_what_the_sketches_say(taken):
    """Compared all at once, each text is as close as its runs and pieces are when they are compared one by one.

    A text of nothing is close to none, and of a long one only as much is compared as both sketches hold.
    """
    long = footprint("Lang", "", " ".join(one["body"] for one in CORPUS[:12]))
    others = [footprint("", "", ""), *list(taken.values())[:20], long, footprint("", "", "")]
    for one in (others[1], long, others[0]):
        for other, how in zip(others, closeness(one, others), strict=True):
            sketches = one.runs, other.runs
            edge = min((max(runs) for runs in sketches if len(runs) == MOST_RUNS), default=2**32)
            mine, theirs = ({run for run in runs if run <= edge} for runs in sketches)
            fewest = min(len(mine), len(theirs))
            assert (how.share, how.rests_on) == (len(mine & theirs) / (fewest or 1), fewest)
            assert how.likeness == pytest.approx(float(one.content == other.content)) or 0 <= how.likeness < 1
    assert len(long.runs) == MOST_RUNS
    assert closeness(long, []) == []


def test_one_announcement_of_two_cities_is_two_stories():
    """Two towns that each sign their agreements in much the same words stay two stories."""
    text = (
        "De gemeente {0}, de corporatie en de huurdersorganisatie tekenden de prestatieafspraken voor het nieuwe jaar. "
        "In {0} komen er betaalbare woningen bij en krijgen huurders meer te zeggen over het onderhoud van hun huis."
    )
    one, other = (
        footprint(f"Nieuwe afspraken in {town} getekend", "", text.format(town)) for town in ("Almelo", "Losser")
    )
    assert closeness(one, [other])[0].likeness > 0.5
    assert alikeness(one, [other]) == [0.0]


def test_what_came_of_one_year_is_not_what_is_announced_of_the_next():
    """A report of the day of 2025 and the announcement of that of 2026 share most of their words, weeks apart."""
    words = (
        "Huurdersorganisaties uit het hele land praten over zeggenschap, prestatieafspraken en de Overlegwet. "
        "Het programma begint om 10:00 uur in De Rijtuigenloods. Deelname is gratis voor leden van de bond."
    )
    report = footprint(
        "Verslag van de Huurdersdag",
        "Op 12 november 2025 kwamen huurders bijeen in Utrecht.",
        words,
        date(2025, 11, 20),
    )
    coming = footprint(
        "Kom naar de Huurdersdag", "Op 11 november 2026 komen huurders bijeen in Utrecht.", words, date(2025, 12, 10)
    )
    again = footprint("De Huurdersdag", "Op 12 november 2025 was de dag in Utrecht.", words, date(2025, 11, 21))
    assert closeness(report, [coming])[0].likeness > 0.5
    told_as_coming, told_again = alikeness(report, [coming, again])
    assert told_as_coming == 0.0
    assert told_again > 0.5


def test_an_unread_title_tells_no_story():
    """Two short titles about one subject are no proof of one story."""
    one, other = (
        footprint("Huurders praten mee over sloop", "", ""),
        footprint("Huurders praten mee over nieuwbouw", "", ""),
    )
    assert alikeness(one, [other]) == [0.0]


def test_a_story_has_its_time_and_another_teller(taken):
    """The same words by the same source, or months later, are not told elsewhere."""
    mine = taken["d023"]
    stories = Stories([Telling(1, 1, "bond", DAY, mine)])
    assert stories.find(mine, "koepel", DAY + WINDOW)
    assert not stories.find(mine, "koepel", DAY + WINDOW + timedelta(days=1))
    assert not stories.find(mine, "bond", DAY)


def test_what_is_compared_does_not_grow_with_the_stories(taken):
    """Among many tellings of much the same words only the likest few are compared."""
    stories = Stories(Telling(n, n, "bond", DAY, taken["d023"]) for n in range(1000))
    assert len(stories.find(taken["d023"], "koepel", DAY)) <= MOST_CANDIDATES


def test_a_footprint_holds_hashes_and_not_the_text(taken):
    """What is stored gives each part back, names its source, and holds none of the words."""
    credited = footprint("Titel van 2027", "", "Een tekst van een ander in Almelo. Bron: Woonbond")
    stored = Footprint(credited.content)
    assert (stored.credit, stored.days, stored.size) == ("woonbond", {hashed("2027")}, len(stored.runs))
    assert stored.title == {hashed("titel"), hashed("van")}
    assert hashed("almelo") in stored.mentioned
    assert b"tekst" not in stored.content
    assert sum(len(one.content) for one in taken.values()) / len(taken) < 4000


def test_the_background_is_what_the_labelled_items_give():
    """The file that says how rare pieces of words are is made of the labelled items."""
    made = background(f"{one['title']} {one['intro']} {one['body']}" for one in CORPUS)
    size, counts = (Path(footprints.__file__).parent / "background.txt").read_text().split(maxsplit=1)
    assert (int(size), bytes.fromhex(counts)) == (len(CORPUS), made)
