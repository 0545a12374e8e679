"""`docs/sources/`: a page per source, from its declaration, its tables and its checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.source import PageKind
from flows.core.sources import Pipeline

_GONE = {
    "": "not at all",
    "page": "with their page",
    "rows": "when the page no longer states them",
    "page and rows": "with their page, or when it no longer states them",
}


def index_page(pipelines: Sequence[Pipeline]) -> str:
    """All sources in one table."""
    rows = [
        (f"[{s.name}]({s.name}.md)", s.title, s.publisher, s.cadence)
        for s in (each.source for each in pipelines)
    ]
    return "\n".join(["# Sources\n", *_table(("source", "what", "publisher", "cadence"), rows)])


def source_page(each: Pipeline, pitfalls: str) -> str:
    """One source. `pitfalls` is written by hand, in `docs/sources/pitfalls/`."""
    source = each.source
    parts = [f"# {source.name}: {source.title}\n", *_table(("", ""), _facts(each)), ""]
    parts += ["## Pages\n", *_table(_PAGE_HEADS, map(_page, source.kinds)), ""]
    parts += ["## Tables\n", *_table(("table", "rows"), _tables(each)), ""]
    if each.checks:
        heads = ("check", "broken", "says")
        parts += ["## Checks across rows\n", *_table(heads, _checks(each)), ""]
    if source.unproven:
        parts += ["## Not confirmed on the live site\n", *(f"- {x}" for x in source.unproven), ""]
    return "\n".join([*parts, pitfalls])


def _facts(each: Pipeline) -> list[tuple[str, str]]:
    source = each.source
    quiet = f"{source.quiet_days} days" if source.quiet_days else ""
    found = [
        ("publisher", source.publisher),
        ("homepage", source.homepage),
        ("terms", source.terms),
        ("hosts", _codes(source.hosts)),
        ("other names of the first host", _codes(source.aliases)),
        ("requests a second a host", f"{source.rate_per_second:g}"),
        ("requests a day", f"{source.page_budget_per_day:,}"),
        ("time zone", source.timezone),
        ("calendar", source.calendar),
        ("cadence", source.cadence),
        ("due each trading day", "yes" if source.is_daily else "no"),
        ("first day", f"{source.first_day}"),
        ("read again each night", f"pages of the last {source.reread_days} days"),
        ("oddly long silence", quiet),
        ("partition of a backfill", source.partition),
    ]
    return [fact for fact in found if fact[1]]


_PAGE_HEADS = ("kind", "address", "type", "one of these must be on it", "read for", "rows go")


def _page(kind: PageKind) -> tuple[str, ...]:
    goal = "records" if kind.yields_records else "links"
    return (
        f"`{kind.name}`",
        _codes((kind.pattern,)),
        _codes(kind.content_types),
        _codes(kind.must_contain),
        f"{goal}, and what it leads to" if kind.leads_on else goal,
        _GONE[kind.gone] if kind.yields_records else "",
    )


def _tables(each: Pipeline) -> list[tuple[str, str]]:
    return [
        (f"[`{table.name}`](../data-model.md#{table.name})", table.says) for table in each.tables
    ]


def _checks(each: Pipeline) -> list[tuple[str, ...]]:
    return [
        (f"`{check.name}`", "holds back" if check.is_hard else "warns", check.says)
        for check in each.checks
    ]


def _codes(texts: Iterable[str]) -> str:
    """Texts as code; a backtick or a line break has no place in a declaration."""
    return ", ".join(f"`{text}`" for text in texts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_line(heads), _line(["---"] * len(heads)), *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
