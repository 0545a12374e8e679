"""What the partitions of a backfill come to together, and when the next one is not begun."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from extractors.source import Source
from flows.core.outcome import Issue, Outcome, Tally
from flows.core.result import SourceResult


def total_of(source: str, runs: Sequence[SourceResult]) -> Tally:
    """What all partitions did. One that broke off is no reason to keep back what the others
    brought: the whole is checked after it."""
    total = Tally(source)
    for run in runs:
        total.add(run.tally)
    total.walls = walls_of(runs)
    if total.accepted or total.duplicates:
        total.failures[:0], total.fatal = total.fatal, []
    return total


def walls_of(runs: Iterable[SourceResult]) -> list[Issue]:
    """The walls that were met, each once."""
    return list(dict.fromkeys(wall for run in runs for wall in run.tally.walls))


def is_door_closed(run: SourceResult, source: Source) -> bool:
    """Whether the next partition would only meet a spent budget, a dead host, or a wall at each
    of the source's hosts."""
    spent = any(issue.rule == "budget" for issue in run.tally.failures)
    walled = {urlsplit(wall.url).hostname for wall in run.tally.walls}
    is_shut = walled >= set(source.hosts)
    return run.outcome is Outcome.FAILED or bool(run.tally.fatal) or spent or is_shut
