"""The outbox under fire: whole weeks with kills, 20 seeds of an ordinary and 20 of a hostile one; see `make bench`.

On SQLite, and on PostgreSQL too when RADAR_TEST_POSTGRESQL names a server. Ends with an error when a promise breaks.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fakes_faulty_smtp import HOSTILE, ORDINARY, Week
from fakes_kills import Outcome, a_week
from sqlalchemy import create_engine, make_url, text

from monitor.store.database import migrate, open_engine

SEEDS = 20
KILLS = 10
READERS = 1500


def new_sqlite(folder: Path) -> Callable[[str], str]:
    def new(name: str) -> str:
        return f"sqlite:///{folder / name}.db"

    return new


def new_postgresql(server: str) -> Callable[[str], str]:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")

    def new(name: str) -> str:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    return new


def weeks(kind: str, week: Week, new: Callable[[str], str], seeds: int) -> list[Outcome]:
    outcomes = []
    for seed in range(seeds):
        url = new(f"week_{kind}_{seed}")
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        outcome = a_week(url, week, seed, READERS, KILLS)
        if faults := outcome.faults():
            sys.exit(f"{kind} week, seed {seed}: {'; '.join(faults)}: {outcome}")
        outcomes.append(outcome)
    return outcomes


def told(kind: str, database: str, outcomes: list[Outcome], seconds: float) -> str:
    def total(name: str) -> int:
        return sum(getattr(outcome, name) for outcome in outcomes)

    return (
        f"{kind} week, {database}: {len(outcomes)} seeds, {total('kills')} kills, {total('runs')} runs, "
        f"{total('readers')} readers: {total('lost')} lost, {total('doubles_by_kills')} doubled by kills, "
        f"{total('doubles_by_silence')} by a silent server, {total('parked')} wait for a person, "
        f"{total('tries_after_refusal')} tries after a 5xx, {total('to_leavers')} to who had left, "
        f"{total('tls_troubles')} times broken TLS; {seconds:.0f} s"
    )


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    with tempfile.TemporaryDirectory() as name:
        databases = {"SQLite": new_sqlite(Path(name))}
        if server := os.environ.get("RADAR_TEST_POSTGRESQL"):
            databases["PostgreSQL"] = new_postgresql(server)
        for database, new in databases.items():
            for kind, week in (("ordinary", ORDINARY), ("hostile", HOSTILE)):
                began = time.perf_counter()
                outcomes = weeks(kind, week, new, seeds)
                print(told(kind, database, outcomes, time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
