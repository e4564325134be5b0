"""How good the shipped judge is on publishers it never saw, and how long learning takes as a whole; `make bench`.

The labelled items are judged by models that saw nothing of their publishers, one part of the publishers at a time.
On the subject are items of label 1 and 2; they are weighted as in a stream of which one item of twenty is.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from monitor import lessons, seed
from monitor.calibration import Outcome, bands, error
from monitor.item import Arrival, Item
from monitor.judge import BORDERLINE_CHOSEN, Judge
from monitor.judgement import Judgement
from monitor.learn import BASE_RATE, train
from monitor.recognise import New
from monitor.settings import load
from monitor.store import items, people
from monitor.store.database import migrate, open_engine
from monitor.tables import verdict

CONFIG = Path(__file__).parent.parent / "config"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PARTS = 6
DECIDED = 20_000

Row = dict[str, Any]


def judged_unseen() -> Iterator[tuple[Row, Judgement]]:
    """Each labelled item that is no retelling, judged by a model that saw nothing of its publisher."""
    words, rows = load(CONFIG, {}).words, seed.rows()
    for part in range(PARTS):
        left_out = [row for row in rows if _part(row["source"]) == part]
        ids = {row["id"] for row in left_out}
        told = {row["group"]["name"] for row in left_out if row.get("group")}
        known = [one for row in rows if row["id"] not in ids for one in seed.read(row) if one.story not in told]
        judge = Judge(words, train(known))
        for row in left_out:
            if (row.get("group") or {}).get("variant", "anchor") == "anchor":
                yield row, judge.judge(seed.example(row).input)


def _part(publisher: str) -> int:
    return int(sha256(publisher.encode()).hexdigest(), 16) % PARTS


def calibration(judged: list[tuple[Row, Judgement]]) -> None:
    """Say for each height of a chance what came of it; of the borderline items one in ten is wanted."""
    of_use = [said for row, said in judged if row["label"]["relevant"] >= 1]
    weights = {True: BASE_RATE / len(of_use), False: (1 - BASE_RATE) / (len(judged) - len(of_use))}
    told = [(row["label"]["relevant"], said, weights[row["label"]["relevant"] >= 1]) for row, said in judged]
    wanted = {0: ((False, 1.0),), 1: ((True, BORDERLINE_CHOSEN), (False, 1 - BORDERLINE_CHOSEN)), 2: ((True, 1.0),)}
    for name, outcomes in (
        ("on the subject", [Outcome(said.on_subject or 0.0, label >= 1, weight) for label, said, weight in told]),
        ("on the subject by words alone", [Outcome(said.by_words, label >= 1, weight) for label, said, weight in told]),
        (
            "wanted (the score)",
            [Outcome(said.score, came, weight * part) for label, said, weight in told for came, part in wanted[label]],
        ),
    ):
        found = bands(outcomes)
        print(f"{name}, publishers left out, {len(judged)} items: calibration error {error(found):.4f}", flush=True)
        for band in found:
            line = f"said {band.said:.3f}, came {band.came.value:.3f} ({band.came.low:.3f}-{band.came.high:.3f})"
            print(f"  {band.low:.2f}-{band.high:.2f}  {band.weight:6.1%} of the stream, {band.items:3} items: {line}")


def kinds(judged: list[tuple[Row, Judgement]]) -> None:
    """Say how often the kind is right that is told from the text alone, and what is taken for what."""
    pairs = Counter(
        (row["label"]["kind"], str(said.kind))
        for row, said in judged
        if row["label"]["relevant"] and "kind" in row["label"]
    )
    right = sum(count for (gold, said), count in pairs.items() if gold == said)
    print(
        f"kind told from the text alone, relevant items: {right} of {pairs.total()} right ({right / pairs.total():.2f})"
    )
    for gold in sorted({gold for gold, _ in pairs}):
        told = {said: count for (kind, said), count in pairs.items() if kind == gold}
        print(
            f"  {gold:<18} {', '.join(f'{said} {count}' for said, count in sorted(told.items(), key=lambda p: -p[1]))}"
        )


def retraining(folder: Path) -> None:
    """Say how long learning takes as a whole: from the decisions in the database to a lesson in use or not."""
    engine, settings = open_engine(f"sqlite:///{folder / 'lessons.db'}"), load(CONFIG, {})
    migrate(engine)
    people.add_reviewer(engine, "els@voorbeeld.example", "Els", "", NOW)
    els, rows = people.by_email(engine, "els@voorbeeld.example"), seed.rows()
    assert els is not None
    plain = Judge(settings.words)
    judged = [plain.judge(seed.example(row).input) for row in rows]
    with engine.begin() as connection:
        for start in range(0, DECIDED, 1000):
            numbers = range(start, start + 1000)
            ids = items.add_all(connection, [New(_item(number, rows), Arrival.NEWS) for number in numbers], NOW)
            pairs = list(zip(ids, (judged[number % len(rows)] for number in numbers), strict=True))
            items.add_judgements(connection, pairs, NOW)
            connection.execute(
                insert(verdict),
                [
                    {
                        "item_id": item_id,
                        "decision": "accepted" if rows[number % len(rows)]["label"]["relevant"] else "rejected",
                        "reviewer_id": els.id,
                        "decided_at": NOW + timedelta(minutes=number),
                    }
                    for number, item_id in zip(numbers, ids, strict=True)
                ],
            )
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = lessons.learn(engine, settings, NOW + timedelta(days=30))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    assert outcome.lesson is not None
    learned = f"{outcome.lesson.examples:,} of {DECIDED:,} decisions"
    print(f"learn anew as a whole, from {learned}: {wall:.1f} s ({cpu:.1f} CPU s), peak {peak} MiB", flush=True)


def _item(number: int, rows: list[Row]) -> Item:
    row = rows[number % len(rows)]
    address = f"https://b.example/{number}"
    return Item("bond", address, (address,), row["title"], intro=row["intro"], text=f"{row['body']} {number}")


def thousand() -> None:
    """Say what judging a thousand items costs."""
    judge, rows = Judge(load(CONFIG, {}).words, seed.model()), seed.rows()
    told = [seed.example(rows[number % len(rows)]).input for number in range(1000)]
    judge.judge(told[0])
    began = time.process_time()
    for one in told:
        judge.judge(one)
    print(f"judge a thousand items by words and model: {time.process_time() - began:.2f} CPU s", flush=True)


def main() -> None:
    thousand()
    judged = list(judged_unseen())
    calibration(judged)
    kinds(judged)
    with tempfile.TemporaryDirectory() as name:
        retraining(Path(name))


if __name__ == "__main__":
    main()
