"""`bi superset`: write the import bundle for a home's published DuckDB file.

The import bundle for Apache Superset: database, datasets, charts and one dashboard as YAML.
The datasets are generated from the schemas, a chart's query from its form (`queries`), the
dashboard's layout from its tabs (`layout`). The rest stands in `assets/`, as
`superset export-dashboards` writes it, but for what is known only here: a text `${...}` is
replaced by the value of that name, and where it names a file, by that file's UUID.

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
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.reports.superset.datasets import Dataset, datasets, read_by
from flows.reports.superset.layout import colour_titles, laid_out, placed
from flows.reports.superset.queries import query_context
from flows.reports.superset.simulated import marked

DEFAULT = Path("carbonmart-superset.zip")
_ASSETS = Path(__file__).parent / "assets"
_DATABASE = "databases/carbonmart"
_DATASETS = "datasets/carbonmart/"
_DASHBOARD = "dashboards/carbon_markets"
_ROOT = "carbonmart"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://superset.apache.org/carbonmart")
_PLACEHOLDER = re.compile(r"\A\$\{(.+)\}")


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
    if document["is_simulated"]:
        made = replace(made, documents=marked(made.documents))
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
        "The charts show whatever release is published now. 数据与已发布的各表一致，不作填补。"
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


@dataclass(frozen=True)
class Bundle:
    """What goes into the file, and which charts had to stay out for want of which table."""

    documents: Mapping[str, Mapping[str, Any]]
    charts: tuple[str, ...]
    datasets: tuple[str, ...]
    left_out: Mapping[str, str]


def bundle(database: str, published: Collection[str], release: datetime, notes: str) -> Bundle:
    """The bundle for the DuckDB file at a path (as Superset sees it) that holds these tables.

    `notes` is Markdown for the dashboard's head; `release` dates the file, so that the same
    release gives the same bytes.
    """
    uri = f"duckdb:///{database}?access_mode=read_only"
    at_hand = datasets(published)
    assets = _assets()
    left_out = _leave_out(assets, at_hand)
    charts = [name for name in placed(assets[_DASHBOARD]) if name in assets]
    titles = {name: str(assets[name]["slice_name"]) for name in charts}
    assets[_DASHBOARD] = laid_out(assets[_DASHBOARD], titles, notes)
    colour_titles(assets[_DASHBOARD]["metadata"]["label_colors"], at_hand.values())
    values: dict[str, str | int] = {
        "timestamp": release.isoformat(),
        "database_name": f"carbonmart {database}",
        "sqlalchemy_uri": uri,
        _DATABASE: _uuid(uri, "database"),
        _DASHBOARD: _uuid(uri, "dashboard"),
    }
    for dataset, made in at_hand.items():
        values[_DATASETS + dataset] = _dataset_uuid(uri, made)
        assets[_DATASETS + dataset] = {
            **made.as_document(),
            "uuid": values[_DATASETS + dataset],
            "database_uuid": values[_DATABASE],
            "version": assets[_DASHBOARD]["version"],
        }
    for name in charts:
        assets[name]["query_context"] = query_context(assets[name]["params"])
        told = (assets[name][key] for key in ("slice_name", "description", "query_context"))
        values[name] = _uuid(uri, "chart", *told)
    return Bundle(
        {f"{name}.yaml": _filled(document, values) for name, document in assets.items()},
        tuple(titles.values()),
        tuple(at_hand),
        left_out,
    )


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


def _assets() -> dict[str, dict[str, Any]]:
    """The files of `assets/` by path there, without `.yaml`."""
    return {
        file.relative_to(_ASSETS).with_suffix("").as_posix(): yaml.safe_load(
            file.read_text(encoding="utf-8")
        )
        for file in sorted(_ASSETS.rglob("*.yaml"))
    }


def _leave_out(assets: dict[str, dict[str, Any]], at_hand: Container[str]) -> dict[str, str]:
    """Drop the charts whose dataset is not at hand; their names, each with the table it wants."""
    left_out = {}
    for name in placed(assets[_DASHBOARD]):
        dataset = _named(assets[name]["dataset_uuid"]).removeprefix(_DATASETS)
        if dataset not in at_hand:
            left_out[str(assets.pop(name)["slice_name"])] = read_by(dataset)
    return left_out


def _named(text: str) -> str:
    """`name` of `${name}`."""
    found = _PLACEHOLDER.fullmatch(text)
    if not found:
        raise ValueError(f"no placeholder: {text!r}")
    return found[1]


def _filled(node: Any, values: Mapping[str, str | int]) -> Any:
    """The same with each `${name}` replaced; raises `KeyError` where a name has no value."""
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values) for value in node]
    if isinstance(node, str) and (found := _PLACEHOLDER.fullmatch(node)):
        return values[found[1]]
    return node


def _uuid(uri: str, *parts: str) -> str:
    """The UUID of what belongs to the database at that address."""
    return str(uuid.uuid5(_SPACE, "\n".join((uri, *parts))))


def _dataset_uuid(uri: str, dataset: Dataset) -> str:
    """Superset takes over a dataset of a known name and an unknown UUID: it updates its own."""
    document = dataset.as_document()
    what = [dataset.says, dataset.time, dataset.sql, document["columns"], document["metrics"]]
    return _uuid(uri, "dataset", dataset.name, json.dumps(what, sort_keys=True))
