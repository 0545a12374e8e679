"""The data dictionary of a release, as Markdown and as one HTML file that loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from schemas.core.forms import dictionary
from schemas.core.table import Column, Table
from warehouse.publication.formats.data_package import DERIVED, OWN, SIMULATED, Credit
from warehouse.publication.formats.parquet import PlainFile
from warehouse.store.releases import Release

_ABOUT = (
    "Each table has its current rows under its own name and all revisions, with known_from and "
    "known_to, under NAME_history. Instants are UTC, money is exact to the cent, units are in "
    "the column names. Null means that nothing was published, zero that none was said to be."
)

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; margin: .8rem 0 1.6rem; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem;
  border-bottom: 1px solid #8884 }
code { font-family: ui-monospace, monospace; font-size: .92em }
nav a { margin-right: 1rem; white-space: nowrap }
.note { border-left: 4px solid #c60; padding: .3rem .8rem; background: #c6031 }
"""


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
    tables = _tables(files)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>carbonmart data dictionary, {escape(release.release_id)}</title>",
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>Data dictionary</h1><p>Release <code>{escape(release.release_id)}</code>, "
        f"{release.created_at:%Y-%m-%d %H:%M} UTC. {escape(_ABOUT)}</p>",
    ]
    if is_sample:
        parts.append(f'<p class="note">{escape(SIMULATED)}</p>')
    links = (f'<a href="#{t.name}"><code>{t.name}</code></a>' for t, _ in tables)
    parts.append(f"<nav>{' '.join(links)}</nav>")
    for table, held in tables:
        parts += _section(table, held, _credits(table, release, credits_))
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _section(table: Table, held: Sequence[PlainFile], credit: Sequence[str]) -> Iterable[str]:
    yield f'<h2 id="{table.name}"><code>{table.name}</code></h2><p>{escape(table.says)}.</p>'
    key = ", ".join(f"<code>{name}</code>" for name in table.key)
    names = ", ".join(f"<code>{f.name}.parquet</code> ({f.rows:,} rows)" for f in held)
    yield f"<p>Key: {key or 'none'}. Files: {names}.</p>"
    told = [
        *(f"Terms: {text}." for text in (table.terms,) if text),
        *(f"Credit: {c}." for c in credit),
    ]
    if told:
        yield f"<p>{escape(' '.join(told))}</p>"
    columns = max((f.columns for f in held), key=len)
    yield _grid(
        ("column", "type", "unit", "null", "says"), [_column_cells(column) for column in columns]
    )
    if table.rules:
        yield _grid(
            ("rule", "broken", "says"),
            [
                (f"<code>{r.name}</code>", "refuses" if r.hard else "warns", escape(r.says))
                for r in table.rules
            ],
        )


def _column_cells(column: Column) -> tuple[str, ...]:
    says = column.says
    if column.one_of:
        says += f" (one of: {', '.join(column.one_of)})"
    if column.minimum is not None:
        says += f" (at least {column.minimum})"
    null = "yes" if column.nullable else "no"
    return (
        f"<code>{column.name}</code>",
        str(column.kind),
        escape(column.unit),
        null,
        escape(says),
    )


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


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
