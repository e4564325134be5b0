"""The door of this room: run a job in a child process and yield what it finds, source by source.

A second Scrapy run in one process is refused by its reactor; a child costs about half a second and gives its
memory back.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from pydantic import ValidationError

from crawlers.publication import Event, Reason, RobotsRead, SourceFinished, WhichKnown, from_line
from crawlers.reading import HUNG
from crawlers.source import CrawlJob

Known = Callable[[str, Sequence[str]], Mapping[str, str]]
Idle = Callable[[], object]
IDLE_MILLISECONDS = 500
MOST_AT_ONCE = 1 << 16  # bytes; what a pipe of Linux holds


def nothing_known(source: str, keys: Sequence[str]) -> Mapping[str, str]:
    """The answer of somebody who remembers nothing."""
    return {}


def crawl(job: CrawlJob, known: Known = nothing_known, idle: Idle = lambda: None) -> Iterator[Event | RobotsRead]:
    """Yield the events of a job as they come; every source ends with a `SourceFinished`, also when the child dies.

    `known` answers which of some address keys a source has listed before, with the time of change that it gave then.
    `idle` is called when nothing has come for half a second, and each half second after that.
    A child that ended because of one source is followed by another for the rest.
    """
    trouble: list[str] = []
    while job.orders:
        left = {order.source.name for order in job.orders}
        code = yield from _crawl(job, known, idle, left, trouble)
        if code != HUNG or len(left) == len(job.orders):
            break
        job = job.model_copy(update={"orders": tuple(order for order in job.orders if order.source.name in left)})
    else:
        return
    for name in sorted(left):
        ended = f"the crawling process ended with code {code}; it may take {job.longest:.0f} seconds"
        why = "; ".join((*trouble[-1:], ended))
        yield SourceFinished(source=name, reason=Reason.CRASHED, detail=why)


def _crawl(
    job: CrawlJob, known: Known, idle: Idle, left: set[str], trouble: list[str]
) -> Generator[Event | RobotsRead, None, int]:
    """Run one child and return its exit code; takes what was finished out of `left`, adds what is odd to `trouble`."""
    with _child(job) as child:
        assert child.stdout
        for line in _lines(child.stdout.fileno(), idle):
            try:
                event = from_line(line)
            except ValidationError:
                trouble.append(f"unexpected line: {line[:200]!r}")
                continue
            if isinstance(event, WhichKnown):
                _answer(child, event.source, known(event.source, event.keys))
                continue
            if isinstance(event, SourceFinished):
                left.discard(event.source)
            yield event
        return child.wait()


def _lines(pipe: int, idle: Idle) -> Iterator[bytes]:
    """The lines that come out of a pipe; `idle` is called each time that nothing has come for half a second."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    begun = b""
    while True:
        while not poll.poll(IDLE_MILLISECONDS):
            idle()
        came = os.read(pipe, MOST_AT_ONCE)
        *lines, begun = (begun + came).split(b"\n")
        yield from lines
        if not came:
            break
    if begun:
        yield begun


def _answer(child: subprocess.Popen[bytes], source: str, known: Mapping[str, str]) -> None:
    assert child.stdin
    with suppress(BrokenPipeError):  # a child that died says so by its end
        child.stdin.write(json.dumps({"source": source, "known": known}).encode() + b"\n")
        child.stdin.flush()


@contextmanager
def _child(job: CrawlJob) -> Iterator[subprocess.Popen[bytes]]:
    """Start the crawling process with its job; it is gone after the block, and after `job.longest` seconds."""
    child = subprocess.Popen([sys.executable, "-m", "crawlers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin
    assert child.stdout
    watchdog = threading.Timer(job.longest, child.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        with suppress(BrokenPipeError):  # a child that died before it began says so by its end
            child.stdin.write(job.model_dump_json().encode() + b"\n")
            child.stdin.flush()
        yield child
    finally:
        watchdog.cancel()
        child.kill()
        child.wait()
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.stdout.close()
