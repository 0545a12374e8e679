"""What is deployed: names, schedules and parameters, for `prefect.yaml` and `carbonmart serve`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIMEZONE = "Asia/Shanghai"
NIGHTLY_CRON = "30 22 * * *"
"""Half past ten: bulletins of the day are out by 18:00, those of the night come tomorrow."""
WEEKLY_CRON = "0 9 * * 6"
"""Saturday morning, when no market is open and no nightly run is under way."""


@dataclass(frozen=True)
class Deployment:
    """A flow under a name; `cron` in `TIMEZONE`, empty for one that is started by hand.

    Of each only one run goes at a time; another waits. A place that a dead run holds is free
    after five minutes, so that whoever came meanwhile runs, and none is missed for it.
    """

    name: str
    entrypoint: str
    cron: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


DEPLOYMENTS = (
    Deployment("nightly", "flows.jobs.prefect.nightly.nightly", NIGHTLY_CRON),
    Deployment(
        "weekly-crosscheck", "flows.jobs.prefect.deployments.weekly_crosscheck", WEEKLY_CRON
    ),
    Deployment("backfill", "flows.jobs.prefect.deployments.backfill"),
    Deployment("replay", "flows.jobs.prefect.deployments.replay"),
    Deployment("publish", "flows.jobs.prefect.deployments.publish"),
)
