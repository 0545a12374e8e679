"""What a refresh would do: asks nobody, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows.core.run_log import last_complete_run, window_opens
from flows.core.settings import Settings
from flows.core.sources import declaration, for_a_night, switched_off
from schemas.registry import IncompleteSource
from warehouse.store.store import Warehouse


def plan(
    settings: Settings, sources: Sequence[str], *, is_sample: bool, until: date | None
) -> list[dict[str, object]]:
    """One row per source: whether it would be asked, from which day on, and how fast."""
    rows: list[dict[str, object]] = []
    for name in for_a_night(sources, settings, is_sample=is_sample):
        try:
            source = declaration(name, is_sample=is_sample)
        except IncompleteSource as error:
            rows.append({"source": name, "would": f"fail: {error}", "home": settings.home})
            continue
        last = last_complete_run(Warehouse(settings.home), name)
        off = switched_off(name, settings, is_sample=is_sample)
        today = until or datetime.now(ZoneInfo(source.timezone)).date()
        rows.append(
            {
                "source": name,
                "would": f"be skipped: {off}" if off else "be asked",
                "hosts": ", ".join(source.hosts),
                "window_opens": window_opens(source, last, today),
                "last_complete_run": last.started_at if last else None,
                "requests_per_second": settings.pace(source.rate_per_second),
                "pages_per_day": settings.page_budget_per_day or source.page_budget_per_day,
                "home": settings.home,
            }
        )
    return rows
