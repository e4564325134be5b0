"""Looks around at an address in a process of its own: what is asked, and in the end what was found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from crawlers.findings import Findings
from crawlers.publication import Reason
from crawlers.source import CrawlJob


class Ask(BaseModel):
    """An address is asked now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asking: str


class ProbeJob(BaseModel):
    """An address to look around at, and with which manners; `known` are keys of items that may stand there."""

    model_config = ConfigDict(frozen=True)

    address: str
    manners: CrawlJob
    known: tuple[str, ...] = ()


def job(address: str, agent: str, today: date, pause: float, timeout: float, *, allow_loopback: bool) -> ProbeJob:
    """A job for one address; see `crawlers.source.CrawlJob` for the manners."""
    manners = CrawlJob(orders=(), agent=agent, today=today, pause=pause, timeout=timeout, allow_loopback=allow_loopback)
    return ProbeJob(address=address, manners=manners)


def probe(wanted: ProbeJob) -> Iterator[Ask | Findings]:
    """Look around in a child process: yields what is asked and in the end, always, the findings."""
    command = [sys.executable, "-m", "crawlers.probe_spider"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(wanted.model_dump_json().encode() + b"\n")
        child.stdin.close()
        for line in child.stdout:
            event = _event(line)
            if event:
                yield event
            if isinstance(event, Findings):
                return
    yield Findings(address=wanted.address, trouble=Reason.CRASHED.value)


def _event(line: bytes) -> Ask | Findings | None:
    """One line of the child; a line that is not meant for us is nothing."""
    for model in (Ask, Findings):
        try:
            return model.model_validate_json(line)
        except ValidationError:
            continue
    return None
