"""Datasets for a BI tool: what a chart may ask, with the columns' meanings and metrics from them.

Every published table is one, under its own name. Beside them are those of `datasets.yml`: the
markets by day, month and year, one row per period, so that sums make sense, with codes in words.
The national market comes from the marts where those are published and else from the exchange's
bulletins, in the same columns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from schemas.core.forms import quoted, sql_type, text_literal
from schemas.core.table import Column, Kind, Table
from schemas.registry import TABLES, VIEWS

NUMBERS = (Kind.INT, Kind.PRICE, Kind.MONEY, Kind.PERCENT, Kind.QUANTITY, Kind.SECONDS)
_FILE = Path(__file__).with_name("datasets.yml")
_LABELS = Path(__file__).with_name("labels.yml")
_ROWS = {
    "metric_name": "count",
    "verbose_name": "Rows",
    "metric_type": "count",
    "expression": "COUNT(*)",
    "description": "Number of rows",
    "d3format": ",d",
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """What charts are made from. Without `sql` it is the table of that name.

    `reads` is the published table behind it, `time` its column of time, if any.
    Values of an `is_additive` one add up over its rows.
    """

    name: str
    says: str
    columns: tuple[Column, ...]
    reads: str
    time: str = ""
    sql: str = ""
    is_additive: bool = False

    @property
    def metrics(self) -> list[dict[str, str]]:
        """Metrics that the columns allow for, as Superset writes them."""
        return [_ROWS, *(m for column in self.columns for m in _metrics(column, self.is_additive))]

    def as_document(self) -> dict[str, Any]:
        """The dataset as Superset exports it, without its UUID and its database's."""
        return {
            "table_name": self.name,
            "main_dttm_col": self.time or None,
            "description": f"{self.says}.",
            "schema": "main",
            "sql": self.sql or None,
            "filter_select_enabled": True,
            "columns": [_column(column) for column in self.columns],
            "metrics": self.metrics,
        }


def datasets(published: Collection[str]) -> dict[str, Dataset]:
    """The datasets that the published tables allow for, by name."""
    found: dict[str, Dataset] = {}
    for dataset in _declared():
        if dataset.reads in published:
            found.setdefault(dataset.name, dataset)
    for table in (*TABLES.values(), *VIEWS.values()):
        if table.name in published:
            found[table.name] = _whole(table)
    return found


def read_by(name: str) -> str:
    """The table that a dataset reads: that of its last way, or the table of its own name."""
    return next((d.reads for d in reversed(_declared()) if d.name == name), name)


def title_of(column: Column) -> str:
    """`total_volume_t` as `Total volume 成交量 (t)`: in Chinese too where there is a label, its
    unit in brackets, not in the name."""
    unit = column.unit
    tail = "_" + unit.lower().replace("/", "_per_").replace("%", "pct") if unit else ""
    words = column.name.removesuffix(tail).replace("_", " ")
    chinese = _content(_LABELS)["columns"].get(column.name)
    told = (words[:1].upper() + words[1:], chinese, f"({unit})" if unit else "")
    return " ".join(filter(None, told))


def _column(column: Column) -> dict[str, Any]:
    return {
        "column_name": column.name,
        "verbose_name": title_of(column),
        "description": column.says,
        "type": sql_type(column.kind),
        "is_dttm": column.kind in (Kind.DATE, Kind.INSTANT),
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _metrics(column: Column, is_additive: bool) -> list[dict[str, str]]:
    """Sums of what adds up, the greatest of running totals, range and mean of prices."""
    if column.kind not in NUMBERS or not column.unit:
        return []
    of_column = {
        "name": column.name,
        "title": title_of(column),
        "says": column.says,
        "decimals": ",d" if column.kind is Kind.INT else ",.2f",
    }
    return [
        {key: text.format_map(of_column) for key, text in metric.items()}
        for metric in _content(_FILE)["metrics"][_figures(column, is_additive)]
    ]


def _figures(column: Column, is_additive: bool) -> str:
    """Which of the file's metrics a column has."""
    if column.name.startswith(("ytd_", "cumulative_")):
        return "running"
    if is_additive:
        return "flow" if column.unit in ("t", "CNY") else "price"
    return "figure"


@cache
def _content(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


WORDS: Mapping[str, Mapping[str, str]] = _content(_LABELS)["codes"]
"""What codes are called, by column."""


@cache
def _declared() -> tuple[Dataset, ...]:
    """The datasets of the file, in its order."""
    return tuple(_dataset(**entry) for entry in _content(_FILE)["datasets"])


def _dataset(
    columns_of: str,
    columns: list[str | dict[str, str]],
    sums_when: str = "",
    in_words: Collection[str] = (),
    **rest: Any,
) -> Dataset:
    """A dataset of the file, its SQL around that which is given, or around the table it reads."""
    time, rows = rest.pop("time", None), rest.pop("sql", "") or f'"{rest["reads"]}"'
    shown = [Column(time["name"], Kind.DATE, time["says"], nullable=False)] if time else []
    asked = [f'{time.get("is", time["name"])} AS "{time["name"]}"'] if time else []
    for entry in columns:
        ((name, held),) = entry.items() if isinstance(entry, dict) else ((entry, entry),)
        column = replace(TABLES[columns_of].column(held), name=name)
        what = quoted(held)
        if name in in_words:
            what = _in_words(what, WORDS[name])
        elif sums_when and _figures(column, is_additive=True) == "flow":
            what = f"CASE WHEN {sums_when} THEN {what} END"
        shown.append(column)
        asked.append(what if what == quoted(name) else f"{what} AS {quoted(name)}")
    source = f"({rows})" if rows.startswith("SELECT") else rows
    sql = f"SELECT {', '.join(asked)} FROM {source}"  # noqa: S608 - all names are ours
    return Dataset(columns=tuple(shown), time=time["name"] if time else "", sql=sql, **rest)


def _in_words(code: str, words: Mapping[str, str]) -> str:
    """SQL that says a code in words, and one without a word as it is."""
    cases = " ".join(f"WHEN {text_literal(k)} THEN {text_literal(w)}" for k, w in words.items())
    return f"CASE {code} {cases} ELSE {code} END"


def _whole(table: Table) -> Dataset:
    """A table as it is. Its rows are of several periods, products or methods: no sums."""
    time = table.instant or table.prune_by
    has_time = time and table.column(time).kind in (Kind.DATE, Kind.INSTANT)
    return Dataset(table.name, table.says, table.columns, table.name, time if has_time else "")
