"""`radar judge`: what the judge says of items by hand; no network, no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

import click

from monitor import seed
from monitor.commands.house import ATTENTION, House, fault_in_dutch, pass_house, stop
from monitor.footprint import footprint
from monitor.judge import Effect, Judge, JudgeInput, Judgement
from monitor.stories import Stories, Telling
from monitor.words import Goal

GOAL_NUMBERS = {Goal.FORMAL: 1, Goal.INFORMAL: 2}
LONGEST_LINE = 20_000_000


class NotAnItem(ValueError):
    """A line that holds no item; its message says why, in Dutch."""


@click.command()
@click.argument(
    "file",
    type=click.Path(),
    default="-",
    metavar="[BESTAND]",
    help="Bestand met een JSON-regel per bericht; zonder bestand, of met -, de standaardinvoer.",
)
@click.option("--stream", is_flag=True, help="Geef per regel een JSON-regel terug, meteen, met alle redenen.")
@pass_house
def judge(house: House, file: str, stream: bool) -> None:
    """Beoordeelt berichten en zegt waarom.

    De berichten staan als JSON-regels in een bestand of op de standaardinvoer. Er wordt niets opgevraagd en niets
    bewaard. Een regel heeft title, intro, body, source en date (JJJJ-MM-DD); wat ontbreekt, mag ontbreken.
    Een regel die geen bericht is, krijgt een antwoord met error; de rest gaat door.

    \b
    radar judge berichten.jsonl
    radar judge --stream < berichten.jsonl > oordelen.jsonl
    """
    bench = _Bench(house)
    wrong = 0
    try:
        with click.open_file(file, encoding="utf-8", errors="replace") as lines:
            for number, row in _rows(lines):
                answer = {"error": f"regel {number}: {row}"} if isinstance(row, NotAnItem) else bench.answer(row)
                wrong += "error" in answer
                click.echo(json.dumps(answer, ensure_ascii=False) if stream else _in_words(answer))
                sys.stdout.flush()
    except OSError as error:
        stop(f"{file} is niet te lezen: {fault_in_dutch(error)}.")
    if wrong:
        sys.exit(ATTENTION)


def _rows(lines: IO[str]) -> Iterator[tuple[int, dict[str, Any] | NotAnItem]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, _row(line)


def _row(line: str) -> dict[str, Any] | NotAnItem:
    if len(line) > LONGEST_LINE:
        return NotAnItem("langer dan 20 miljoen tekens.")
    try:
        row = json.loads(line.encode("utf-8", "replace"), object_hook=_sound)
    except (ValueError, RecursionError):
        return NotAnItem("dit is geen JSON.")
    if not isinstance(row, dict):
        return NotAnItem("dit is geen JSON-object met title, intro en body.")
    wrong = [name for name in ("title", "intro", "body", "source", "label") if not isinstance(row.get(name) or "", str)]
    if wrong:
        return NotAnItem(f"{wrong[0]} is geen tekst.")
    try:
        row["date"] = date.fromisoformat(row["date"][:10]) if row.get("date") else None
    except (TypeError, ValueError):
        return NotAnItem(f"date {row['date']!r} is geen datum zoals 2026-03-31.")
    return row


def _sound(row: dict[str, Any]) -> dict[str, Any]:
    """A JSON object whose texts can be written again: half a surrogate pair becomes a question mark."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in row.items()
    }


class _Bench:
    """The judge with the stories it was told so far."""

    def __init__(self, house: House) -> None:
        self._judge = Judge(house.settings.words, seed.model())
        self._stories = Stories()
        self._ids: list[Any] = []

    def answer(self, row: dict[str, Any]) -> dict[str, Any]:
        """The verdict on one item, as a JSON object."""
        title, intro, text, source, label = (row.get(n) or "" for n in ("title", "intro", "body", "source", "label"))
        read = JudgeInput(title=title, intro=intro, text=text, source=source, label=label, published=row["date"])
        judged = self._judge.judge(read)
        return {"id": row.get("id"), "title": title, **_told(judged), "duplicate_of": self._told_before(row, read)}

    def _told_before(self, row: dict[str, Any], read: JudgeInput) -> Any:
        """The id of the item that stands in front of the same story; an item without a day is in none."""
        place, story = len(self._ids), len(self._ids)
        self._ids.append(row.get("id"))
        if read.published is None:
            return None
        mine = footprint(read.title, read.intro, read.text, read.published)
        found = self._stories.find(mine, read.source, read.published)
        story = found[0].story if found else story
        self._stories.add(Telling(place, story, read.source, read.published, mine))
        return self._ids[story] if found else None


def _told(judged: Judgement) -> dict[str, Any]:
    """A judgement as a JSON object; a meeting is told only of an item that is worth a look."""
    plain = judged.model_dump(mode="json", exclude={"reasons", "event", "goals"})
    event = judged.event if judged.flagged else None
    return plain | {
        "goals": [GOAL_NUMBERS[goal] for goal in judged.goals],
        "event": {"date": str(event.day), "place": event.place, "deadline": _day(event.deadline)} if event else None,
        "reasons": [reason.model_dump(mode="json") for reason in judged.reasons],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _in_words(answer: dict[str, Any]) -> str:
    """An answer for people: the verdict, and the sentences that did it."""
    if "error" in answer:
        return f"? {answer['error']}"
    lines = [f"{answer['score']:.0%} {answer['relevant']}: {answer['title'] or 'zonder titel'}"]
    lines.append(f"   {answer['kind']}; thema’s: {', '.join(answer['themes']) or 'geen'}")
    for effect, mark in ((Effect.RAISES, "+"), (Effect.LOWERS, "-")):
        lines += [
            f"   {mark} {one['found']}: {one['sentence']}" for one in answer["reasons"] if one["effect"] == effect
        ][:3]
    pulls = ", ".join(f"{pull['word']} {pull['points']:+.1f}" for pull in answer["pulls"][:5])
    lines.append(
        f"   geleerd deel {answer['learned']:.0%}, telt voor {answer['share']:.0%} mee: {pulls or 'geen woorden'}"
    )
    if answer["duplicate_of"] is not None:
        lines.append(f"   hetzelfde verhaal als {answer['duplicate_of']}")
    return "\n".join(lines)
