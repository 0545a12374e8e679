"""The `datapackage.json` of a published release: a Frictionless Data Package 2.0.

It names every file with its digest and size, every column with type, unit and meaning,
and for every table whose figures they are and on what terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schemas.core.forms import decimal_size
from schemas.core.table import Column, Kind, Table
from warehouse.publication.formats.parquet import PlainFile
from warehouse.store.releases import Release

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
MEDIA_TYPE = "application/vnd.apache.parquet"

SIMULATED = (
    "Holds the embedded sample: rows with is_simulated are simulated, not published figures, "
    "and are not to be used or cited as such."
)
OWN = "carbonmart's own books; figures quoted in them are under the terms of their table"

DERIVED = "derived by carbonmart; each row names those it follows from, whose sources are credited"

_TYPES = {
    Kind.TEXT: "string",
    Kind.INT: "integer",
    Kind.DATE: "date",
    Kind.INSTANT: "datetime",
    Kind.BOOL: "boolean",
    Kind.SECONDS: "number",
}


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose figures they are: a source as its readers must credit it."""

    title: str
    publisher: str
    homepage: str
    terms: str


def package(
    release: Release,
    files: Sequence[PlainFile],
    credits_: Mapping[str, Credit],
    *,
    is_sample: bool,
    software: str,
) -> dict[str, Any]:
    """The descriptor. `credits_` are the sources by name, as `ops_releases` names them."""
    sources = {row.table_name: row.source for row in release.tables}
    used = [credits_[s] for s in dict.fromkeys(sources.values()) if s in credits_]
    document: dict[str, Any] = {
        "$schema": PROFILE,
        "name": "carbonmart",
        "id": release.release_id,
        "title": "China's national carbon market",
        "description": "Tables of one release: current rows, and all revisions in *_history.",
        "created": _stamp(release.created_at),
        "version": release.release_id,
        "is_simulated": is_sample,
        "software": software,
        "contributors": [
            {"title": c.publisher, "path": c.homepage, "roles": ["publisher"]} for c in used
        ],
        "sources": [{"title": c.title, "path": c.homepage} for c in used],
        "resources": [
            _resource(file, release, credits_.get(sources.get(file.table.name, "")), is_sample)
            for file in files
        ],
    }
    if is_sample:
        document["description"] += " " + SIMULATED
    return {name: value for name, value in document.items() if value != []}


def _resource(
    file: PlainFile, release: Release, credit: Credit | None, is_sample: bool
) -> dict[str, Any]:
    table = file.table
    says = f"{table.says}. " + ("All revisions." if file.is_history else "Current rows.")
    resource: dict[str, Any] = {
        "$schema": RESOURCE_PROFILE,
        "name": file.name,
        "type": "table",
        "path": f"{file.name}.parquet",
        "title": file.name,
        "description": says,
        "format": "parquet",
        "mediatype": MEDIA_TYPE,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
        "schema": table_schema(table, file.columns, is_history=file.is_history),
    }
    for row in release.tables:
        if row.table_name == table.name:
            resource["delta_version"] = row.table_version
            resource["status"] = row.status
    if file.carried:
        resource |= {"delta_version": file.carried.delta_version, "status": "stale"}
        resource |= {"carried_from": file.carried.release_id, "stale_because": file.carried.why}
    if terms := table.terms or (credit.terms if credit else ""):
        resource["licenses"] = [{"name": "other-closed", "title": terms}]
    if credit:
        resource["sources"] = [{"title": credit.title, "path": credit.homepage}]
        resource["credit"] = credit.publisher
    elif table.is_log:
        resource["credit"] = OWN
    elif table.is_mart:
        resource["credit"] = DERIVED
    if is_sample and not table.is_log:
        resource["description"] += " " + SIMULATED
    return resource


def table_schema(table: Table, columns: Sequence[Column], *, is_history: bool) -> dict[str, Any]:
    """A Frictionless Table Schema. The key is unique in current rows, with `revision` in all."""
    schema: dict[str, Any] = {"fields": [_field(column) for column in columns]}
    if not table.is_log:
        schema["primaryKey"] = [*table.key, *(["revision"] if is_history else [])]
    return schema


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, "number"),
        "description": column.says,
    }
    if column.unit:
        field["unit"] = column.unit
    if column.formula:
        field["formula"] = column.formula
    if column.rests_on:
        field["rests_on"] = list(column.rests_on)
    if size := decimal_size(column.kind):
        field["decimal"] = {"precision": size[0], "scale": size[1]}
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    if column.one_of:
        constraints["enum"] = list(column.one_of)
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if constraints:
        field["constraints"] = constraints
    return field


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
