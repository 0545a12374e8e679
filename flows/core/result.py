"""What one source came to in one run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.core.outcome import Issue, Outcome, Tally


@dataclass
class SourceResult:
    """What the books and the report say of one source in one run."""

    source: str
    outcome: Outcome
    why: Issue | None
    tally: Tally
    started_at: datetime
    seconds: float
    failed_checks: list[str]
