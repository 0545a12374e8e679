"""What a clause with a figure states, by the words before it: metric, period, market, day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from transforms.mee.facts.deadlines import deadline
from transforms.mee.facts.patterns import Pattern
from transforms.mee.facts.state import MOVES, Scan, ScanState, StatedFact
from transforms.mee.words import qualifier_of, value_of
from transforms.model import Refused, Remark
from transforms.text.plain import PlainText

_UNITS = {"千克二氧化碳/千瓦时": "kgCO2/kWh", "吨二氧化碳/兆瓦时": "tCO2/MWh"}


def facts_of(
    pattern: Pattern,
    match: re.Match[str],
    plain: str,
    state: ScanState,
    claims: list[tuple[Pattern, re.Match[str]]],
    found: Scan,
) -> Iterator[StatedFact]:
    """What a clause states; moves the state."""
    group = match.groupdict()
    name = pattern.name
    if name in MOVES:
        MOVES[name](state, group)
    elif name in ("deadline", "yearly_deadline"):
        yield deadline(name, match, plain, state, claims)
    elif name in ("phase_named", "phase_years"):
        yield _fact(
            pattern,
            match,
            state,
            None,
            period=f"{group['y1']}-{group['y2'] or ''}",
            printed=group["name"],
        )
    elif name == "rate_pair":
        for year, printed in ((group["y1"], group["n"]), (group["y2"], group["n2"])):
            yield _fact(
                pattern, match, state, value_of(printed), period=year, printed=f"{printed}%"
            )
        state.emission = f"{group['y1']}-{group['y2']}"
    elif name == "benchmark":
        yield from _benchmarks(pattern, match, state)
    elif name == "first_trade":
        yield _fact(pattern, match, state, value_of(group["n"]), printed=f"{group['n']}元/吨")
        volume = value_of(group["n2"], group["s"])
        yield _fact(
            pattern,
            match,
            state,
            volume,
            metric="first_trade_volume",
            unit="t",
            printed=f"{group['n2']}{group['s'] or ''}吨",
        )
    elif name == "range":
        period = _period(pattern, group, state)
        for metric, printed in (("price_low", group["n"]), ("price_high", group["n2"])):
            yield _fact(
                pattern,
                match,
                state,
                value_of(printed),
                metric=metric,
                period=period,
                printed=f"{printed}元/吨",
            )
    elif group.get("u") == "吨" and pattern.unit == "CNY":
        told = "tonnes where yuan are due: a known slip of the press, not taken"
        found.remarks.append(Remark("press_slip", match[0], told, is_signal=True))
    else:
        yield from _figure(pattern, match, state)


def _figure(pattern: Pattern, match: re.Match[str], state: ScanState) -> Iterator[StatedFact]:
    group = match.groupdict()
    printed = group.get("n") or group.get("n2") or ""
    value = value_of(printed, group.get("s"))
    if group.get("mv") in ("下跌", "下降", "减少", "降低"):
        value = -value
    metric, period, at = _meaning(pattern, match, state)
    if not metric:
        return
    unit = pattern.unit or _UNITS.get(group.get("u") or "", group.get("u") or "")
    state.last = metric
    yield _fact(
        pattern,
        match,
        state,
        value,
        metric=metric,
        unit=unit,
        period=period,
        at=at,
        printed=_printed(match, printed),
        sector=(group.get("sec") or "").removeprefix("其中").removesuffix("区域"),
        qualifier=qualifier_of(group.get("q") or group.get("q2"), group.get("t")),
    )


_GROWTHS = {
    "annual_volume": "annual_volume_growth",
    "annual_turnover": "annual_turnover_growth",
    "year_end_close": "close_growth",
    "close": "close_growth",
    "close_since_opening": "close_growth",
    "mean_price": "mean_price_growth",
    "day_close": "day_change",
}
_OF_DAY = {
    "volume": "day_volume",
    "turnover": "day_turnover",
    "mean_price": "day_mean_price",
    "open": "day_open",
    "high": "day_high",
    "low": "day_low",
    "close": "close",
    "day_change": "day_change",
    "first_trade_price": "first_trade_price",
}
_OF_YEAR = {
    "volume": "annual_volume",
    "turnover": "annual_turnover",
    "high": "price_high",
    "low": "price_low",
    "mean_price": "mean_price",
}


def _meaning(
    pattern: Pattern, match: re.Match[str], state: ScanState
) -> tuple[str, str, date | None]:
    """Metric, period and day of a figure, by what was said before it."""
    metric = pattern.metric
    group = match.groupdict()
    if metric == "growth":
        if state.last not in _GROWTHS:
            return "", "", None
        return _GROWTHS[state.last], _period(pattern, group, state), None
    if pattern.period != "trade":
        if metric in ("cumulative_volume", "cumulative_turnover"):
            state.is_cumulative = True
        at = state.as_of if pattern.period in ("none", "either") else None
        return metric, _period(pattern, group, state), at
    if state.is_cumulative and metric in ("volume", "turnover"):
        return f"cumulative_{metric}", "", state.as_of
    if state.day is not None and metric in _OF_DAY:
        return _OF_DAY[metric], "", state.day
    if metric == "close":
        return _close(match, state)
    if state.cycle and metric in ("volume", "turnover"):
        return f"cycle_{metric}", state.cycle, None
    if metric not in _OF_YEAR:
        return "", "", None
    return _OF_YEAR[metric], _period(pattern, group, state), None


def _close(match: re.Match[str], state: ScanState) -> tuple[str, str, date | None]:
    """A close with 年底, 年末 or a last day before it, or of 31 December, is the year's."""
    is_last = match[0].startswith(("年底", "年末", "底", "末", "最后"))
    is_last = is_last or (
        state.as_of is not None and (state.as_of.month, state.as_of.day) == (12, 31)
    )
    year = state.as_of.year if state.as_of and not state.year else state.year
    if year is None:
        raise Refused("no_period", match[0], "no year before it")
    return ("year_end_close" if is_last else "close"), str(year), state.as_of if is_last else None


