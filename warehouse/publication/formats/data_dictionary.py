"""The data dictionary of a release, as Markdown and as one HTML file that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from schemas.core.forms import dictionary
from schemas.core.table import Table
from warehouse.publication.formats.data_package import DERIVED, OWN, SIMULATED, Credit
from warehouse.publication.formats.parquet import PlainFile
from warehouse.store.releases import Release

_ABOUT = (
    "Each table has its current rows under its own name and all revisions, with known_from and "
    "known_to, under NAME_history. Instants are UTC, money is exact to the cent, units are in "
    "the column names. Null means that nothing was published, zero that none was said to be. "
    "For spreadsheets there are NAME.csv.zip of each table that is no log, where an apostrophe "
    "stands before a text that would be taken for a formula, and marts.xlsx."
)


def markdown(
    release: Release, files: Sequence[PlainFile], credits_: Mapping[str, Credit], *, is_sample: bool
) -> str:
    """`dictionary.md`."""
    parts = [f"# Data dictionary, release {release.release_id}\n", f"{_ABOUT}\n"]
    if is_sample:
        parts.append(f"**{SIMULATED}**\n")
    for table, held in _tables(files):
        parts.append(dictionary(table))
        parts += [f"Credit: {credit}.\n" for credit in _credits(table, release, credits_)]
        parts.append(
            f"Files: {', '.join(f'`{f.name}.parquet` ({f.rows:,} rows)' for f in held)}.\n"
        )
    return "\n".join(parts) + "\n"


def html(
    release: Release, files: Sequence[PlainFile], credits_: Mapping[str, Credit], *, is_sample: bool
) -> str:
    """`dictionary.html`: no script, nothing loaded."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    sections = [
        {
            "table": table,
            "files": held,
            "columns": max((file.columns for file in held), key=len),
            "credits": _credits(table, release, credits_),
        }
        for table, held in _tables(files)
    ]
    return environment.get_template("data_dictionary.html.j2").render(
        release=release,
        sections=sections,
        about=_ABOUT,
        simulated=SIMULATED,
        is_sample=is_sample,
    )


def _tables(files: Sequence[PlainFile]) -> list[tuple[Table, list[PlainFile]]]:
    held: dict[str, list[PlainFile]] = {}
    for file in files:
        held.setdefault(file.table.name, []).append(file)
    return [(group[0].table, group) for group in held.values()]


def _credits(table: Table, release: Release, credits_: Mapping[str, Credit]) -> list[str]:
    if table.is_log:
        return [OWN]
    if table.is_mart:
        return [DERIVED]
    names = [row.source for row in release.tables if row.table_name == table.name]
    return [
        f"{credits_[n].title}, {credits_[n].publisher}, {credits_[n].homepage}"
        for n in names
        if n in credits_
    ]
