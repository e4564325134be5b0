"""How fast the parts are: each measured in one run, best of three, as a rate; run with `make bench`.

Machines are noisy: compare the rates of one run with each other, or two runs on the same machine, never single figures.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

from bench_pages import publishing

from crawlers.readers.article import read_article
from crawlers.readers.overview import read_overview
from digest import store as editions
from digest import subscribers
from digest.consent import new_subscriber
from digest.edition import Audience
from digest.folder import folder_server
from digest.outbox import send
from digest.sample import LETTERHEAD, sample
from digest.smtp import connect
from monitor import seed
from monitor.footprint import footprint
from monitor.item import Arrival, Item
from monitor.judge import Judge, JudgeInput
from monitor.learn import train
from monitor.recognise import New
from monitor.settings import load
from monitor.store import items, reviews
from monitor.store.database import migrate, open_engine
from monitor.stories import Stories, Telling

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
STORED = 20_000
READERS = 300
DECIDED = 20_000


def best(work: Callable[[], object], times: int = 3) -> float:
    """The shortest time of a few tries, in seconds."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent)


def corpus() -> list[dict[str, str]]:
    lines = (HERE / "corpus" / "items.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def reading() -> Iterator[tuple[str, float, str]]:
    for name, read in (
        ("overview", lambda body: read_overview(body, "https://x.example/", today=TODAY)),
        ("article", lambda body: read_article(body, "https://x.example/a", TODAY)),
    ):
        marks = ("nieuws", "artikelen", "publicaties") if name == "overview" else ("artikel", "project", "oud")
        pages = [page.read_bytes() for page in (HERE / "pages").glob("*.html") if page.stem.split("-")[-1] in marks]
        spent = best(lambda read=read, pages=pages: [read(page) for page in pages])
        yield f"read an {name} page", len(pages) / spent, "pages/s"


def judging() -> Iterator[tuple[str, float, str]]:
    judge = Judge(load(HERE.parent / "config", {}).words, seed.model())
    told = [JudgeInput(title=one["title"], intro=one["intro"], text=one["body"]) for one in corpus()]
    spent = best(lambda: [judge.judge(one) for one in told])
    yield "judge an item", len(told) / spent, "items/s"


def learning() -> Iterator[tuple[str, float, str]]:
    shipped = seed.examples()
    lessons = [
        replace(one, story=f"{number}", traits=one.traits if number < DECIDED // 10 else None)
        for number, one in zip(range(DECIDED), cycle(shipped), strict=False)
    ]
    spent = best(lambda: train(lessons), 1)
    yield f"learn from {DECIDED:,} decisions", DECIDED / spent, "decisions/s"


def recognising() -> Iterator[tuple[str, float, str]]:
    texts = [(one["title"], one["intro"], one["body"]) for one in corpus()]
    yield "take a footprint", len(texts) / best(lambda: [footprint(*text) for text in texts]), "items/s"
    taken = [footprint(*text) for text in texts]
    day = NOW.date()
    told = Stories(Telling(n, n, str(n), day, taken[n % len(taken)]) for n in range(10 * len(taken)))
    spent = best(lambda: [told.find(one, "else", day) for one in taken])
    yield f"find a story among {10 * len(taken)}", len(taken) / spent, "items/s"


def queueing(folder: Path) -> Iterator[tuple[str, float, str]]:
    engine = open_engine(f"sqlite:///{folder / 'queue.db'}")
    migrate(engine)
    judge = Judge(load(HERE.parent / "config", {}).words, seed.model())
    judged = [(one, judge.judge(JudgeInput(title=one["title"], text=one["body"]))) for one in corpus()]
    with engine.begin() as connection:
        for number in range(STORED):
            one, judgement = judged[number % len(judged)]
            item = Item("bond", f"https://b.example/{number}", (f"b.example/{number}",), one["title"], text=one["body"])
            item_id = items.add(connection, New(item, Arrival.NEWS), NOW)
            score = round(judgement.score * 0.9 + (number % 997) / 9970, 6)
            items.save_judgement(connection, item_id, judgement.model_copy(update={"score": score}), NOW)
    page = reviews.queue(engine, limit=50)
    first = best(lambda: reviews.queue(engine, limit=50))
    while page:
        after = reviews.Position(page[-1].judgement.score, page[-1].id)
        last = after
        page = reviews.queue(engine, after=after, limit=50)
    end = best(lambda: reviews.queue(engine, after=last, limit=50))
    yield f"first page of a queue ({STORED:,} items stored)", 1 / first, "pages/s"
    yield "the page after the last one", 1 / end, "pages/s"


def sending(folder: Path) -> Iterator[tuple[str, float, str]]:
    engine = open_engine(f"sqlite:///{folder / 'outbox.db'}")
    migrate(engine)
    people = [
        new_subscriber(f"lezer{n}@voorbeeld.nl", f"Lezer {n}", "corporatie", "formulier", TODAY, TODAY)
        for n in range(READERS)
    ]
    subscribers.add(engine, people, NOW)
    edition = sample(TODAY).model_copy(update={"audience": Audience.CORPORATIE})
    edition_id = editions.save_draft(engine, edition, NOW)
    editions.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    moments = (NOW + timedelta(milliseconds=n) for n in range(10**9))
    with folder_server(folder / "outbox") as relay:
        spent = best(lambda: send(engine, edition_id, LETTERHEAD, lambda: connect(relay), lambda: next(moments)), 1)
    yield "send a letter into the folder, one connection", READERS / spent, "letters/s"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in (
            reading(),
            judging(),
            learning(),
            recognising(),
            queueing(folder),
            sending(folder),
            publishing(folder),
        ):
            for what, rate, unit in part:
                print(f"{what:<50} {rate:>10,.0f} {unit}", flush=True)


if __name__ == "__main__":
    main()
