"""The flows of the deployments beside the nightly one.

`prefect.yaml` deploys them to a work pool, `carbonmart serve` from one process; what each is
called and when it runs is in `flows.jobs.prefect.schedule`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

# First of all: it sets Prefect up before Prefect is imported.
from flows.jobs.prefect.backfill import run_under_prefect
from flows.jobs.prefect.nightly import day_of_home, settings_of, state_of

# isort: split
from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from extractors.source import Source
from flows.core.sources import names
from flows.jobs.backfill.backfill import Conduct
from flows.jobs.backfill.backfill import backfill as run_backfill
from flows.jobs.backfill.crosscheck import Crosschecked, crosscheck
from flows.jobs.backfill.ledger import Order
from flows.jobs.executors import readers
from flows.jobs.replay import replay as run_replay
from flows.jobs.report.release import published_lines
from flows.jobs.report.report import as_artifact, shown_as_it_is
from flows.stages.release.publish import publish as run_publish

Kind = Literal["threads", "processes", "dask"]


@flow(name="backfill")
def backfill(
    source: str,
    first: date,
    last: date,
    mode: Literal["all", "missing", "reparse"] = "all",
    home: str | None = None,
    is_sample: bool = False,
    until: date | None = None,
    task_runner: Kind = "threads",
    dask_address: str = "",
) -> State[Any]:
    """Past periods of a source again, partition by partition; a killed one is taken up.

    Args:
        source: Name of the source.
        first: First day.
        last: Last day.
        mode: all: ask for every page again; missing: only for what is not held; reparse:
            ask nobody, read the archived pages again.
        home: Store of archive and tables; else `CARBONMART_HOME`. An absolute path or s3://.
        is_sample: Read the embedded sample.
        until: The day to which the sample's world has come.
        task_runner: Who reads pages: this process, more processes, or a Dask cluster.
        dask_address: The cluster's scheduler, tcp://host:port.
    """
    with readers(task_runner, dask_address=dask_address) as reading:
        report = run_backfill(
            settings_of(home),
            Order(source, first, last, mode),
            is_sample=is_sample,
            until=until,
            conduct=Conduct(readers=reading, runner=run_under_prefect),
        )
    return state_of(report)


@flow(name="weekly-crosscheck")
def weekly_crosscheck(
    sources: list[str] | None = None,
    days: int = 91,
    home: str | None = None,
    is_sample: bool = False,
    until: date | None = None,
) -> State[Any]:
    """Every page of the last weeks asked for again, and every check asked of the whole history.

    It finds what a night does not look for: late corrections, pages that went, sums that no
    longer hold.

    Args:
        sources: Names of sources; all, where none is given.
        days: How far back pages are asked for again.
        home: Store of archive and tables; else `CARBONMART_HOME`. An absolute path or s3://.
        is_sample: Read the embedded sample.
        until: The day to which the sample's world has come.
    """

    def today(source: Source) -> date:
        return day_of_home(source, until, is_sample=is_sample)

    done = crosscheck(
        settings_of(home),
        sources or names(),
        days,
        today,
        is_sample=is_sample,
        until=until,
        conduct=Conduct(runner=run_under_prefect),
    )
    return _worst(done)


@flow(name="replay")
def replay(
    sources: list[str] | None = None,
    home: str | None = None,
    task_runner: Kind = "threads",
    dask_address: str = "",
) -> State[Any]:
    """Rows from the archive again, with no network; changes nothing in a sound store.

    Args:
        sources: Names of sources; all, where none is given.
        home: Store of archive and tables; else `CARBONMART_HOME`. An absolute path or s3://.
        task_runner: Who reads pages: this process, more processes, or a Dask cluster.
        dask_address: The cluster's scheduler, tcp://host:port.
    """
    with readers(task_runner, dask_address=dask_address) as reading:
        report = run_replay(settings_of(home), sources or (), readers=reading)
    create_markdown_artifact(as_artifact(report), key="replay-report")
    return state_of(report)


@flow(name="publish")
def publish(
    release: str | None = None, keep: int | None = None, home: str | None = None
) -> State[Any]:
    """Write the files of a release out anew.

    Args:
        release: Id of the release; else the current one.
        keep: Newest releases kept; else as set.
        home: Store of archive and tables; else `CARBONMART_HOME`. An absolute path or s3://.
    """
    from flows.stages.release.publish import Published
    from warehouse.store.home import open_home

    settings = settings_of(home)
    done = run_publish(open_home(settings.home, None), settings, release, keep=keep)
    told = published_lines(Published(done))
    create_markdown_artifact(
        "\n".join(f"- {shown_as_it_is(line)}" for line in told), key="publish-report"
    )
    return Completed(message="; ".join(told))


def _worst(done: Crosschecked) -> State[Any]:
    told = [str(state_of(report).message) for report in done.reports.values()]
    told += [f"{name}: {why}" for name, why in done.failed.items()]
    failed = done.failed or any(report.exit_code for report in done.reports.values())
    words = "; ".join(told)
    return Failed(message=words) if failed else Completed(message=words)
