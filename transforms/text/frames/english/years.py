"""The year or span of years that belongs to an English figure, as its clause states it."""

from __future__ import annotations

from transforms.text.figures import FigureKind
from transforms.text.frames.english.words import EnglishToken, InClause

_AFTER = frozenset({"in", "by", "for", "during", "over", "of"})
_BEGINS = frozenset({"since", "after", "following", "ever since"})
"""Words before what came before: a year behind them is no period."""
_DATED = frozenset({"cap", "emissions", "threshold"})
"""Nouns that a year beside them dates: "the 2017 cap", "the cap for 2018"."""


def year_of(one: InClause) -> EnglishToken | None:
    """The year or span that belongs to a figure: right behind it, else the one of its clause."""
    for n, token in enumerate(one.tail[:9]):
        if token.figure is None:
            continue
        if token.figure.kind is not FigureKind.DATE:
            break
        before = one.tail[n - 1].text.lower() if n else ""
        if any(t.text.lower() in _BEGINS for t in one.tail[:n]):
            break
        if n + 1 < len(one.tail) and one.tail[n + 1].text.lower() in ("level", "levels"):
            continue
        if before in _AFTER and not _is_base(one.tail[:n]):
            return token
        if before in ("from", "between") and one.figure.unit == "percent" and _is_span(token):
            return token
        if before not in ("from", "below", "on", "to", "the"):
            break
    dates = [
        (n, t) for n, t in enumerate(one.head) if t.figure and t.figure.kind is FigureKind.DATE
    ]
    of_cap = [
        token
        for n, token in dates
        if (n + 1 < len(one.head) and one.head[n + 1].name in _DATED)
        or (n > 1 and one.head[n - 1].text in ("for", "in") and one.head[n - 2].name in _DATED)
    ]
    if len(of_cap) == 1 and one.figure.unit == "t":
        return of_cap[0]
    if not dates and (opening := _opening_date(one)):
        return opening
    others = [t for t in (*one.head, *one.tail) if t.figure and t.figure.kind is FigureKind.MEASURE]
    if len(dates) == 1 and not others and not of_cap:
        n, token = dates[0]
        is_for = n > 0 and one.head[n - 1].text.lower() in _AFTER
        if is_for and n > 1 and not _is_base(one.head[:n]) and _is_year(token):
            return token
    return None


def _opening_date(one: InClause) -> EnglishToken | None:
    """The year that a clause of its own before this one names: `By 2030, ...`."""
    words = [t for t in one.previous if t.text.lower() != "the"]
    if len(words) != 2 or words[0].text.lower() not in ("in", "by", "for") or not words[1].figure:
        return None
    return words[1] if _is_year(words[1]) else None


def _is_year(token: EnglishToken) -> bool:
    stated = token.figure.stated if token.figure else None
    return stated is not None and stated.form in ("year", "span", "fiscal")


def _is_span(token: EnglishToken) -> bool:
    stated = token.figure.stated if token.figure else None
    return stated is not None and stated.form == "span" and stated.month is None


def _is_base(words: list[EnglishToken]) -> bool:
    return any(t.name == "base" for t in words[-4:])
