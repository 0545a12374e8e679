"""What the ministry's tables state: benchmarks, balance values, emission factors of electricity.

A cell is taken if its heads say what it is, in which unit and of which year; a table whose heads
say none of it is context, and is told in the ledger as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from schemas.sources.mee.tables import MEE_BENCHMARKS
from transforms.mee.continued import joined
from transforms.mee.words import value_of
from transforms.model import Refused, Row
from transforms.text.cells import YEAR, FigureCell, figure_cells, other_figures, without_geometry
from transforms.text.frames.model import ClaimedFigure, Fate, ProseReading, Read
from transforms.text.plain import squeezed

UNITS = {
    "tCO2/MWh": "tCO2/MWh",
    "tCO2/GJ": "tCO2/GJ",
    "kgCO2/kWh": "kgCO2/kWh",
    "tCO2/t": "tCO2/t",
    "tCO2e/t": "tCO2/t",
    "吨二氧化碳/兆瓦时": "tCO2/MWh",
    "吨二氧化碳/吉焦": "tCO2/GJ",
    "千克二氧化碳/千瓦时": "kgCO2/kWh",
    "吨二氧化碳/吨": "tCO2/t",
}
_METRICS = (
    ("balance_value", re.compile(r"平衡值"), frozenset({"tCO2/MWh", "tCO2/GJ", "tCO2/t"})),
    ("benchmark", re.compile(r"基准值"), frozenset({"tCO2/MWh", "tCO2/GJ", "tCO2/t"})),
    ("grid_factor", re.compile(r"排放因子|因子"), frozenset({"kgCO2/kWh", "tCO2/MWh"})),
)
MOST = {"balance_value": 20, "benchmark": 20, "grid_factor": 2}
"""Beyond these a figure is none of its metric, whatever its heads say."""
KIND = "table cell"
"""What the ledger calls a figure of a table."""
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-\u2010-\u2015~至、和,]((?:19|20)\d\d))?\s?年")
_KNOWN = re.compile(
    r"(?:19|20)\d\d(?:[-\u2010-\u2015~至、和,](?:19|20)\d\d)*(?:年度?)?|\([^()]*\)|年度|[、,和及各]"
    r"|供电|供热|发电|热力|电力|电网|区域|省级|全国|碳排放|二氧化碳|温室气体|排放|强度|盈亏|平衡值|基准值"
    r"|因子|平均|类别|机组|产品|工序|行业|数值|取值|单位:?|值"
)
"""The words that the heads of a column may be made of; another one may make it something else."""
_OTHER = re.compile(
    r"变化|[降增]幅|对比|比较|较|相差|差值|上一|原|旧|历史|[举示]例|例如|模拟|假[设定]|测算|建议|修正|调整|系数"
    r"|合计|小计|总计"
)
"""Words of a caption or of a row that make its figures other ones."""
_PART = re.compile("其中|另|含|不含|除|各|其他|其它")
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,16}(?:\([^()]*\))?")


def add_tables(
    reading: ProseReading, tables: Sequence[Mapping[str, Any]], title: str, pages: Sequence[str]
) -> None:
    """Add what tables state to the reading of the text that they stand in; `title` names their
    year where they do not, `pages` are those that the text was joined from."""
    starts = [0, *accumulate(len(page) + 1 for page in pages)]
    for table in joined(tables):
        position = starts[min(int(table["page"]), len(starts)) - 1]
        for cell in figure_cells(table):
            claim, told = _read(cell, squeezed(title))
            reading.figures.append(replace(told, position=position))
            if claim is not None:
                reading.claims.append(replace(claim, position=position))
        for printed, row in other_figures(table):
            told = Read(
                printed, row, position, KIND, Fate.CONTEXT, reason="head or words of a table"
            )
            reading.figures.append(told)


def prose_and_tables(prose: Sequence[str]) -> tuple[list[str], list[dict[str, Any]]]:
    """Pages without the tables that came out as a cell a line, and these tables."""
    kept: list[str] = []
    tables: list[dict[str, Any]] = []
    for number, page in enumerate(prose, 1):
        lines = page.split("\n")
        for start, stop, table in without_geometry(lines):
            tables.append(table | {"page": number})
            lines[start:stop] = [""] * (stop - start)
        kept.append("\n".join(lines))
    return kept, tables


def _read(cell: FigureCell, title: str) -> tuple[ClaimedFigure | None, Read]:
    told = Read(cell.printed, _quote(cell), 0, KIND, Fate.CONTEXT, reason="table")
    unit = UNITS.get(cell.unit().replace("CO₂", "CO2"), "")
    named = [name for name, words, units in _metrics(cell, title) if unit in units]
    if not named or not unit:
        return None, told
    metric = named[0]
    sector, unknown = _about(cell)
    told = replace(told, metric=metric, unit=unit)
    if not sector or (metric == "grid_factor" and not _PLACE.fullmatch(sector)):
        return None, replace(told, fate=Fate.UNCLAIMED, reason="no head of its row names it")
    unknown = unknown or tuple(
        found[0] for words in (cell.caption, sector) if (found := _OTHER.search(words))
    )
    if unknown or cell.printed.endswith("%"):
        why = "words of its heads" if unknown else "a share"
        return None, replace(told, fate=Fate.UNCLAIMED, reason=why, words=unknown)
    period = _period(cell, title)
    if not period:
        return None, replace(told, fate=Fate.NO_PERIOD, reason="no head names one year")
    try:
        value = value_of(cell.printed.replace("−", "-"))
    except (Refused, ValueError):
        return None, replace(told, fate=Fate.DOUBTED, reason="bad_number")
    if not 0 < value <= MOST[metric]:
        return None, replace(
            told, fate=Fate.DOUBTED, reason=f"out of bounds: {_told(metric)}", value=value
        )
    claim = ClaimedFigure(
        metric,
        value,
        None,
        unit,
        cell.printed,
        cell.row,
        0,
        scope="CEA",
        sector=sector,
        period=period,
    )
    return claim, replace(told, fate=Fate.TAKEN, reason="", value=value)


def _told(metric: str) -> str:
    return f"more than 0 and at most {MOST[metric]}"


def _about(cell: FigureCell) -> tuple[str, tuple[str, ...]]:
    """What a cell is of, and the words of its heads that are not known. It is of what heads its
    row; where nothing but a year does, of the one thing that heads its column."""
    named = "".join(head for head in cell.row_heads if not YEAR.fullmatch(head))
    unknown = tuple(filter(None, _KNOWN.split(cell.heads)))
    if named or not cell.row_years or len(unknown) != 1:
        return named, unknown
    return ("", unknown) if _PART.match(unknown[0]) else (unknown[0], ())


def _metrics(cell: FigureCell, title: str) -> Iterator[tuple[str, re.Pattern[str], frozenset[str]]]:
    """The metrics that a column's heads name, else those that the caption or title does."""
    for where in (cell.heads, cell.caption, title):
        found = [metric for metric in _METRICS if metric[1].search(where)]
        if found:
            yield from found[:1] if len(found) == 1 else ()
            return


