"""The last weeks of several sources asked for again, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from extractors.source import Source
from flows.core.errors import named_error
from flows.core.settings import Settings
from flows.core.sources import declaration
from flows.jobs.backfill.backfill import Conduct, backfill
from flows.jobs.backfill.ledger import Order
from flows.jobs.backfill.report import BackfillReport


@dataclass
class Crosschecked:
    """What became of each source: its report, or the words of what ended it."""

    reports: dict[str, BackfillReport] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def crosscheck(
    settings: Settings,
    names: Sequence[str],
    days: int,
    today: Callable[[Source], date],
    *,
    is_sample: bool = False,
    until: date | None = None,
    conduct: Conduct | None = None,
) -> Crosschecked:
    """Ask again for what the sources published within so many days, and ask every check of the
    whole history; sources that are switched off are left out.

    Whatever ends one source's turn is told in `failed`: the others have theirs.
    """
    done = Crosschecked()
    for name in names:
        if name in settings.disabled:
            continue
        try:
            source = declaration(name, is_sample=is_sample)
            last, opens = today(source), source.first_day
            first = max(opens, last - timedelta(days=days))
            order = Order(name, first, last, checks_from=opens)
            done.reports[name] = backfill(
                settings, order, is_sample=is_sample, until=until, conduct=conduct
            )
        except Exception as error:  # noqa: BLE001 - one source's trouble stays its own
            done.failed[name] = named_error(error)
    return done
