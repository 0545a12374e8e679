"""Tables in ICAP's news: a cell has its measure and unit from what stands above the table or at
the head of its column, and from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from transforms.icap.news.sentences import NewsFact, NewsText
from transforms.text.figures import FigureKind
from transforms.text.figures.en import scan
from transforms.text.frames.model import Fate, Read
from transforms.text.numbers import number
from transforms.text.plain import one_blank

_RATE = re.compile(r"\b(k?g|t) ?CO2e?(?: ?/ ?| per )(MWh|GJ|kWh)\b|tonnes? of CO2 per (MWh|GJ)")
_BENCHMARK = re.compile(r"(?i)\bbenchmarks?\b")
_OLD = re.compile(r"(?i)\b(?:old|previous|former|before|current)\b")
_OTHER = re.compile(r"(?i)\b(?:change|reduction|difference|share)\b|%")
_CELL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def read_tables(tables: Iterable[Mapping[str, Any]], position: int) -> NewsText:
    """The figures of a text's tables: benchmarks as facts, all others for a person to read."""
    text = NewsText()
    for n, table in enumerate(tables):
        _read_table(table, text, position + n)
    return text


def _read_table(table: Mapping[str, Any], text: NewsText, position: int) -> None:
    caption = one_blank(str(table["caption"])).plain
    rows = [[one_blank(str(cell)).plain for cell in row] for row in table["rows"]]
    heads = rows[0] if rows else []
    is_even = all(len(row) == len(heads) for row in rows)
    for row in rows[1:]:
        for n, cell in enumerate(row):
            if not any(character.isdigit() for character in cell):
                continue
            head = heads[n] if is_even else ""
            quote = f"{caption} | {row[0]} | {head} | {cell}"
            fact = _benchmark(caption, head, row[0], cell, quote) if n and is_even else None
            if fact:
                text.facts.append(fact)
            for figure in scan(cell):
                fate = Fate.TAKEN if fact else Fate.CONTEXT
                printed = cell[figure.start : figure.end]
                reason = "" if fact else "table cell"
                kind = FigureKind.MEASURE.value if fact else figure.kind.value
                metric = fact.metric if fact else ""
                text.figures.append(
                    Read(printed, quote, position, kind, fate, metric, reason, (), figure.value)
                )


def _benchmark(caption: str, head: str, label: str, cell: str, quote: str) -> NewsFact | None:
    """A benchmark, if table or column say so, with a unit of their own."""
    said = f"{caption} {head}"
    unit = _RATE.search(said)
    if not unit or not _BENCHMARK.search(said) or _OTHER.search(head) or not _CELL.fullmatch(cell):
        return None
    printed = f"{unit[1] or 't'}CO2/{unit[2] or unit[3]}"
    scope = "before" if _OLD.search(head) else ""
    subject = f"{label}, {head}"
    return NewsFact("benchmark", number(cell), printed, cell, quote, "", scope, subject)
