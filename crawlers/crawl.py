"""The door of this room: run a job in a child process and yield what it finds, source by source.

A second Scrapy run in one process is refused by its reactor; a child costs about half a second and gives its
memory back.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pydantic import ValidationError

from crawlers.publication import Reason, SourceFinished, from_line
from crawlers.source import CrawlJob
from crawlers.visit import Event


def crawl(job: CrawlJob) -> Iterator[Event]:
    """Yield the events of a job as they come; every source ends with a `SourceFinished`, also when the child dies."""
    unfinished = {order.source.name for order in job.orders}
    if not unfinished:
        return
    trouble = ""
    with _child(job) as child:
        assert child.stdout
        for line in child.stdout:
            try:
                event = from_line(line)
            except ValidationError:
                trouble = f"unexpected line: {line[:200]!r}"
                continue
            if isinstance(event, SourceFinished):
                unfinished.discard(event.source)
            yield event
        code = child.wait()
    for name in sorted(unfinished):
        why = trouble or f"the crawling process ended with code {code}; it may take {job.longest:.0f} seconds"
        yield SourceFinished(source=name, reason=Reason.CRASHED, detail=why)


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
