"""One walk over a text of the ministry: every clause with a figure, in its market, year and place.

A sentence leans on what came before: the year that was named, the day of 截至, the emission
year of a surrender, the market of the heading. `其中` and a year switch from figures since the
launch to figures of the year. What leans on something that nobody said is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from transforms.mee_figures import SECTORS, as_of, qualifier_of, value_of
from transforms.mee_patterns import FACTOR_UNIT, PATTERNS, TABLE_ROW, Pattern
from transforms.mee_words import document_numbers, squeezed
from transforms.model import Refused, Remark
from transforms.numbers import day
from transforms.text import Reading, read

CYCLES = {"一": "2019-2020", "二": "2021-2022", "三": "2023-2024"}
"""Emission years of each compliance cycle (mee.md 6.1)."""
_CEA = re.compile(r"碳排放权交易市场|强制碳市场|碳排放配额|配额|重点排放单位|清缴|CEA")
_CCER = re.compile(r"自愿减排|CCER|核证自愿减排量")
_SENTENCE = re.compile(r"[^。!?]+[。!?]?")
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十]+[章节部分]+|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d{1,2}[.、](?!\d))"
)
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:余|多)?(?:万|亿)?(?:吨|元/吨|元|家|%|个交易日|场)")
_MARKET = re.compile(r"成交|收盘|清缴|重点排放单位|覆盖|均价")
_CORE = re.compile(r"成交总?[量额]|收盘价|清缴完成率|应清缴")
_PENAL = re.compile(r"罚款|违法所得")
_YEAR = re.compile(r"(?<![-\u2010-\u2015~、\d])((?:19|20)\d{2})年(?!度?[、-])")
_UNITS = {"千克二氧化碳/千瓦时": "kgCO2/kWh", "吨二氧化碳/兆瓦时": "tCO2/MWh"}
_SECTOR = re.compile(rf"((?:(?:{SECTORS})、)*(?:{SECTORS}))行业")
_ACTIONS = (
    ("deadline_surrender", r"清缴|履约"),
    ("deadline_preallocation", r"预分配"),
    ("deadline_verification", r"核查"),
    ("deadline_allocation", r"核定|发放|分配"),
    ("deadline_list", r"名录|名单"),
    ("deadline_comment", r"意见|反馈"),
    ("deadline_report", r"报告|报送|上报|填报"),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of a text, before it is given its document and number."""

    metric: str
    value: Decimal | None
    unit: str
    printed: str
    quote: str
    position: int
    scope: str = "CEA"
    sector: str = ""
    period: str = ""
    qualifier: str | None = None
    as_of: date | None = None
    due_on: date | None = None
    due_hour: int | None = None


@dataclass
class _State:
    """What a clause may lean on."""

    scope: str
    year: int | None = None
    title_year: int | None = None
    emission: str = ""
    cycle: str = ""
    as_of: date | None = None
    day: date | None = None
    dated_year: int | None = None
    is_cumulative: bool = False
    last: str = ""


