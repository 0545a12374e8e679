"""What the source no longer states: tombstones after two confirmations on different nights.

All of it is read from the archive, so that a replay comes to the same tombstones.

- A page that was good answers 404 or 410 on two nights: its rows are gone.
- A page that states a whole series no longer holds a row, on the last night and on the
  one before: the row is gone. A series that begins later or ends earlier than before has
  only become shorter: its other rows stay. An article (`page and rows`) is no series: what is
  missing from it is gone, and it may come to state nothing.

A list that no longer names a page proves nothing: the page itself is asked. A page or row
that comes back is a later statement, and revives the row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from extractors.archive.index.history import History
from extractors.model import Link
from extractors.source import PageKind
from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.outcome import Issue, Tally
from flows.core.run_log import Window
from flows.core.source_run import SourceRun
from flows.stages.load.deleted_rows import retire_rows
from flows.stages.load.tombstones import NIGHTS, SEEN, held_of, retire, sighting, words_of
from flows.stages.read.batch import Batch
from flows.stages.read.parse import Key
from schemas.core.table import Kind, Table

PUBLISHED = "published_on"


def confirm(run: SourceRun, batch: Batch) -> None:
    """Retire what the batch's run has confirmed to be gone."""
    if batch.run is None:
        return
    history = run.context.archive.history()
    for kind in run.pipeline.source.kinds:
        if "page" in kind.gone:
            _pages(run, batch, history, kind)
        if "rows" in kind.gone:
            entries = _last_by_key(history.of_run(batch.run, kind.name, SEEN))
            retire_rows(run, batch, history, entries, is_whole="page" in kind.gone)


def unlisted(run: SourceRun, listed: Collection[str], window: Window) -> list[Link]:
    """The pages of the window's current rows that no list names any more.

    A night looks at those young enough to be read again; whoever asks only for what is
    missing, at none.
    """
    if window.asks == "missing":
        return []
    kinds = {kind.name for kind in run.pipeline.source.kinds if "page" in kind.gone}
    day_of = {table.name: day for table in run.pipeline.tables if (day := _day_of(table))}
    tables = [table for table in run.pipeline.tables if table.name in day_of]
    if not kinds or all(run.context.warehouse.version(table.name) is None for table in tables):
        return []
    days = {"first": window.first, "last": window.last}
    if window.asks == "young":
        young = timedelta(days=run.pipeline.source.reread_days)
        days = {"first": run.context.today(run.pipeline.source) - young, "last": date.max}
    asked = " union ".join(
        f'select source_url from {name} where "{day}" between $first and $last'  # noqa: S608
        for name, day in day_of.items()
    )
    with run.context.warehouse.connect(*(table.name for table in tables)) as connection:
        urls = [url for (url,) in connection.execute(asked, days).fetchall()]
    links = []
    for url in sorted(set(urls) - set(listed)):
        kind = run.pipeline.source.kind_of(url)
        if kind is not None and kind.name in kinds:
            links.append(Link(url, kind.name))
    return links


def _day_of(table: Table) -> str:
    """The column that says how young a row's page is: what it is pruned by, or published on."""
    names = [table.prune_by, *(column.name for column in table.own if column.name == PUBLISHED)]
    return next((n for n in names if n and table.column(n).kind is Kind.DATE), "")


def _last_by_key(entries: Iterable[Entry]) -> list[Entry]:
    return list({entry.key: entry for entry in entries}.values())


def _pages(
    run: SourceRun,
    batch: Batch,
    history: History,
    kind: PageKind,
) -> None:
    assert batch.run is not None
    for entry in _last_by_key(history.of_run(batch.run, kind.name, ("not_found",))):
        missed: list[Entry] = []
        was_good = False
        for seen in history.sightings(entry.key, entry.retrieved_at):
            was_good = seen.verdict in SEEN
            if was_good:
                break
            if seen.verdict == "not_found":
                missed.append(seen)
        if not was_good or len({history.night_of(one) for one in missed}) < NIGHTS:
            continue
        _explain(run.tally, entry)
        said = [sighting(history, one) for one in reversed(missed)]
        evidence = {"disappeared": {"url": entry.url, "status": entry.status, "seen": said}}
        for table in run.pipeline.tables:
            held = held_of(run.context, table, [entry.url]).get(entry.url, ())
            keys = {key for key, at in held if at <= entry.retrieved_at}
            stated = _stated_elsewhere(run.context, table, keys, entry.url)
            for key, url in stated.items():
                told = (
                    f"{table.name} {words_of(key)}: its page is gone, but another still states it"
                )
                run.tally.remarks.append(Issue("page_gone", entry.url, url, told))
            retire(run, batch, table, keys - stated.keys(), evidence)


def _explain(tally: Tally, entry: Entry) -> None:
    """A page that is known to be gone is no failure of this run any more."""
    known = [t for t in tally.failures if t.rule == "not_found" and t.url == entry.url]
    tally.failures = [t for t in tally.failures if t not in known]
    told = f"gone on {NIGHTS} nights or more (HTTP {entry.status}); the list still names it"
    tally.remarks += [Issue("page_gone", entry.url, "", told) for _ in known[:1]]


def _stated_elsewhere(
    context: RunContext, table: Table, keys: set[Key], url: str
) -> dict[Key, str]:
    """Those of the keys that another page, which is still there, has stated too."""
    if not keys:
        return {}
    marks = " and ".join(f'"{name}" = ?' for name in table.key)
    found: dict[Key, str] = {}
    more = (table.aliases,) if table.aliases else ()
    with context.warehouse.connect(table.name, *more) as connection:
        for key in keys:
            others = connection.execute(
                f"select distinct source_url from {table.name}__history "  # noqa: S608
                f"where {marks} and not is_deleted and source_url <> ?",
                [*key, url],
            ).fetchall()
            if table.aliases:  # a copy that ranks lower was never current, and states it still
                others += connection.execute(
                    f"select url from {table.aliases} "  # noqa: S608
                    "where document_key = ? and url <> ?",
                    [key[0], url],
                ).fetchall()
            for (other,) in others:
                if context.archive.latest(other) is not None:
                    found[key] = other
    return found
