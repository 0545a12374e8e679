"""Unruled tables: words that stand in rows and columns, where all rows agree on the columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

GAP = 1.3
"""Of a line's height: what stands between two columns, and not between two words."""
LINE_GAP = 2.2
"""Of a line's height: what stands between two rows of one table, at most."""
LEAST_ROWS = 3
_NUMBER = re.compile(r"[-+−±]?\d[\d,.]*%?")
Box = tuple[float, float, float, float]
Span = tuple[int, int, int, int]
Grid = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that stand together on a line."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        return self.bottom - self.top


def unruled(
    words: Sequence[Segment], join: Callable[[Sequence[str]], str]
) -> Iterator[tuple[Box, Grid, tuple[Span, ...]]]:
    """Each table among words: its box, its cells, and the heads that stand over several columns.

    What does not go into columns exactly is no table.
    """
    for block in _blocks(_lines(words)):
        columns = _columns(block)
        if columns is None or len(columns) < 2:
            continue
        grid = _grid(block, columns, join)
        if grid is None:
            continue
        box = (
            min(segment.left for line in block for segment in line),
            min(segment.top for line in block for segment in line),
            max(segment.right for line in block for segment in line),
            max(segment.bottom for line in block for segment in line),
        )
        yield box, *grid


def _lines(words: Sequence[Segment]) -> list[list[Segment]]:
    """Lines from top to bottom, words without a column's gap between them joined."""
    lines: list[list[Segment]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom) / 2):
        last = lines[-1][0] if lines else None
        if last and abs(word.top + word.bottom - last.top - last.bottom) / 2 < 0.5 * last.height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_joined(sorted(line, key=lambda w: w.left)) for line in lines]


def _joined(line: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for word in line:
        if joined and word.left - joined[-1].right < GAP * word.height:
            last = joined[-1]
            text = f"{last.text} {word.text}"
            joined[-1] = replace(last, right=word.right, text=text)
        else:
            joined.append(word)
    return joined


def _blocks(lines: Sequence[list[Segment]]) -> Iterator[list[list[Segment]]]:
    """Runs of lines that may be rows: most have several segments, none is far from the next."""
    block: list[list[Segment]] = []
    for line in lines:
        is_near = bool(block) and line[0].top - block[-1][0].bottom < LINE_GAP * line[0].height
        if len(line) == 1 and not (block and is_near and _is_wrapped(line[0], block)):
            yield from _ended(block)
            block = []
            continue
        if block and not is_near:
            yield from _ended(block)
            block = []
        block.append(line)
    yield from _ended(block)


def _is_wrapped(segment: Segment, block: Sequence[list[Segment]]) -> bool:
    """Whether a line of one segment may go on with a cell above: it is as narrow as one."""
    widest = max(each.right for line in block for each in line)
    first = min(each.left for line in block for each in line)
    return segment.left >= first - 2 and segment.right - segment.left < 0.6 * (widest - first)


def _ended(block: list[list[Segment]]) -> Iterator[list[list[Segment]]]:
    while block and len(block[-1]) == 1:
        block = block[:-1]
    if sum(1 for line in block if len(line) > 1) >= LEAST_ROWS:
        yield block


def _columns(block: Sequence[list[Segment]]) -> list[tuple[float, float]] | None:
    """Where the columns run, by the rows that have most segments; None where those disagree."""
    most = max(map(len, block))
    columns: list[tuple[float, float]] = [
        (s.left, s.right) for s in next(b for b in block if len(b) == most)
    ]
    for line in block:
        if len(line) != most:
            continue
        for at, segment in enumerate(line):
            left, right = columns[at]
            if segment.left >= right + 1 or segment.right <= left - 1:
                return None
            columns[at] = (min(left, segment.left), max(right, segment.right))
    if any(one[1] > other[0] for one, other in pairwise(columns)):
        return None
    return columns


def _grid(
    block: Sequence[list[Segment]],
    columns: Sequence[tuple[float, float]],
    join: Callable[[Sequence[str]], str],
) -> tuple[Grid, tuple[Span, ...]] | None:
    """Cells and heads over several columns; None where a row does not fit."""
    rows: list[list[str]] = []
    spans: list[Span] = []
    tops: list[float] = []
    is_body = False
    for number, line in enumerate(block):
        cells = [""] * len(columns)
        over: list[Span] = []
        for segment in line:
            under = [
                at
                for at, (left, right) in enumerate(columns)
                if segment.left < right and segment.right > left
            ]
            if not under or cells[under[0]]:
                return None
            cells[under[0]] = segment.text
            if len(under) > 1:
                over.append((len(rows), under[0], 1, len(under)))
        is_body = is_body or any(_NUMBER.fullmatch(cell) for cell in cells)
        if over and is_body:
            return None
        if len(line) == 1 and len(columns) > 1 and is_body:
            at = next(place for place, cell in enumerate(cells) if cell)
            if _NUMBER.fullmatch(cells[at]) or not _goes_on(block, number):
                return None
            rows[-1][at] = join([rows[-1][at], cells[at]])
            continue
        spans += over
        rows.append(cells)
        tops.append(line[0].top)
    return tuple(map(tuple, rows)), tuple(spans)


def _goes_on(block: Sequence[list[Segment]], number: int) -> bool:
    """Whether a line is nearer to the row above than to the one below, and so goes on with it."""
    above = block[number][0].top - block[number - 1][0].bottom
    if number + 1 == len(block):
        return True
    return above < 0.7 * (block[number + 1][0].top - block[number][0].bottom)
