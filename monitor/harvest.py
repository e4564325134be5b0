"""What one source hands over in a run, as it comes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crawlers.publication import EndpointReport, Publication
from monitor.settings import SourceSettings
from monitor.source_state import SourceState


@dataclass(slots=True)
class Harvest:
    """What one source has handed over so far in this run; `state` is how the source fared before it.

    `listed` are the keys of the items in its listings that it has listed before.
    """

    source: SourceSettings
    state: SourceState
    publications: list[Publication] = field(default_factory=list)
    endpoints: dict[str, EndpointReport] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)

    @property
    def reports(self) -> list[EndpointReport]:
        """What each endpoint answered."""
        return list(self.endpoints.values())

    @property
    def memories(self) -> dict[str, dict[str, Any]]:
        """What to remember of each endpoint."""
        return {address: report.memory.model_dump(mode="json") for address, report in self.endpoints.items()}
