"""What the server of the Model Context Protocol answers: documents that name their release.

Each is a plain JSON object: `release`, `rows_are` (whose rows these are in words), `is_simulated`,
the answer, `citations`. Nothing is written, and no more is read than the tables of that release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flows.core.errors import UsageError
from flows.core.query.ask import Rows, ask, ask_first, past_of
from flows.core.query.format import SAMPLE_NOTE
from flows.core.query.only_tables import tables_read
from flows.core.query.sql import Snapshot, table_of
from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from flows.core.sources import whole
from flows.lineage.trace import follow
from flows.reports.brief.differences import differences
from flows.reports.brief.facts import days_stated
from flows.reports.mcp.cited import (
    as_plain,
    of_figure,
    of_rows,
    of_table,
    of_trace,
    publisher_of,
    source_of,
)
from schemas.core.forms import quoted, text_literal
from schemas.registry import TABLES, VIEWS
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

ROWS, SECONDS = 200, 20.0
"""So many rows an answer has at most, and so long may a query take."""
_FIGURES = 40
_LAUNCH = date(2021, 7, 16)
Document = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """The questions, each put to the release that is current when it is asked."""

    settings: Settings
    wanted: Wanted

    def tables(self, search: str = "") -> Document:
        """Tables whose name or meaning has these words."""
        snapshot, warehouse = self._snapshot(), self._warehouse()
        rows = {i.name: i.current_rows for i in warehouse.tables(**past_of(snapshot))}
        found = [
            {**of_table(name), "rows": rows.get(name), "key": list(table.key)}
            for name, table in {**TABLES, **VIEWS}.items()
            if (name in rows or name in VIEWS)
            and all(word in f"{name} {table.says}".lower() for word in search.lower().split())
        ]
        named = [each["table"] for each in found if source_of(each["table"])]
        credits_ = [{k: of_table(n)[k] for k in ("table", "publisher", "terms")} for n in named]
        return self._said(snapshot, self._is_sample(), credits_, tables=found)

    def table(self, name: str) -> Document:
        """A table's columns, its key, and whose it is."""
        snapshot, table = self._snapshot(), table_of(name)
        columns = [
            {
                "column": column.name,
                "type": str(column.kind),
                "unit": column.unit or None,
                "says": column.says,
                **({"one_of": list(column.one_of)} if column.one_of else {}),
            }
            for column in table.columns
        ]
        (count,) = ask(self.settings, f"select count(*) as n from {name}", snapshot, SECONDS)  # noqa: S608
        about = {"key": list(table.key), "rows": count["n"], "columns": columns}
        history = {} if table.is_log else {"all_revisions_in": f"{name}__history"}
        is_simulated = self._are_simulated([name], snapshot)
        return self._said(snapshot, is_simulated, [of_table(name)], **about, **history)

    def query(self, sql: str, max_rows: int = 50) -> Document:
        """The first rows of a SELECT over tables, with the pages of those whose key it shows."""
        snapshot, names = self._snapshot(), tables_read(sql)
        limit = max(1, min(max_rows, ROWS))
        rows, is_cut = ask_first(self.settings, sql, snapshot, limit, SECONDS)
        if rows and "is_simulated" in rows[0]:
            is_simulated = any(row["is_simulated"] is not False for row in rows)
        else:
            is_simulated = self._are_simulated(names, snapshot)
        pages = of_rows(self.settings, snapshot, names, rows)
        cited = pages + [of_table(name) for name in names]
        return self._said(snapshot, is_simulated, cited, rows=rows, is_cut=is_cut)

    def key_figures(self, period: str, search: str, *, all_publishers: bool) -> Document:
        """Figures of the market report, each with its citations."""
        snapshot, parts = self._snapshot(), ["true"]
        if period:
            told = text_literal(period)
            parts.append(f"(period = {told} or starts_with(period, {told} || '-'))")
        for word in search.lower().split():
            names = "lower(concat_ws(' ', figure_id, label_en, label_zh))"
            parts.append(f"contains({names}, {text_literal(word)})")
        parts += [] if all_publishers else ["is_preferred"]
        query = (
            f"select * from mart_key_figures where {' and '.join(parts)} "  # noqa: S608 - literals
            "order by period desc, figure_id, is_preferred desc"
        )
        rows, is_cut = ask_first(self.settings, query, snapshot, _FIGURES, SECONDS)
        figures, cited = [_figure(row) for row in rows], _pages(rows)
        is_simulated = any(row["is_simulated"] for row in rows)
        return self._said(snapshot, is_simulated, cited, figures=figures, is_cut=is_cut)

    def cite(self, table: str, key: Sequence[str], column: str) -> Document:
        """A cell with the words that carry it, the page, the time of the fetch, the digest."""
        snapshot = self._snapshot()
        found = follow(self.settings, snapshot, table, [*key, column], in_archive=False)
        pages, more = of_trace(found)
        told = found.as_dict()
        names = ("table", "key", "column", "value", "unit", "says", "formula", "is_deleted")
        about = {name: told[name] for name in names if name in told}
        about |= {"revisions": len(told["revisions"]), "follows_from_more_rows": more}
        about["known_from"] = told["revisions"][-1]["known_from"]
        return self._said(snapshot, told["is_simulated"], pages, **about)

    def conflicts(self) -> Document:
        """Where publishers differ, and what checks of figures against figures found last."""
        snapshot = self._snapshot()
        query = (
            "select k.* from mart_key_figures k semi join (select figure_id, period from "
            "mart_key_figures where agreement = 'conflicts') c using (figure_id, period) "
            "where is_preferred or agreement = 'conflicts' order by figure_id, period, source"
        )
        rows, _ = ask_first(self.settings, query, snapshot, _FIGURES, SECONDS)
        days = self._days(snapshot)
        checks = (
            "select name, scope, verdict, expected, found, difference, evidence from ops_checks c "
            "where verdict <> 'pass' and run_id = (select arg_max(run_id, checked_at) from "
            "ops_checks where name = c.name) order by verdict, name, scope"
        )
        found, is_cut = ask_first(self.settings, checks, snapshot, _FIGURES, SECONDS)
        cited = _pages(rows)
        cited += [page for day in days for page in day.pop("pages")]
        answer: Document = {"figures": [_figure(row) for row in rows], "days_held_back": days}
        answer |= {"checks": found, "checks_are_cut": is_cut}
        is_simulated = any(page["is_simulated"] for page in cited) or self._is_sample()
        return self._said(snapshot, is_simulated, cited, **answer)

    def freshness(self) -> Document:
        """How far each source has come, how its last run ended, which tables are stale and why."""
        snapshot = self._snapshot()
        runs = {row["source"]: row for row in self._ask(_LAST_RUNS, snapshot)}
        stated = " union all ".join(
            f"select {text_literal(source)} as source, max({quoted(day)}) as newest from {table}"  # noqa: S608
            for source, table, day in days_stated()
        )
        newest_sql = f"select source, max(newest) as newest from ({stated}) group by 1"  # noqa: S608
        newest = {row["source"]: row["newest"] for row in self._ask(newest_sql, snapshot)}
        tables = self._ask(_STALE.format(release=text_literal(snapshot.release)), snapshot)
        sources = [
            {
                "source": name,
                "publisher": source.publisher,
                "newest_day": newest.get(name),
                "last_run": runs.get(name),
            }
            for name, source in whole().items()
        ]
        pages = [{"table": "ops_runs", "publisher": "carbonmart's own books"}]
        pages += [
            {"source": name, "publisher": source.publisher, "homepage": source.homepage}
            for name, source in whole().items()
        ]
        answer = {"sources": sources, "stale_tables": tables}
        return self._said(snapshot, self._is_sample(), pages, **answer)

    def _days(self, snapshot: Snapshot) -> list[Document]:
        """Days on which exchange and registry differ: what stands alone is in no release."""
        last = (snapshot.as_of or datetime.now(UTC)).date()
        lines = differences(self._warehouse(), _LAUNCH, last, snapshot.as_of)[:_FIGURES]
        return [
            {
                **{n: line[n] for n in ("day", "figure", "words", "alone", "difference")},
                "pages": [
                    {
                        "table": table,
                        "day": on,
                        "publisher": publisher_of(row["source"]),
                        "url": row["source_url"],
                        "retrieved_at": row["retrieved_at"],
                        "payload_sha256": row["payload_sha256"],
                        "is_simulated": row["is_simulated"],
                    }
                    for table, on, row in line["rows"]
                ],
            }
            for line in lines
        ]

    def _ask(self, query: str, snapshot: Snapshot) -> Rows:
        return ask(self.settings, query, snapshot, SECONDS)

    def _snapshot(self) -> Snapshot:
        """The release that is asked. Raises `UsageError` where there is none."""
        found = chosen(self.settings, self.wanted)
        if not found.release:
            raise UsageError("nothing is released yet: `carbonmart refresh` makes a release")
        return found

    def _warehouse(self) -> Warehouse:
        return Warehouse(open_home(self.settings.home, None).path)

    def _is_sample(self) -> bool:
        return open_home(self.settings.home, None).kind == "sample"

    def _are_simulated(self, names: Sequence[str], snapshot: Snapshot) -> bool:
        """Whether anything is that these tables hold: a sum of theirs may rest on it."""
        known = {**TABLES, **VIEWS}
        asked = [n for n in names if "is_simulated" in {c.name for c in known[n].columns}]
        if not asked:
            return self._is_sample() and bool(names)
        each = " union all ".join(f"select bool_or(is_simulated) as s from {n}" for n in asked)  # noqa: S608
        (found,) = self._ask(f"select bool_or(s) as s from ({each})", snapshot)  # noqa: S608
        return bool(found["s"])

    def _said(
        self, snapshot: Snapshot, is_simulated: bool, citations: Sequence[Document], **answer: Any
    ) -> Document:
        told: Document = {
            "release": snapshot.release,
            "rows_are": snapshot.label,
            "is_simulated": is_simulated,
        }
        if is_simulated:
            told["simulated"] = SAMPLE_NOTE
        return dict(as_plain({**told, **answer, "citations": list(citations)}))


_LAST_RUNS = """
select source, outcome, started_at, run_id from ops_runs
qualify row_number() over (partition by source order by started_at desc) = 1
"""
_STALE = """
select table_name, source, stale_since, reason from ops_releases
where release_id = {release} and status = 'stale' order by table_name
"""


def _pages(rows: Rows) -> list[Document]:
    """The pages that figures cite, each once; which words, stands with each figure."""
    names = ("publisher", "url", "retrieved_at", "payload_sha256", "is_simulated")
    pages = [{n: page.get(n) for n in names} for row in rows for page in of_figure(row)]
    return list({str(page): page for page in pages}.values())


def _figure(row: Document) -> Document:
    names = ("figure_id", "period", "source", "label_en", "label_zh", "value", "value_text", "unit")
    more = ("qualifier", "printed", "formula", "is_preferred", "agreement", "is_simulated")
    told = {name: row[name] for name in (*names, *more) if row[name] is not None}
    if "value" in told:
        told["value"] = f"{told['value'].normalize():f}"
    return {**told, "publisher": publisher_of(row["source"]), "citations": of_figure(row)}
