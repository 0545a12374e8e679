"""The asking half of a source's road: walk the lists, fetch into the archive.

Plain functions: they run with and without Prefect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from extractors.archive.archive import ArchiveWriter
from extractors.decoding import InflateError
from extractors.errors import (
    Blocked,
    Broken,
    BudgetSpent,
    Drifted,
    FetchError,
    NotFound,
    RobotsRefused,
    Unreachable,
)
from extractors.http.client import WebClient
from extractors.model import LayoutError, Link
from flows.core.context import RunContext
from flows.core.outcome import Issue, Tally
from flows.core.run_log import Window
from flows.core.source_run import SourceRun
from flows.stages.fetch.crawl import Walk, WalkAnew, WalkForMissing, wall_of
from flows.stages.load.deleted_pages import unlisted

SILENT = 5
"""So many requests in a row without any answer, each tried several times: the host is down,
and waiting for it to time out thousands of times would take the night and the page budget."""
SAMPLE_THREADS = 4
"""Requests in flight where no pace is kept; a paced host is asked by one thread."""


def open_client(run: SourceRun, writer: ArchiveWriter) -> WebClient:
    """A web client for the source, with the run's shared pace."""
    return WebClient(
        replace(
            run.pipeline.source, page_budget_per_day=run.context.page_budget(run.pipeline.source)
        ),
        run.context.archive,
        writer,
        run.context.web_settings(),
        run.context.pacer,
        routes=run.context.sample.routes if run.context.sample else None,
    )


def discover(run: SourceRun, client: WebClient, window: Window) -> list[Link]:
    """Walk the source's lists; gives what is worth fetching, each request once.

    Pages of the window that the lists no longer name are asked too: they may be gone.

    What stops the walk is noted in `tally`; the links found until then are kept.
    """
    source = window.of(run.pipeline.source)
    walker = {"young": Walk, "all": WalkAnew, "missing": WalkForMissing}[window.asks]
    context = run.context
    walk = walker(client, context.archive, run.tally, window.last, window.first, context.calendar)
    found: dict[str, Link] = {}
    try:
        for link in source.links(walk, source):
            found.setdefault(link.key, link)
        for link in unlisted(run, found.keys(), window):
            found.setdefault(link.key, link)
    except LayoutError as error:
        run.tally.list_layouts.append(Issue("layout", error.url, error.value, error.what))
    except FetchError as error:
        _note(run.tally, error, is_fatal=True)
    links = list(found.values())
    if isinstance(walk, WalkForMissing):
        links = [link for link in links if walk.is_wanted(link)]
    return [link for link in links if not is_fresh(run.context, link, window)]


def is_fresh(context: RunContext, link: Link, window: Window) -> bool:
    """Whether the request was answered since the window's work began."""
    if window.fresh_from is None:
        return False
    seen = context.archive.last_seen(link.key)
    return seen is not None and seen >= window.fresh_from


def followed(run: SourceRun, since: datetime | None) -> list[Link]:
    """What the pages that came since then lead to and the archive does not hold, each once.

    It looks back to the last complete run, so that what a killed or failed one left out
    is asked for by the next.
    """
    source = run.pipeline.source
    kinds = [kind.name for kind in source.kinds if kind.leads_on]
    assert source.follow is not None
    found: dict[str, Link] = {}
    for entry in run.context.archive.present(source.name, kinds, since):
        try:
            links = list(source.follow(run.context.archive.page(entry)))
        except (LayoutError, InflateError):
            continue  # reading the page comes to the same end, and reports it
        for link in links:
            if run.context.archive.latest(link.key) is None:
                found.setdefault(link.key, link)
    return list(found.values())


def fetch(run: SourceRun, client: WebClient, links: Sequence[Link]) -> list[Link]:
    """Fetch a batch into the archive; gives the links worth a second try later.

    A wall closes its host for the rest of the run, a spent budget all hosts for the
    batch: nobody hammers on a closed door. A host that is silent is left alone until the
    second try.
    """
    again: list[Link] = []
    stopped = {urlsplit(wall.url).hostname or "" for wall in run.tally.walls}

    def one(link: Link) -> tuple[Link, bool | FetchError | None]:
        host = urlsplit(link.url).hostname or ""
        if host in stopped or "*" in stopped:
            return link, None
        if run.tally.silent.get(host, 0) >= SILENT:
            told = f"{host} gave no answer to {SILENT} requests in a row; left alone for now"
            return link, Unreachable(run.pipeline.source.name, link.url, "timeout", told)
        try:
            is_new = client.fetch(link).is_new
        except (Blocked, RobotsRefused) as error:
            stopped.add(host)
            return link, error
        except BudgetSpent as error:
            stopped.add("*")
            return link, error
        except FetchError as error:
            is_silent = error.cause == "timeout" or (
                isinstance(error, Unreachable) and not error.fetch_id
            )
            run.tally.silent[host] = run.tally.silent.get(host, 0) + 1 if is_silent else 0
            return link, error
        run.tally.silent[host] = 0
        return link, is_new

    is_paced = run.context.rate(run.pipeline.source) > 0
    threads = len(run.pipeline.source.hosts) if is_paced else SAMPLE_THREADS
    with ThreadPoolExecutor(threads, thread_name_prefix="fetch") as pool:
        for link, result in pool.map(one, links):
            if isinstance(result, FetchError):
                if isinstance(result, (Unreachable, Broken)):
                    again.append(link)
                    run.tally.unanswered[link.key] = _trouble(result)
                elif link.may_be_missing and isinstance(result, NotFound):
                    told = "not there, and that is known to be possible"
                    run.tally.remarks.append(Issue("not_found", link.url, "", told))
                else:
                    _note(run.tally, result)
            elif result is None:
                run.tally.failures.append(
                    Issue("not_asked", link.url, link.body or "", "the host was closed before")
                )
            elif result:
                run.tally.fetched += 1
            else:
                run.tally.not_modified += 1
    return again


def give_up(links: Iterable[Link], tally: Tally) -> None:
    """Note requests that failed twice."""
    for link in links:
        last = tally.unanswered[link.key]
        tally.failures.append(
            Issue(last.rule, link.url, link.body or "", f"on two passes {last.detail}")
        )


def _note(tally: Tally, error: FetchError, *, is_fatal: bool = False) -> None:
    issue = _trouble(error)
    if isinstance(error, Blocked):
        if not wall_of(tally, Link(error.url, "")):
            tally.walls.append(issue)
    elif isinstance(error, Drifted):
        (tally.list_layouts if is_fatal else tally.layouts).append(issue)
    elif is_fatal:
        tally.fatal.append(issue)
    elif isinstance(error, NotFound):
        told = f"a page the list names is gone; {error.next_step}"
        tally.failures.append(Issue("not_found", error.url, "", told))
    else:
        tally.failures.append(issue)


def _trouble(error: FetchError) -> Issue:
    return Issue(error.cause, error.url, "", f"{error.detail}; {error.next_step}")
