"""The figures of a news item: every one with its fate, those that are understood as facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from transforms.icap.news.deadlines import dates_due
from transforms.icap.news.sentences import NewsFact, NewsText, Sentence, sentences
from transforms.icap.news.subjects import period_of, scope_of, subject_of
from transforms.icap.news.topics import places_in
from transforms.model import Remark
from transforms.text.figures import PrintedFigure
from transforms.text.figures.en import scan
from transforms.text.frames.english import (
    EnglishRow,
    EnglishRows,
    InClause,
    Judgement,
    around,
    is_money,
    is_of_before,
    judge,
    load_rows,
    sector_of,
    untold,
)
from transforms.text.frames.model import Fate, Read, fate_of
from transforms.text.qualifiers import bound_of

_DAY = re.compile(r"\b[Dd]ay\b")
_OF_A_DAY = re.compile(
    r"(?i)\bopening price|\bopened at|\bclosing price|\bclosed at|\bfirst (?:deal|trans)"
)
_EMPTY = re.compile(r"[A-Z]{3} ?[0-9][0-9.,]*(?: (?:million|billion))? ?\([A-Z]{3} ?\)")
_PLAUSIBLE = {("CNY", "USD"): (Decimal("5.5"), Decimal(9))}
"""Units of the first currency for one of the second, over all years of the news."""
_FOLD = {"KRW": 800, "JPY": 80, "VND": 15000, "IDR": 9000}
"""Units of a small currency of which one dollar or euro is at least worth."""
_UNITS = {"percent": "%", "times": "1", "cover_ratio": "1"}
_OF_ALLOWANCES = frozenset(
    {"allowances", "credits", "purchase_limit", "reserve_intake", "reserve_threshold", "volume"}
)


@cache
def rows() -> EnglishRows:
    """The metrics of ICAP's news, read once."""
    return load_rows(Path(__file__).parent / "frames.yml")


def read_text(blocks: Iterable[str], places: Sequence[str] = ()) -> NewsText:
    """The figures of a text in blocks. A sentence on another place than those that the item is
    about (ISO codes) gives no fact."""
    text = NewsText()
    for position, block in enumerate(blocks):
        is_day = bool(_OF_A_DAY.search(block))
        for sentence in sentences(block):
            _read(sentence, text, position, places, is_day or bool(_DAY.search(sentence.plain)))
    return text


def _read(
    sentence: Sentence, text: NewsText, position: int, places: Sequence[str], is_day: bool
) -> None:
    figures = scan(sentence.plain)
    if not figures:
        return
    for empty in _EMPTY.finditer(sentence.plain) if "(" in sentence.plain else ():
        told = "the amount in another currency is missing; the local one is taken"
        text.remarks.append(Remark("empty_bracket", empty[0], told))
    measures = {one.figure.start: one for one in around(sentence.plain, figures)}
    converted = {one.converted.start for one in measures.values() if one.converted}
    elsewhere = places_in(sentence.plain) if places else []
    told, is_past = untold(sentence.plain), is_of_before(sentence.plain)
    periods = {one.period_at for one in measures.values()}
    due = dates_due(sentence, figures, periods)
    for figure in figures:
        verdict = Judgement(None, *fate_of(figure))
        if one := measures.get(figure.start):
            # a place that opens its sentence looks like any word
            one.unknown = tuple(word for word in one.unknown if not places_in(word))
            verdict = judge(one, rows(), is_day=is_day)
            if any(at < _end_of(one) and code not in places for at, code in elsewhere):
                verdict = Judgement(None, Fate.UNCLAIMED, "another market")
            elif told or (is_past and one.period is None):
                verdict = Judgement(None, Fate.UNCLAIMED, told or "of before")
            if verdict.fate is Fate.TAKEN and verdict.row is not None:
                text.facts += _facts(sentence, one, verdict.row, text.remarks)
            elif verdict.fate is Fate.DOUBTED and verdict.row is not None:
                text.remarks.append(_out_of_bounds(sentence, figure, verdict.row))
        elif figure.start in converted:
            verdict = Judgement(None, Fate.CONTEXT, "conversion")
        elif (dated := due.get(figure.start)) and not told:
            if isinstance(dated, Remark):
                text.remarks.append(dated)
                verdict = Judgement(None, Fate.DOUBTED, dated.rule)
            else:
                text.facts.append(dated)
                verdict = Judgement(None, Fate.TAKEN, dated.metric)
        text.figures.append(_fate(sentence, figure, verdict, position))