def _period(cell: FigureCell, title: str) -> str:
    """The one year that heads the column or the row, or that caption or title speak of."""
    headed = {*cell.years, *cell.row_years}
    if cell.row_years:
        headed |= {year for pair in _YEARS.findall(cell.heads) for year in pair if year}
    if headed:
        return headed.pop() if len(headed) == 1 else ""
    for where in (cell.heads, cell.caption, title):
        found = {year for pair in _YEARS.findall(where) for year in pair if year}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _quote(cell: FigureCell) -> str:
    heads = [head for head in cell.column_heads if not YEAR.fullmatch(head)]
    return " | ".join(filter(None, [cell.caption, *heads, *cell.years, cell.row]))


def benchmark_rows(
    claims: Sequence[ClaimedFigure], key: str, rank: int, file_name: str = ""
) -> list[Row]:
    """A row of `mee_benchmarks` for each benchmark and balance value of a text and its tables.

    What is stated twice with two values is in doubt, and none of them is taken.
    """
    stated: dict[tuple[str, str, str, str], list[ClaimedFigure]] = {}
    for claim in claims:
        if claim.metric in ("benchmark", "balance_value") and claim.sector and claim.period:
            about = (claim.metric, claim.sector, claim.unit, claim.period)
            stated.setdefault(about, []).append(claim)
    rows = []
    for (metric, technology, unit, year), each in stated.items():
        if len({claim.value for claim in each}) > 1:
            continue
        values = {
            "document_key": key,
            "file_name": file_name,
            "measure": metric,
            "technology": technology,
            "year": int(year),
            "value": each[0].value,
            "unit": unit,
            "quote": each[0].quote,
            "rank": rank,
        }
        rows.append(Row(MEE_BENCHMARKS.name, values, {"value": each[0].quote}))
    return rows
