"""The tour of the demo: a week in the life of the radar, told in Dutch on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from digest import dutch
from digest import store as editions
from digest import subscribers as readers
from digest.edition import Audience
from digest.outbox import SendReport
from digest.records import EditionState
from monitor.demo.letter import OwnWords, own_words, subscribers
from monitor.demo.stages import ARCHIVE, publish_more, stage
from monitor.editor import Editor
from monitor.health_words import health
from monitor.intake import RunReport
from monitor.role import Role
from monitor.source_state import SourceRun
from monitor.store import amendments, people, reviews
from monitor.store.database import Engine

REVIEWER = "demo@voorbeeld.nl"
REVIEWER_NAME = "Dana (demo)"
PASSWORD = "proef-de-radar"  # noqa: S105 - the demo listens on loopback only and tells everybody
LEFT_FOR_THE_VISITOR = 2


@dataclass(frozen=True, slots=True)
class Tour:
    """What the tour walks through; `crawl` and `send` show their own progress, `say` prints a line."""

    folder: Path
    engine: Engine
    editor: Editor
    crawl: Callable[[], RunReport]
    send: Callable[[int], SendReport]
    say: Callable[[str], None]
    today: date

    def walk(self, hash_password: Callable[[str], str]) -> None:
        """The whole tour; what was done before is not done again."""
        self._sign_up(hash_password)
        if stage(self.folder) == ARCHIVE:
            self.say("1. Kennismaken: de radar leest de drie uitgevers voor het eerst.")
            self._read()
            publish_more(self.folder)
            self.say("2. Een week later: de uitgevers hebben nieuwe berichten geplaatst.")
        else:
            self.say("De radar kijkt of er iets nieuws is.")
        self._read()
        chosen = self._choose()
        if chosen:
            self.say(f"3. {REVIEWER_NAME} koos {_items(chosen)} en schreef erbij waarom ze tellen.")
        self._letters()

    def more(self) -> int:
        """Publish the next items and crawl them; returns how many were published."""
        count = publish_more(self.folder)
        if count:
            news = dutch.count(count, "nieuw bericht", "nieuwe berichten")
            self.say(f"De uitgevers plaatsten {news}. De radar leest wat er nieuw is.")
            self._read()
        return count

    def _sign_up(self, hash_password: Callable[[str], str]) -> None:
        now = self.editor.clock()
        if people.by_email(self.engine, REVIEWER) is None:
            people.add_reviewer(self.engine, REVIEWER, REVIEWER_NAME, hash_password(PASSWORD), now, Role.ADMINISTRATOR)
        readers.add(self.engine, subscribers(self.today), now)

    def _read(self) -> None:
        """Crawl, and say what it brought."""
        before = reviews.waiting(self.engine)
        report = self.crawl()
        self._tell(report, reviews.waiting(self.engine) - before)

    def _tell(self, report: RunReport, queued: int) -> None:
        new = sum(run.new for run in report.runs if not run.baseline)
        known = sum(run.new for run in report.runs if run.baseline)
        if known:
            self.say(
                f"   {_items(known)} gevonden. Die waren er al voor de radar begon, dus ze gelden niet als nieuws."
            )
        if new:
            news = dutch.count(new, "nieuw bericht", "nieuwe berichten")
            stand = dutch.count(queued, "daarvan valt op en staat", "daarvan vallen op en staan")
            self.say(f"   {news} gevonden; {stand} in de wachtrij.")
        if not known and not new:
            self.say("   Niets nieuws. Alles wat er staat, kende de radar al; er is niets dubbel opgeslagen.")
        for run in report.runs:
            self._tell_trouble(run)

    def _tell_trouble(self, run: SourceRun) -> None:
        """Say that a source gave nothing; that another address had to help out is told the first time only."""
        source = self.editor.settings().source(run.source)
        name = f"   Let op, {source.title if source else run.source}:"
        if not health(run.reason).good:
            self.say(f"{name} {health(run.reason).sentence}")
        elif run.baseline:
            for endpoint in run.endpoints:
                if not health(endpoint["reason"]).good:
                    self.say(f"{name} {health(endpoint['reason']).sentence}")
                    self.say("   De radar las daarom het volgende adres van deze bron; er is niets gemist.")

    def _choose(self) -> int:
        """Accept, as the demo reviewer, the flagged items that it has words for; some are left for the visitor."""
        reviewer = people.by_email(self.engine, REVIEWER)
        assert reviewer is not None
        words = own_words()
        if reviews.decided(self.engine, reviews.ACCEPTED, 1):
            return 0
        waiting = [item for item in reviews.queue(self.engine, limit=200) if urlsplit(item.address).path in words]
        chosen = _varied(waiting, words)[: max(len(waiting) - LEFT_FOR_THE_VISITOR, 1)]
        for item in chosen:
            now = self.editor.clock()
            own = words[urlsplit(item.address).path]
            reviews.write(self.engine, item.id, reviewer.id, summary=own.summary, why=own.why, now=now)
            amendments.keep(self.engine, item.id, reviewer.id, own.otherwise, now)
            reviews.decide(self.engine, item.id, reviewer.id, reviews.ACCEPTED, now)
        return len(chosen)

    def _letters(self) -> None:
        told = list(self._send_letters())
        if told:
            self.say("4. De weekbrief, voor elke doelgroep een eigen:")
        for line in told or ["De weekbrief van deze week was al verzonden; niemand krijgt hem dubbel."]:
            self.say(f"   {line}")

    def _send_letters(self) -> Iterator[str]:
        for audience in Audience:
            edition = self.editor.draft(audience)
            made = editions.edition_of(self.engine, audience, edition.issue)
            if edition.entries and (made is None or made.state is EditionState.DRAFT):
                edition_id, _ = self.editor.freeze(edition)
                yield self._sent(audience, self.send(edition_id))
            elif made and made.state in (EditionState.FROZEN, EditionState.SENDING):
                yield self._sent(audience, self.send(made.id))

    def _sent(self, audience: Audience, report: SendReport) -> str:
        entries = len(editions.find_edition(self.engine, report.edition_id).content.entries)
        people = dutch.count(report.summary.total, "lezer", "lezers")
        return f"voor {audience.plural}: {_items(entries)}, naar {people}. {report.trouble}".rstrip()


def _varied(items: Sequence[reviews.QueuedItem], words: Mapping[str, OwnWords]) -> list[reviews.QueuedItem]:
    """The first of every kind, then the second ..., for most audiences first: so that every letter holds some."""

    def audiences(item: reviews.QueuedItem) -> int:
        own = words[urlsplit(item.address).path].otherwise.audiences
        return len(item.judgement.audiences if own is None else own)

    seen: Counter[str] = Counter()
    turns = {}
    widest = sorted(items, key=audiences, reverse=True)
    for item in widest:
        turns[item.id] = seen[item.judgement.kind]
        seen[item.judgement.kind] += 1
    return sorted(widest, key=lambda item: turns[item.id])


def _items(number: int) -> str:
    return dutch.count(number, "bericht", "berichten")
