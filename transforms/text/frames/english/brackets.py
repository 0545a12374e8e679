"""Brackets of an English sentence: those that go on with its clause, and amounts said again in
another currency."""

from __future__ import annotations

from dataclasses import replace

from transforms.text.figures import FigureKind, PrintedFigure
from transforms.text.frames.english.words import COUNTED, EnglishToken

_PRICED = frozenset({"floor", "ceiling", "trigger", "clearing", "fixed_price"})


_SAID = frozenset({"measure", "meaning"})
"""Groups of words that mean something in brackets, too."""


def without_brackets(
    found: list[EnglishToken], converted: dict[int, PrintedFigure]
) -> list[EnglishToken]:
    """The tokens without brackets that hold no measure, or nothing but one, and without
    conversions, which are noted by the place of the amount before them. A pair of dashes is a
    bracket."""
    dashes = [n for n, t in enumerate(found) if t.text == "-"]
    if len(dashes) == 2:
        opens, closes = (replace(found[n], text=mark) for n, mark in zip(dashes, "()", strict=True))
        found = [
            *found[: dashes[0]],
            opens,
            *found[dashes[0] + 1 : dashes[1]],
            closes,
            *found[dashes[1] + 1 :],
        ]
    kept: list[EnglishToken] = []
    at = 0
    while at < len(found):
        token = found[at]
        end = next((n for n in range(at, len(found)) if found[n].text == ")"), 0)
        if token.text != "(" or token.figure is not None or not end:
            kept.append(token)
            at += 1
            continue
        inside = found[at + 1 : end]
        measures = [t.figure for t in inside if t.figure and t.figure.kind is FigureKind.MEASURE]
        before = kept[-1].figure if kept else None
        if not measures:
            kept += [t for t in inside if t.figure is None and (t.is_unknown or t.group in _SAID)]
        elif len(inside) == 1 and before is not None and _is_conversion(before, measures[0]):
            converted[before.start] = measures[0]
        elif len(inside) == 1 and before is not None and _is_again(before, measures[0]):
            pass  # "thirty percent (30%)"
        elif len(inside) == 1 and kept and kept[-1].name in _PRICED:
            # "above the floor price (USD 14)": the figure is that of the words before it
            found = [*found[: end + 1], *found[end + 1 :], token, kept[-1], *inside, found[end]]
        elif len(dashes) != 2 and _is_bare(inside, kept):
            kept += inside
        elif len(dashes) == 2:
            found = [*found[: end + 1], *found[end + 1 :], found[at], *inside]
        else:
            kept += found[at : end + 1]
        at = end + 1
    return kept


def _is_bare(inside: list[EnglishToken], before: list[EnglishToken]) -> bool:
    """Whether a bracket goes on with its clause: one figure, and idle words; what it counts only
    behind another count."""
    figures = [t.figure for t in inside if t.figure]
    if inside[0].figure is None or len(figures) != 1:
        return False
    rest = [t for t in inside if t.figure is None and t.group not in ("idle", "name")]
    is_sister = any(t.figure and t.figure.unit == "count" for t in before[-5:])
    is_all = rest and before and {t.name for t in rest} == {before[-1].name}
    return not rest or is_all or (is_sister and all(t.name in COUNTED for t in rest))


def _is_again(one: PrintedFigure, other: PrintedFigure) -> bool:
    return (one.unit, one.value, one.value_to) == (other.unit, other.value, other.value_to)


def _is_conversion(one: PrintedFigure, other: PrintedFigure) -> bool:
    codes = [figure.unit.split("/")[0] for figure in (one, other)]
    return all(len(c) == 3 and c.isupper() for c in codes) and codes[0] != codes[1]
