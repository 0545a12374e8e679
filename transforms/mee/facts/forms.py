"""What the ministry's texts say in a fixed form: benchmarks by year, phases, rules of allocation,
lines of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from transforms.mee.words import DASH, IS, value_of
from transforms.model import Refused
from transforms.text.dates import day
from transforms.text.frames.model import FixedForm
from transforms.text.frames.paragraphs import TABLE_ROW

FACTOR_UNITS = {
    "kgCO2/kWh": "kgCO2/kWh",
    "tCO2/MWh": "tCO2/MWh",
    "千克二氧化碳/千瓦时": "kgCO2/kWh",
    "吨二氧化碳/兆瓦时": "tCO2/MWh",
}
FACTOR_UNIT = re.compile("|".join(FACTOR_UNITS))
_KIND = (
    r"(?P<sec>(?:[0-9]{2,4}MW)?(?:(?![年度为是])[\u4e00-\u9fffI]){1,16}?)"
    r"(?:供电|供热)?(?P<what>基准值|平衡值)"
)
_MEASURES = {"基准值": "benchmark", "平衡值": "balance_value"}
_BENCHMARKS = re.compile(
    rf"{_KIND}{IS}?(?P<ys>(?:\d{{4}}年?度?[、,/和]){{0,9}}\d{{4}})年度?(?:分别)?{IS}"
    r"(?P<ns>\d[\d.]{0,9}(?:[、,/和]\d[\d.]{0,9}){0,9})(?P<u>tCO2/MWh|tCO2/GJ)"
)
_BENCHMARK = re.compile(
    rf"(?:(?P<ys>\d{{4}})年度?)?{_KIND}{IS}(?P<ns>\d[\d.]{{0,9}})(?P<u>tCO2/MWh|tCO2/GJ)"
)
_SLOPE = re.compile(r"(?:α|调整系数)=(?P<n>0\.[0-9]{1,4})[×*·]?X")
_DAY = r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"
_WINDOW = re.compile(rf"(?P<printed>{_DAY}{DASH}{_DAY})(?:期间)?的?(?:累计)?净卖出")
_PHASES = (
    re.compile(
        rf"(?P<name>[\u4e00-\u9fff]{{2,8}}阶段)\((?P<y1>\d{{4}})年?(?:{DASH}(?P<y2>\d{{4}})?年?|年?起|年及以后)"
        r"(?:以后|起)?\)"
    ),
    re.compile(
        rf"(?P<y1>\d{{4}})年?(?:{DASH}(?P<y2>\d{{4}})年|年起)(?:为|是|进入)(?P<name>[\u4e00-\u9fff]{{2,8}}阶段)"
    ),
)


def forms(unit: str, year: str) -> Callable[[str], Iterator[FixedForm]]:
    """A reader of the forms of a text whose factors have a unit and a year (or neither)."""

    def read(sentence: str) -> Iterator[FixedForm]:
        if "基准值" in sentence or "平衡值" in sentence:
            yield from _benchmarks(sentence)
        if "阶段" in sentence:
            for pattern in _PHASES:
                for found in pattern.finditer(sentence):
                    period = f"{found['y1']}-{found['y2'] or ''}"
                    yield FixedForm(*found.span(), "phase", printed=found["name"], period=period)
        yield from _allocation(sentence)
        if unit and (row := TABLE_ROW.fullmatch(sentence)):
            yield FixedForm(
                0,
                len(sentence),
                "grid_factor",
                value_of(row["n"]),
                FACTOR_UNITS[unit],
                row["n"],
                sector=row["sec"],
                period=year,
                scope="CEA",
            )

    return read


def _allocation(sentence: str) -> Iterator[FixedForm]:
    """The factor of the adjustment, and the days whose net sales count for carrying over."""
    if "α=" in sentence or "系数=" in sentence:
        for found in _SLOPE.finditer(sentence):
            printed = found["n"]
            value = value_of(printed)
            yield FixedForm(*found.span(), "alpha_slope", value, "", printed, scope="CEA")
    if "净卖出" in sentence:
        for found in _WINDOW.finditer(sentence):
            first, last = (day(*map(int, found.groups()[n : n + 3])) for n in (1, 4))
            yield FixedForm(
                *found.span("printed"),
                "carry_over_window",
                printed=found["printed"],
                period=f"{first}/{last}",
                scope="CEA",
            )


def _benchmarks(sentence: str) -> Iterator[FixedForm]:
    """Benchmarks and balance values of a kind of unit, as many years as figures.

    Raises `Refused`.
    """
    end = 0
    for found in sorted(
        (*_BENCHMARKS.finditer(sentence), *_BENCHMARK.finditer(sentence)), key=lambda m: m.start()
    ):
        if found.start() < end:
            continue
        end = found.end()
        group = found.groupdict()
        years = re.findall(r"\d{4}", group.get("ys") or "") or [""]
        figures = re.findall(r"\d[\d.]*", found["ns"])
        if len(years) != len(figures):
            told = f"{len(years)} years, {len(figures)} figures"
            raise Refused("benchmark_count", found[0], told)
        for year, printed in zip(years, figures, strict=True):
            yield FixedForm(
                *found.span(),
                _MEASURES[found["what"]],
                value_of(printed),
                found["u"],
                printed + (found["u"] if len(figures) == 1 else ""),
                sector=found["sec"],
                period=year,
                scope="CEA",
            )