@dataclass
class Scan:
    """What a text states, what in it was not understood, and what was odd."""

    facts: list[Fact] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def scan(text: str, *, title: str = "", own_number: str | None = None) -> Scan:
    """Every figure of a text (lines; positions are offsets of lines in it).

    Raises `Refused` (`bad_number`, `bad_date`) for a figure that is none.
    """
    found = Scan()
    plain_title = squeezed(title)
    is_voluntary = bool(_CCER.search(plain_title)) and not _CEA.search(plain_title)
    base = "CCER" if is_voluntary else "CEA"
    state = _State(base)
    if named := _YEAR.search(plain_title):
        state.year = state.title_year = int(named[1])
    unit = re.search(FACTOR_UNIT, squeezed(text))
    for position, paragraph in paragraphs(text):
        reading = read(paragraph)
        if _is_heading(reading.plain):
            base = _scope_of(reading.plain, base)
        state.scope, state.day, state.cycle = base, None, ""
        if unit and (row := TABLE_ROW.fullmatch(reading.plain)):
            found.facts.append(_factor_row(row, reading, position, state, unit[0], plain_title))
            continue
        for sentence in _SENTENCE.finditer(reading.plain):
            _sentence(reading, sentence, position, state, found, own_number)
    return found


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs with their offset: lines, where one broken in mid-sentence goes on in the next.

    A heading stands alone. A line of digits alone is a page's number.
    """
    start, parts = 0, list[str]()
    offset = 0
    for line in text.splitlines(keepends=True):
        plain = squeezed(line)
        is_alone = (
            bool(_HEADING.match(plain)) and len(plain) <= 32 and not re.search("[。;,]", plain)
        )
        is_row = bool(TABLE_ROW.fullmatch(plain))
        if (is_alone or is_row) and parts:
            yield start, "".join(parts)
            parts = []
        if plain and not re.fullmatch(r"[-\u2014\u2013]*\d{1,4}[-\u2014\u2013]*", plain):
            if not parts:
                start = offset
            parts.append(line)
            if is_alone or is_row or plain[-1] in "。;!?:":
                yield start, "".join(parts)
                parts = []
        offset += len(line)
    if parts:
        yield start, "".join(parts)


def _is_heading(plain: str) -> bool:
    return len(plain) <= 40 and not re.search(r"[。;]", plain)


def _scope_of(plain: str, otherwise: str) -> str:
    """The market whose words stand last in a text."""
    at = {"CEA": -1, "CCER": -1}
    for scope, words in (("CEA", _CEA), ("CCER", _CCER)):
        for found in words.finditer(plain):
            at[scope] = found.end()
    if at["CEA"] == at["CCER"]:
        return otherwise
    return max(at, key=lambda scope: at[scope])


def _sentence(
    reading: Reading,
    sentence: re.Match[str],
    position: int,
    state: _State,
    found: Scan,
    own_number: str | None,
) -> None:
    plain, start = sentence[0], sentence.start()
    quote = reading.quote(start, sentence.end())
    state.is_cumulative, state.last = False, ""
    claims = list(_claims(plain))
    for pattern, match in claims:
        before = plain[: match.end()]
        state.scope = pattern.scope or _scope_of(before, state.scope)
        try:
            found.facts += [
                replace(fact, quote=quote, position=position)
                for fact in _facts(pattern, match, plain, state, claims, found)
            ]
        except Refused as refused:
            if refused.rule not in ("no_year", "no_period"):
                raise
            found.remarks.append(Remark(refused.rule, match[0], refused.detail))
    for number, _, _ in document_numbers(plain):
        if number != own_number:
            cited = Fact("cites_document", None, "", number, quote, position, state.scope)
            found.facts.append(cited)
    _leftovers(plain, quote, claims, found)


def _claims(plain: str) -> list[tuple[Pattern, re.Match[str]]]:
    """The clauses of a sentence: the leftmost first, of two at one place the earlier pattern.

    A match that begins inside a clause is sought again behind it: `年底收盘价` still holds a
    close where `2024年` is a clause of its own.
    """
    taken: list[tuple[Pattern, re.Match[str]]] = []
    ahead = {p: match for p in PATTERNS if (match := p.regex.search(plain))}
    while ahead:
        pattern = min(ahead, key=lambda p: ahead[p].start())  # the first of equals
        match = ahead[pattern]
        taken.append((pattern, match))
        end = max(match.end(), match.start() + 1)
        for each in [p for p, found in ahead.items() if found.start() < end]:
            again = each.regex.search(plain, end)
            if again is None:
                del ahead[each]
            else:
                ahead[each] = again
    return taken


def _leftovers(
    plain: str, quote: str, claims: list[tuple[Pattern, re.Match[str]]], found: Scan
) -> None:
    """Figures in a sentence on the market that no pattern claimed are kept, and told of."""
    if not _MARKET.search(plain) or _PENAL.search(plain):
        return
    spans = [match.span() for _, match in claims]
    has_deadline = any(pattern.name == "deadline" for pattern, _ in claims)
    for figure in _FIGURE.finditer(plain):
        if any(a < figure.end() and figure.start() < b for a, b in spans):
            continue
        if has_deadline and re.match("的?重点排放单位", plain[figure.end() :]):
            continue  # the share that the deadline holds for
        if quote not in found.unclaimed:
            found.unclaimed.append(quote)
        clause = plain[: figure.start()].rpartition(",")[2] + figure[0]
        if _CORE.search(clause):
            told = "a figure of the market that no known clause holds"
            found.remarks.append(Remark("unclaimed_figure", clause[-80:], told, is_signal=True))


def _facts(
    pattern: Pattern,
    match: re.Match[str],
    plain: str,
    state: _State,
    claims: list[tuple[Pattern, re.Match[str]]],
    found: Scan,
) -> Iterator[Fact]:
    """What a clause states; moves the state."""
    group = match.groupdict()
    name = pattern.name
    if name in _MOVES:
        _MOVES[name](state, group)
    elif name in ("deadline", "yearly_deadline"):
        yield _deadline(name, match, plain, state, claims)
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


def _figure(pattern: Pattern, match: re.Match[str], state: _State) -> Iterator[Fact]:
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


def _meaning(pattern: Pattern, match: re.Match[str], state: _State) -> tuple[str, str, date | None]:
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


def _close(match: re.Match[str], state: _State) -> tuple[str, str, date | None]:
    """A close with 年底, 年末 or a last day before it, or of 31 December, is the year's."""
    is_last = match[0].startswith(("年底", "年末", "底", "末", "最后"))
    is_last = is_last or (
        state.as_of is not None and (state.as_of.month, state.as_of.day) == (12, 31)
    )
    year = state.as_of.year if state.as_of and not state.year else state.year
    if year is None:
        raise Refused("no_period", match[0], "no year before it")
    return ("year_end_close" if is_last else "close"), str(year), state.as_of if is_last else None


