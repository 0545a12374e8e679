"""A batch of pages, and the run on whose behalf they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from extractors.archive.index.history import Run
from extractors.warc.exchange import Entry
from flows.stages.read.parse import Keys
from schemas.contracts.corrections import Correction
from schemas.contracts.readings import FigureReading


@dataclass(frozen=True)
class Batch:
    """The pages to read on behalf of one run, and what else its fetches tell (`run`).

    `corrections` and `readings` are those in force for what is loaded. In a replay the pages
    were read before: what was refused in payloads that others followed is no news.
    """

    known_from: datetime
    entries: Sequence[Entry] = ()
    run: Run | None = None
    corrections: Sequence[Correction] = ()
    readings: Sequence[FigureReading] = ()
    is_replay: bool = False
    stated: dict[str, Keys] = field(default_factory=dict, compare=False)
    """Fetch id -> the keys that its payload states, of those pages that were read in this
    batch and state a whole series (`Reading.stated`)."""
