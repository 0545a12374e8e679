"""`bi superset`: write the import bundle for a home's published DuckDB file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.bi_bundle import Bundle, as_zip, bundle
from flows.settings import Settings
from flows.usage import UsageError

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
    from flows.report import SAMPLE_NOTE

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
