"""Asks a few addresses whether their pages are still there, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from pydantic import BaseModel, ConfigDict, ValidationError

from crawlers.publication import Reason
from crawlers.source import CrawlJob

GONE = frozenset({404, 410})
LONGEST = 180.0  # seconds for the whole job


class LinkJob(BaseModel):
    """The addresses to ask, and with which manners."""

    model_config = ConfigDict(frozen=True)

    addresses: tuple[str, ...]
    manners: CrawlJob


class LinkAnswer(BaseModel):
    """What an address answered: its HTTP status, 0 when there was no answer, and then why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link: str
    status: int
    reason: Reason

    @property
    def dead(self) -> bool:
        """Whether the page is not there any more, or its site is not; other trouble may pass by itself."""
        return self.status in GONE or self.reason is Reason.DNS


def ask_links(wanted: LinkJob, longest: float = LONGEST) -> tuple[LinkAnswer, ...]:
    """Ask every address in a child process; what was not answered within `longest` seconds is not in it."""
    command = [sys.executable, "-m", "crawlers.link_spider"]
    job = wanted.model_dump_json().encode() + b"\n"
    try:
        told = subprocess.run(command, input=job, stdout=subprocess.PIPE, timeout=longest, check=False).stdout
    except subprocess.TimeoutExpired as late:
        told = late.stdout or b""
    return tuple(answer for line in told.splitlines() if (answer := _answer(line)))


def _answer(line: bytes) -> LinkAnswer | None:
    """One line of the child; a line that is not meant for us is nothing."""
    try:
        return LinkAnswer.model_validate_json(line)
    except ValidationError:
        return None
