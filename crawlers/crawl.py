"""The door of this room: run a job in a child process and yield what it finds, source by source.

A second Scrapy run in one process is refused by its reactor; a child costs about half a second and gives its
memory back.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from pydantic import ValidationError

from crawlers.publication import Reason, SourceFinished, from_line
from crawlers.source import CrawlJob
from crawlers.visit import Event


def crawl(job: CrawlJob) -> Iterator[Event]:
    """Yield the events of a job as they come; every source ends with a `SourceFinished`, also when the child dies."""
    unfinished = {order.source.name for order in job.orders}
    if not unfinished:
        return
    child = subprocess.Popen([sys.executable, "-m", "crawlers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin
    assert child.stdout
    detail = ""
    try:
        try:
            child.stdin.write(job.model_dump_json().encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            detail = "the crawling process ended before it began"
        for line in child.stdout:
            try:
                event = from_line(line)
            except ValidationError:
                detail = f"unexpected line: {line[:200]!r}"
                continue
            if isinstance(event, SourceFinished):
                unfinished.discard(event.source)
            yield event
        code = child.wait()
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
    for name in sorted(unfinished):
        why = detail or f"the crawling process ended with code {code}"
        yield SourceFinished(source=name, reason=Reason.CRASHED, detail=why)
