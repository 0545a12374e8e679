"""A printed figure, and a period or day as it is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class FigureKind(StrEnum):
    """What a figure is. Only a `MEASURE` can become a fact; a `DATE` dates one, or is due."""

    MEASURE = "measure"
    BARE = "bare number"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    ORDINAL = "ordinal"
    DOCUMENT = "document number"
    TITLE = "title"
    ADDRESS = "address"
    PHONE = "phone"
    PAGE = "page"
    MARK = "list mark"
    FORMULA = "formula"
    VOTE = "vote"
    CODE = "code"
    GLUED = "glued to letters"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Stated:
    """A period or a day as printed; what it leaves unsaid (a year) is None.

    `form`: `day`, `month`, `quarter`, `half`, `year`, `emission` (N年度, the year of emissions),
    `emissions` (several of them: `years`), `that` (本年度: the year spoken of), `this` (今年: the
    year of publication, up to it), `part` (前三季度: of a year), `fiscal`, `cycle`, `span` (days or
    months from and to), `each` (每年12月31日).
    """

    form: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    year_to: int | None = None
    month_to: int | None = None
    day_to: int | None = None
    part: int | None = None
    """Which quarter, half or cycle."""
    is_end: bool = False
    """底, 末, "end of": its last day."""
    relative: int | None = None
    """Years from that of publication: 去年 -1, 今年 0."""
    hour: int | None = None
    years: tuple[int, ...] = ()
    """Of a list (2024、2025、2026年度) each of its years."""


@dataclass(slots=True)
class PrintedFigure:
    """A figure of a plain sentence: `sentence[start:end]`, unit and hedges before it included.

    `value` is in the base unit (`t`, `CNY`, `CNY/t`, `percent`, `count`, `days` ...), exact, of
    a range its lower end, and `value_to` its upper one. `counter` is the printed word of what is
    counted, or the unit as printed (家, 个, 吨, companies). `number` is the span of the number
    with its scale and unit, without what stands before it as a hedge.
    """

    start: int
    end: int
    kind: FigureKind
    value: Decimal | None = None
    value_to: Decimal | None = None
    unit: str = ""
    counter: str = ""
    hedge: str = ""
    """The word that qualifies it, as printed: 约, more than; empty for none."""
    passes: bool = False
    """Whether the hedge says that a mark was passed (突破40亿元), before the amount itself."""
    stated: Stated | None = None
    number: tuple[int, int] = (0, 0)


Scanner = Callable[[str], list[PrintedFigure]]
"""A plain sentence -> its figures, in order."""
