"""The figures of a plain English sentence (`transforms.text.plain.one_blank`).

Whatever begins first wins; at one place the alternatives are tried in a fixed order, in which a
number comes last, so that no number swallows a day. Patterns are linear: digits are taken in one
atomic group, and all else is bounded.
"""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.text.figures.en_amounts import (
    BEGINS_MONEY,
    BEGINS_SCALE,
    GLUED,
    Amount,
    amount_at,
    is_money,
    with_payment,
)
from transforms.text.figures.en_dates import read_date
from transforms.text.figures.en_kinds import BEGINS, NOT_MEASURES
from transforms.text.figures.en_numbers import FRACTION, WORDED, fraction
from transforms.text.figures.en_units import SCALE, UNIT
from transforms.text.figures.model import FigureKind, PrintedFigure

_SCALED = re.compile(rf"{SCALE}$")
_NEXT_WORD = re.compile(r"[ -](?:[A-Za-z(\"']|(?:19|20)[0-9]{2}[ -]vintage)")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LIST_MARK = re.compile(r"[0-9]{1,2}[.)] (?=[A-Z])")
_DURATION = re.compile(
    r"[- ](?:calendar |working |business |consecutive |trading |full )?"
    r"(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?)(?![A-Za-z])"
)
_ONE = re.compile(
    r"(?i)one(?= (?:hundred|thousand|million|billion|company|entity|installation|plant|facility"
    r"|sector|year|month|week|day|tonne|ton|allowance|unit|trillion)\b|-)"
)
_HEDGE = re.compile(
    r"(?i)(?:\b(?:approximately|approx\.?|around|about|roughly|some|nearly|almost|close to|circa"
    r"|ca\.|(?:just|well|slightly|little) (?:over|under|above|below)|not? more than"
    r"|no (?:fewer|less) than|not less than|more than|over|in excess of|exceeding|above|at least"
    r"|(?:greater|higher|larger|lower|smaller) than|a minimum of|up to|at most|a maximum of"
    r"|fewer than|less than|below|under"
    r"|rang(?:e|es|ed|ing) (?:from|between)|from|between|(?:from |to )?(?:the )?top) ?"
    r"|[~<>\u2265\u2264] ?)$"
)
_OR_MORE = re.compile(r",? (?:or more|or over|or above|and more|and above|and over)(?![A-Za-z]),?")
"""A hedge behind a figure."""
_TO = re.compile(
    r" ?- ?(?=[0-9A-Z$])"
    r"| to (?:about |around |approximately |nearly |almost |over |the (?:top )?)?-?| or "
)
_AND = re.compile(r" and -?")
_SIGN = re.compile(r"(?<![\w)]) ?[-+]$")
_COUNTED = re.compile(
    r" (?:[a-z-]+ ){0,4}?(?:companies|entities|enterprises|plants|installations|participants|firms"
    r"|facilities|units|emitters|operators|allowances|projects|businesses|sites|vessels)\b"
)
_BLANKS = re.compile(r"[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9.,%])")
"""`10 000`: one number or two, nobody can tell."""
_TOO_FAR = 50
"""A first number this much above the second had no scale word of its own left out."""


def scan(text: str) -> list[PrintedFigure]:
    """All figures of a sentence, in order; none of them overlap."""
    found: list[PrintedFigure] = []
    at = 0
    while start := BEGINS.search(text, at):
        figure = _at(text, start.start())
        if figure is None:
            at = start.start() + 1
            continue
        found.append(figure)
        at = max(figure.end, at + 1)
    return found


def _at(text: str, at: int) -> PrintedFigure | None:
    """The figure that begins at a place; None where a word or letter does."""
    for kind, pattern in NOT_MEASURES:
        if other := pattern.match(text, at):
            return PrintedFigure(at, other.end(), kind, number=(at, other.end()))
    if at == 0 and (mark := _LIST_MARK.match(text)):
        return PrintedFigure(0, mark.end() - 1, FigureKind.MARK, number=(0, mark.end() - 1))
    if (dated := read_date(text, at)) and not _is_count(text, at, dated[1]):
        return PrintedFigure(at, dated[1], FigureKind.DATE, stated=dated[0], number=(at, dated[1]))
    if part := FRACTION.match(text, at):
        return _hedged(
            text, PrintedFigure(at, part.end(), FigureKind.BARE, fraction(part), unit="fraction")
        )
    if text[at] in "([+~":
        return None
    if grouped := _BLANKS.match(text, at):
        return PrintedFigure(at, grouped.end(), FigureKind.MALFORMED, number=grouped.span())
    if text[at].isalpha() and not _is_amount(text, at):
        if not (glued := GLUED.match(text, at)) or not any(letter.isdigit() for letter in glued[0]):
            return None
        return PrintedFigure(
            at, at + len(glued[0].rstrip("./-")), FigureKind.GLUED, number=glued.span()
        )
    return _measure(text, at)


