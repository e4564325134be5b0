"""Sources that ended at about the same time are taken in together, and come out as if each had been by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from crawlers.publication import Publication, Reason, SourceFinished
from monitor.batch import LONGEST, MOST_ITEMS, MOST_SOURCES, Batch
from monitor.demo.configuration import write_config
from monitor.harvest import Harvest
from monitor.settings import Settings, load
from monitor.source_state import SourceState
from monitor.store import sources
from monitor.tables import item, item_listing

STORY = "Huurders van de Lindenhof kiezen zelf de aannemer voor het onderhoud van hun flat. De corporatie betaalt. " * 3
NAMES = tuple(f"bron{number}" for number in range(MOST_SOURCES))


@dataclass
class Intake:
    """A batch whose sources were all read before, on a clock that a test sets."""

    engine: Engine
    settings: Settings
    now: datetime
    batch: Batch = field(init=False)

    def __post_init__(self) -> None:
        first = self.settings.sources[0]
        named = tuple(first.model_copy(update={"name": name, "title": name}) for name in NAMES)
        self.settings = self.settings.model_copy(update={"sources": named})
        self.batch = Batch(self.engine, self.settings, lambda: self.now, lambda: 0.5)

    def add(self, name: str, *found: Publication, **state: object) -> None:
        """Let a source end with what it found."""
        (source,) = (one for one in self.settings.sources if one.name == name)
        before = SourceState(name, self.now, **{"baseline_at": self.now - timedelta(days=2)} | state)
        harvest = Harvest(source, before, list(found))
        self.batch.add(harvest, SourceFinished(source=name, reason=Reason.OK))

    def stored(self) -> list[object]:
        """The items in the order in which they were stored."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(item).order_by(item.c.id)))

    def saved(self) -> set[str]:
        """The sources whose runs were saved."""
        return {run.source for run in sources.runs(self.engine, limit=1000)}


@pytest.fixture
def intake(tmp_path, engine, now):
    """An intake on either database."""
    write_config(tmp_path, 8080)
    return Intake(engine, load(tmp_path, {"RADAR_ALLOW_LOOPBACK": "1"}), now)


def found(source, address="", title="Huurders kiezen aannemer", text=STORY, **more):
    values = {"title": title, "text": text, "read": True} | more
    return Publication(source=source, address=address or f"https://{source}.example/nieuws/een", **values)


def test_sources_wait_for_each_other_but_not_for_long(intake):
    """They are taken in once there are fifty of them, or when the first has waited half a second."""
    intake.add("bron0")
    assert intake.saved() == set()
    intake.now += LONGEST
    intake.add("bron1")
    assert intake.saved() == {"bron0", "bron1"}
    for name in NAMES:
        intake.add(name)
    assert intake.saved() == set(NAMES)


def test_many_items_do_not_wait(intake):
    """A source with as many items as may wait is taken in at once."""
    intake.add("bron0", *(found("bron0", f"https://bron0.example/{number}", text="") for number in range(MOST_ITEMS)))
    assert len(intake.stored()) == MOST_ITEMS


def test_one_that_cannot_be_taken_in_spoils_no_other(intake):
    """Of a source with a text that no database takes nothing is kept and its fault is told; the others are saved."""
    half_a_pair = found("bron1").model_copy(update={"label": "\ud800"})
    intake.add("bron0", found("bron0", text=f"Nul. {STORY}"))
    intake.add("bron1", half_a_pair)
    intake.add("bron2", found("bron2", text=f"Twee. {STORY}"))
    intake.batch.take_in()
    assert intake.saved() == {"bron0", "bron2"}
    assert {row.source for row in intake.stored()} == {"bron0", "bron2"}
    assert [(one.source, one.reason) for one in intake.batch.failed] == [("bron1", Reason.CRASHED)]


def test_an_item_of_two_sources_is_one_item(intake):
    """What a second source of the batch lists too is stored once, as what both of them list."""
    address = "https://bron0.example/nieuws/een"
    intake.add("bron0", found("bron0", address))
    intake.add("bron1", found("bron1", address + "/"))
    intake.batch.take_in()
    (one,) = intake.stored()
    assert one.source == "bron0"
    with intake.engine.connect() as connection:
        assert set(connection.scalars(select(item_listing.c.source))) == {"bron0", "bron1"}
    assert [run.new for run in intake.batch.runs] == [1, 0]


def test_a_later_source_finds_an_item_as_the_first_left_it(intake):
    """A page that its own source reads at last is not read for the first time by another one of the batch as well."""
    address = "https://bron0.example/nieuws/een"
    intake.add("bron0", found("bron0", address, text="", read=False, failure="timeout"))
    intake.batch.take_in()
    intake.add("bron0", found("bron0", address))
    intake.add("bron1", found("bron1", address, text=f"Zoals een ander het las. {STORY}"))
    intake.batch.take_in()
    (one,) = intake.stored()
    assert one.text == STORY.strip()


def test_a_story_is_told_by_three_sources_of_one_batch(intake):
    """What a later source tells again stands behind the first that told it, also when none of them was stored yet."""
    intake.add(
        "bron0", found("bron0"), found("bron0", "https://bron0.example/anders", "Iets anders", "Heel iets anders.")
    )
    intake.add("bron1", found("bron1"))
    intake.add("bron2", found("bron2"))
    assert intake.stored() == []
    intake.batch.take_in()
    first, other, *again = intake.stored()
    assert (first.told_as, other.told_as) == (None, None)
    assert [(row.source, row.told_as) for row in again] == [("bron1", first.id), ("bron2", first.id)]
    intake.add("bron3", found("bron3"))
    intake.batch.take_in()
    assert intake.stored()[-1].told_as == first.id


def test_a_page_that_is_read_late_joins_its_story(intake):
    """An item whose page could not be read at first is put behind the story when its text comes, and nothing new."""
    intake.add("bron0", found("bron0"))
    intake.add("bron1", found("bron1", text="", title="Bericht", read=False, failure="timeout"))
    intake.batch.take_in()
    intake.add("bron1", found("bron1"))
    intake.batch.take_in()
    first, late = intake.stored()
    assert (late.source, late.read_at is not None, late.told_as) == ("bron1", True, first.id)