def _period(pattern: Pattern, group: dict[str, str | None], state: _State) -> str:
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
    state: _State,
    value: Decimal | None,
    *,
    printed: str,
    metric: str = "",
    unit: str = "",
    period: str = "",
    sector: str = "",
    qualifier: str | None = None,
    at: date | None = None,
) -> Fact:
    return Fact(
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


def _benchmarks(pattern: Pattern, match: re.Match[str], state: _State) -> Iterator[Fact]:
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


def _factor_row(
    row: re.Match[str], reading: Reading, position: int, state: _State, unit: str, title: str
) -> Fact:
    return Fact(
        "grid_factor",
        value_of(row["n"]),
        _UNITS.get(unit, unit),
        row["n"],
        reading.printed,
        position,
        state.scope,
        row["sec"],
        str(state.year) if state.year else "",
    )


def _deadline(
    name: str,
    match: re.Match[str],
    plain: str,
    state: _State,
    claims: list[tuple[Pattern, re.Match[str]]],
) -> Fact:
    """A last day: what is due by its clause's words, from whom, and how many of them."""
    later = [m.start() for p, m in claims if p.name == name and m.start() > match.start()]
    stop = min(
        (plain.find(mark, match.end()) for mark in ";。" if mark in plain[match.end() :]),
        default=len(plain),
    )
    clause = plain[match.end() : min([stop, *later])]
    before = re.split("[;。]", plain[: match.start()])[-1]
    metric = next((m for m, words in _ACTIONS if re.search(words, clause)), "")
    metric = metric or next(
        (m for m, words in _ACTIONS if re.search(words, before)), "deadline_other"
    )
    sector = _SECTOR.search(clause) or _SECTOR.search(before)
    share = re.search(r"(\d[\d.]*)%(?:的)?重点排放单位|(?:全部|所有)重点排放单位", clause)
    value = None if share is None else (value_of(share[1]) if share[1] else Decimal(100))
    group = match.groupdict()
    due, period = None, state.emission
    if name == "yearly_deadline":
        period = "yearly"
    else:
        year = int(group["y"]) if group["y"] else state.dated_year
        if year is None:
            raise Refused("no_year", match[0], "no full date before it to take the year from")
        due = day(year, group["m"] or "", group["d"] or "")
        state.dated_year = year
    stated = re.search(r"(\d{4})年度", clause)
    return Fact(
        metric,
        value,
        "percent" if value is not None else "",
        match[0],
        "",
        match.start(),
        state.scope,
        sector[1] if sector else "",
        stated[1] if stated and due else period,
        None,
        None,
        due,
        int(group["h"]) if group.get("h") else None,
    )


def _move_as_of(state: _State, group: dict[str, str | None]) -> None:
    known = state.dated_year or state.year
    state.as_of = as_of(group["y"], group["m"], group["d"], known)
    state.year = state.dated_year = state.as_of.year
    state.day, state.cycle = None, ""


def _move_day(state: _State, group: dict[str, str | None]) -> None:
    state.day = day(group["y"] or "", group["m"] or "", group["d"] or "")
    state.year = state.dated_year = state.day.year
    state.is_cumulative = False


def _move_year(state: _State, group: dict[str, str | None]) -> None:
    state.year = int(group["y"] or 0)
    state.dated_year = state.dated_year or state.year
    state.is_cumulative, state.day, state.cycle = False, None, ""


def _move_span(state: _State, group: dict[str, str | None]) -> None:
    """Days from and to: no day's figures follow, but those of the year in which they end."""
    _move_year(state, {"y": group["y"] or group["y1"]})


def _move_emission(state: _State, group: dict[str, str | None]) -> None:
    state.emission = f"{group['y1']}-{group['y']}" if group.get("y1") else group["y"] or ""


def _move_cycle(state: _State, group: dict[str, str | None]) -> None:
    state.cycle = CYCLES[group["c"] or ""]


def _switch(state: _State, group: dict[str, str | None]) -> None:
    state.is_cumulative = False


def _stay(state: _State, group: dict[str, str | None]) -> None:
    """A year that is only compared with moves nothing."""


_MOVES = {
    "as_of": _move_as_of,
    "day": _move_day,
    "year": _move_year,
    "span": _move_span,
    "emission_year": _move_emission,
    "emission_years": _move_emission,
    "cycle": _move_cycle,
    "annual_switch": _switch,
    "compared": _stay,
}