def _is_amount(text: str, at: int) -> bool:
    """Whether letters at a place begin an amount: a currency, or a number in words."""
    if BEGINS_MONEY.match(text, at):
        return True
    if text[at : at + 3].lower() == "one" and not _ONE.match(text, at):
        return False
    return WORDED.match(text, at) is not None


def _is_count(text: str, at: int, end: int) -> bool:
    """Whether a year is a number: `around 2000 power plants`, `2019 million`."""
    if not _YEAR.fullmatch(text, at, end):
        return False
    behind = UNIT.match(text, end)
    if BEGINS_SCALE.match(text, end) or (behind and (behind["rate"] or behind["mass"])):
        return True
    hedge = _HEDGE.search(text[max(0, at - 20) : at])
    is_hedged = hedge is not None and hedge[0].strip().lower() not in ("from", "between", "to")
    is_hedged |= text.endswith("total of ", 0, at)
    return is_hedged and _COUNTED.match(text, end) is not None


def _measure(text: str, at: int) -> PrintedFigure:
    """A number with all that belongs to it, and the second one of a range."""
    first = amount_at(text, at)
    if isinstance(first, PrintedFigure):
        return first
    figure = PrintedFigure(
        at, first.end, FigureKind.MEASURE, first.value * first.factor, unit=first.unit
    )
    figure = replace(figure, counter=first.counter, number=(at, first.end))
    figure = _hedged(text, figure)
    is_pair = figure.hedge.lower().endswith("between")
    joint = (_AND if is_pair else _TO).match(text, first.end)
    second = amount_at(text, joint.end()) if joint and _is_number(text, joint.end()) else None
    if isinstance(second, Amount) and is_money(first.unit) and second.unit == "count":
        second = with_payment(text, replace(second, unit=first.unit))
    if isinstance(second, Amount):
        figure = _joined(figure, first, second, joint[0] if joint else "")
    return _kind(text, figure)


def _is_number(text: str, at: int) -> bool:
    if at >= len(text) or (read_date(text, at) and not _is_count(text, at, at + 4)):
        return False
    return text[at].isdigit() or _is_amount(text, at) or text[at] in "$€£¥₩₹"


def _joined(figure: PrintedFigure, first: Amount, second: Amount, joint: str) -> PrintedFigure:
    """A range, if both numbers are of one unit; the first has what the second says for both."""
    is_sum = is_money(first.unit) and second.unit in ("count", f"{first.unit}/t")
    if first.unit != second.unit and not is_sum and first.unit != "count":
        return figure
    if joint == " or " and (first.unit != second.unit or first.unit != "count"):
        return figure
    if is_sum and second.unit == "count":
        second = replace(second, unit=first.unit, counter=first.counter)
    factor = first.factor
    if factor == 1 and second.factor > 1:
        if first.value > second.value * _TOO_FAR:
            return replace(figure, kind=FigureKind.MALFORMED, end=second.end, value=None)
        factor = second.factor
    ends = (first.value * factor, second.value * second.factor)
    if "-" in joint[:2] and ends[0] >= ends[1]:
        return figure  # a dash between two figures, and no range
    sign = -1 if figure.value is not None and figure.value < 0 else 1
    return replace(
        figure,
        end=second.end,
        number=(figure.number[0], second.end),
        value=ends[0] * sign,
        value_to=ends[1] * (-1 if joint.endswith("to -") else 1),
        unit=second.unit,
        counter=second.counter,
    )


def _hedged(text: str, figure: PrintedFigure) -> PrintedFigure:
    """The figure with the hedge and sign that stand before it."""
    at = figure.start
    if figure.value is not None and (sign := _SIGN.search(text[max(0, at - 3) : at])):
        at -= len(sign[0].lstrip())
        if sign[0].strip() == "-":
            figure = replace(figure, value=-figure.value)
    if not figure.hedge and (more := _OR_MORE.match(text, figure.end)):
        figure = replace(figure, end=more.end(), hedge="at least")
    if hedge := _HEDGE.search(text[max(0, at - 22) : at]):
        return replace(figure, start=at - len(hedge[0]), hedge=hedge[0].strip())
    return replace(figure, start=at)


def _kind(text: str, figure: PrintedFigure) -> PrintedFigure:
    """A measure, or what a bare number is by what stands behind it."""
    if figure.unit != "count":
        return figure
    if length := _DURATION.match(text, figure.end):
        return replace(figure, kind=FigureKind.DURATION, end=length.end(), unit="time")
    is_scaled = _SCALED.search(text[figure.start : figure.end]) is not None
    if not is_scaled and not _NEXT_WORD.match(text, figure.end):
        return replace(figure, kind=FigureKind.BARE)
    return figure
