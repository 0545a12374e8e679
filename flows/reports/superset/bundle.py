"""`bi superset`: write the import bundle for a home's published DuckDB file.

The import bundle for Apache Superset: database, datasets, charts and one dashboard as YAML.

`superset import-dashboards` takes over databases, datasets and charts that it does not know by
their UUID, and replaces the dashboard. So a chart's UUID follows from what the chart is: one that
has changed comes in anew and takes the old one's place on the dashboard. All of them follow from
the database's address too, so that two stores live side by side.
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.reports.superset.assets.charts import Chart
from flows.reports.superset.assets.datasets import Dataset, Metric, datasets, needs_of, title_of
from flows.reports.superset.dashboard import ROWS
from flows.reports.superset.layout import dashboard, kept
from schemas.core.forms import sql_type
from schemas.core.table import Column, Kind

DEFAULT = Path("carbonmart-superset.zip")


@dataclass(frozen=True)
class Written:
    """A written bundle: where, for which file and release, with what in it."""

    path: Path
    database: str
    release_id: str
    bundle: Bundle

    def as_document(self) -> dict[str, Any]:
        """The same as one JSON object."""
        return {
            "file": str(self.path),
            "database": self.database,
            "release_id": self.release_id,
            "datasets": list(self.bundle.datasets),
            "charts": list(self.bundle.charts),
            "left_out": dict(self.bundle.left_out),
        }


def write_bundle(settings: Settings, output: Path | None, database: str | None) -> Written:
    """Write the bundle for the release that is published now.

    `database` is the path of `carbonmart.duckdb` as Superset sees it, by default where this
    machine has it. Raises `UsageError` where nothing is published, or for a home in S3
    without that path: DuckDB files are opened from a file system.
    """
    from warehouse.publication.publish import shelf_of
    from warehouse.store.home import open_home

    home = open_home(settings.home, None)
    shelf = shelf_of(home)
    pointer = shelf.pointer()
    document = shelf.package(str(pointer["folder"])) if pointer else None
    if pointer is None or document is None:
        raise UsageError("nothing is published yet: `carbonmart publish` does it")
    if database is None:
        if not isinstance(home.path, Path):
            raise UsageError(
                f"{home.path} is no folder: say with --database where Superset finds a copy of "
                f"{pointer['duckdb']}"
            )
        database = str(home.path / "published" / str(pointer["duckdb"]))
    if not database.startswith("/"):
        raise UsageError(f"not an absolute path: {database!r}")
    made = bundle(
        database,
        {file["name"] for file in document["resources"]},
        datetime.fromisoformat(str(pointer["created_at"])),
        _notes(document),
    )
    path = output or DEFAULT
    try:
        path.write_bytes(as_zip(made))
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    return Written(path, database, str(pointer["release_id"]), made)


def _notes(document: dict[str, Any]) -> str:
    """The dashboard's head: what the figures are, whose, and on what terms. No release: the
    file behind the dashboard is replaced by each."""
    from flows.core.query.format import SAMPLE_NOTE

    told = [f"**{SAMPLE_NOTE}**"] if document["is_simulated"] else []
    told.append(
        "Sums and prices are of the published tables as they stand; nothing is carried forward. "
        "The charts show whatever release is published now."
    )
    if lines := list(dict.fromkeys(_credits(document))):
        told.append("\n".join(lines))
    return "\n\n".join(told)


def _credits(document: dict[str, Any]) -> Iterator[str]:
    """A line a source: whose figures they are, and on what terms."""
    for file in document["resources"]:
        terms = "; ".join(licence["title"] for licence in file.get("licenses", ()))
        for source in file.get("sources", ()):
            yield f"- [{source['title']}]({source['path']}). Terms: {terms}."


VERSION = "1.0.0"
_ROOT = "carbonmart"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://superset.apache.org/carbonmart")


@dataclass(frozen=True)
class Bundle:
    """What goes into the file, and which charts had to stay out for want of which table."""

    documents: Mapping[str, Mapping[str, Any]]
    charts: tuple[str, ...]
    datasets: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


def bundle(database: str, published: Collection[str], release: datetime, notes: str) -> Bundle:
    """The bundle for the DuckDB file at a path (as Superset sees it) that holds these tables.

    `notes` is Markdown for the dashboard's head; `release` dates the file, so that the same
    release gives the same bytes.
    """
    uri = f"duckdb:///{database}?access_mode=read_only"
    identity = _Identity(uri)
    at_hand = datasets(published)
    left_out = {
        chart.name: ", ".join(n for n in needs_of(chart.dataset) if n not in published)
        for row in ROWS
        for chart in row.charts
        if chart.dataset not in at_hand
    }
    documents: dict[str, Mapping[str, Any]] = {
        "metadata.yaml": {
            "version": VERSION,
            "type": "Dashboard",
            "timestamp": release.isoformat(),
        },
        "databases/carbonmart.yaml": _database(uri, database, identity),
    }
    for dataset in at_hand.values():
        documents[f"datasets/carbonmart/{dataset.name}.yaml"] = _dataset(dataset, identity)
    rows = kept(at_hand)
    shown = [chart for row in rows for chart in row.charts]
    uuids: dict[str, str] = {}
    for chart in shown:
        document = _chart(chart, at_hand[chart.dataset], identity)
        documents[f"charts/{_file_name(chart.name)}.yaml"] = document
        uuids[chart.name] = document["uuid"]
    documents["dashboards/national_market.yaml"] = {
        **dashboard(rows, at_hand, uuids, notes),
        "uuid": identity.of("dashboard"),
        "version": VERSION,
    }
    return Bundle(documents, tuple(c.name for c in shown), tuple(at_hand), left_out)


def as_zip(made: Bundle) -> bytes:
    """The bundle as a zip file, the same bytes for the same contents."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in made.documents.items():
            text = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)
            entry = zipfile.ZipInfo(f"{_ROOT}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Identity:
    """UUIDs of what belongs to one database."""

    uri: str

    def of(self, *parts: str) -> str:
        return str(uuid.uuid5(_SPACE, "\n".join((self.uri, *parts))))

    @property
    def database(self) -> str:
        return self.of("database")


def _database(uri: str, path: str, identity: _Identity) -> dict[str, Any]:
    return {
        "database_name": f"carbonmart {path}",
        "sqlalchemy_uri": uri,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": identity.database,
        "version": VERSION,
    }


def _dataset(dataset: Dataset, identity: _Identity) -> dict[str, Any]:
    return {
        "table_name": dataset.name,
        "main_dttm_col": dataset.time or None,
        "description": f"{dataset.says}.",
        "schema": "main",
        "sql": dataset.sql or None,
        "filter_select_enabled": True,
        "columns": [_column(column) for column in dataset.columns],
        "metrics": [_metric(metric) for metric in dataset.metrics],
        "uuid": _dataset_uuid(dataset, identity),
        "database_uuid": identity.database,
        "version": VERSION,
    }


def _dataset_uuid(dataset: Dataset, identity: _Identity) -> str:
    """Superset takes over a dataset of a known name and an unknown UUID: it updates its own."""
    meanings = [_column(column) for column in dataset.columns]
    metrics = [_metric(metric) for metric in dataset.metrics]
    what = [dataset.says, dataset.time, dataset.sql, meanings, metrics]
    return identity.of("dataset", dataset.name, json.dumps(what, sort_keys=True))


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


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.title,
        "metric_type": metric.sql.partition("(")[0].lower(),
        "expression": metric.sql,
        "description": metric.says,
        "d3format": metric.number_format,
    }


def _chart(chart: Chart, dataset: Dataset, identity: _Identity) -> dict[str, Any]:
    params = {"viz_type": chart.viz, **chart.params(dataset)}
    context = {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": chart.queries(dataset),
        "form_data": params,
        "result_format": "json",
        "result_type": "full",
    }
    asked = json.dumps(context, sort_keys=True)
    return {
        "slice_name": chart.name,
        "description": chart.says,
        "viz_type": chart.viz,
        "params": params,
        "query_context": asked,
        "uuid": identity.of("chart", chart.name, chart.says, asked),
        "dataset_uuid": _dataset_uuid(dataset, identity),
        "version": VERSION,
    }


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