def _out_of_bounds(sentence: Sentence, figure: PrintedFigure, row: EnglishRow) -> Remark:
    rule = "out_of_bounds"
    if row.metric == "allowances":
        rule = "too_many_allowances"
    elif figure.unit == "percent":
        rule = "share_above_100"
    told = f"no {row.metric} can be as great or small: nothing is taken"
    return Remark(rule, sentence.quote(figure.start, figure.end), told)


def _end_of(one: InClause) -> int:
    """Where the clause of a figure ends: a place named behind it is not the figure's."""
    return one.tail[-1].end if one.tail else one.figure.end


def _fate(sentence: Sentence, figure: PrintedFigure, verdict: Judgement, position: int) -> Read:
    metric = verdict.row.metric if verdict.row else ""
    if verdict.fate is Fate.TAKEN and not metric:
        metric = verdict.reason
    return Read(
        printed=sentence.quote(figure.start, figure.end),
        sentence=sentence.printed,
        position=position,
        kind=figure.kind.value,
        fate=verdict.fate,
        metric=metric,
        reason="" if verdict.fate is Fate.TAKEN else verdict.reason,
        words=verdict.words,
        value=figure.value,
        unit=figure.unit,
    )


def _facts(
    sentence: Sentence, one: InClause, row: EnglishRow, remarks: list[Remark]
) -> list[NewsFact]:
    """The facts of a figure that a row claims: one, or for a level that has changed that before
    and that after, and the same in another currency."""
    figure = one.figure
    is_count = figure.unit == "count" and one.noun_end > figure.end
    printed = sentence.quote(figure.start, one.noun_end if is_count else figure.end)
    hedge = _qualifier(one, row)
    sector = sector_of(sentence.plain)
    unit = _unit(figure, row)
    values = [(figure.value, figure.value_to, scope_of(row, one, sentence))]
    if sector and values[0][2] in ("", "total"):
        values = [(figure.value, figure.value_to, sector)]
    if figure.hedge.lower() == "from" and figure.value_to is not None and figure.unit != "percent":
        values = [(figure.value, None, "before"), (figure.value_to, None, row.scope)]
    found = [
        NewsFact(
            row.metric,
            value,
            unit,
            printed,
            sentence.printed,
            hedge,
            scope,
            subject_of(row.metric, one, sentence),
            value_to,
            period_of(row, one),
        )
        for value, value_to, scope in values
    ]
    if one.converted and figure.value and one.converted.value is not None:
        if _fits(figure, one.converted):
            code = _unit(one.converted, row)
            found.append(
                NewsFact(
                    row.metric,
                    one.converted.value,
                    code,
                    sentence.quote(figure.start, one.converted.end + 1),
                    sentence.printed,
                    "converted",
                    row.scope,
                    "",
                    None,
                    one.period_text,
                )
            )
        else:
            other = one.converted.value
            rate = f"rate {figure.value / other:.2f}" if other else "it is 0"
            told = f"does not fit the local amount ({rate}); only that is taken"
            both = sentence.quote(figure.start, one.converted.end + 1)
            remarks.append(Remark("bracket_does_not_fit", both, told))
    return found


def _fits(one: PrintedFigure, other: PrintedFigure) -> bool:
    """Whether an amount in brackets can be the same as the one before it."""
    assert one.value is not None
    assert other.value is not None
    codes = (one.unit.split("/")[0], other.unit.split("/")[0])
    low, high = _PLAUSIBLE.get(codes, (Decimal(_FOLD.get(codes[0], 0)), Decimal(10**9)))
    return other.value > 0 and low <= one.value / other.value <= high


def _qualifier(one: InClause, row: EnglishRow) -> str:
    """The hedge in one word for each meaning; a limit is never "more than"."""
    hedge = one.figure.hedge.lower()
    if row.metric == "purchase_limit":
        return "up to"
    try:
        return bound_of(hedge).value if hedge else ""
    except KeyError:
        return ""


def _unit(figure: PrintedFigure, row: EnglishRow) -> str:
    code = figure.unit.split("/")[0]
    if is_money(code):
        return f"{code}/t" if row.metric == "price" else code
    if figure.unit == "count":
        return "allowances" if row.metric in _OF_ALLOWANCES else _UNITS.get(row.metric, row.metric)
    return _UNITS.get(figure.unit, figure.unit)