def _period(pattern: Pattern, group: dict[str, str | None], state: ScanState) -> str:
    if pattern.period == "none":
        return ""
    if pattern.period in ("emission", "either"):
        stated = group.get("y") or state.emission or state.cycle
        if stated or pattern.period == "emission":
            state.emission = stated
            return stated
        if state.as_of is not None:
            return str(state.as_of.year)
        year = state.year if pattern.name == "grid_factor" else state.title_year
        return str(year) if year else ""
    if state.year is None and state.cycle:
        return state.cycle
    if state.year is None:
        raise Refused("no_period", pattern.name, "no year before the figure")
    return str(state.year)


def _fact(
    pattern: Pattern,
    match: re.Match[str],
    state: ScanState,
    value: Decimal | None,
    *,
    printed: str,
    metric: str = "",
    unit: str = "",
    period: str = "",
    sector: str = "",
    qualifier: str | None = None,
    at: date | None = None,
) -> StatedFact:
    return StatedFact(
        metric=metric or pattern.metric,
        value=value,
        unit=unit or pattern.unit,
        printed=printed,
        quote="",
        position=match.start(),
        scope=pattern.scope or state.scope,
        sector=sector,
        period=period,
        qualifier=qualifier,
        as_of=at,
    )


def _printed(match: re.Match[str], number: str) -> str:
    """The number with all that is printed of its unit after it."""
    return match[0][match[0].index(number) :]


def _benchmarks(pattern: Pattern, match: re.Match[str], state: ScanState) -> Iterator[StatedFact]:
    years = re.findall(r"\d{4}", match["ys"])
    figures = re.findall(r"\d[\d.]*", match["ns"])
    if len(years) != len(figures):
        raise Refused("benchmark_count", match[0], f"{len(years)} years, {len(figures)} figures")
    for year, printed in zip(years, figures, strict=True):
        yield _fact(
            pattern,
            match,
            state,
            value_of(printed),
            unit=match["u"],
            period=year,
            sector=match["sec"],
            printed=printed,
        )


def factor_row(
    row: re.Match[str], text: PlainText, position: int, state: ScanState, unit: str, title: str
) -> StatedFact:
    return StatedFact(
        "grid_factor",
        value_of(row["n"]),
        _UNITS.get(unit, unit),
        row["n"],
        text.printed,
        position,
        state.scope,
        row["sec"],
        str(state.year) if state.year else "",
    )
