"""What the reading of a text is made of: words around a figure, rows of metrics, claims, fates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from transforms.text.figures import FigureKind, PrintedFigure, Scanner, Stated
from transforms.text.matching import Span
from transforms.text.plain import PlainText


class Fate(StrEnum):
    """What became of a printed figure; each has exactly one."""

    TAKEN = "taken"
    CONTEXT = "context"
    UNCLAIMED = "unclaimed"
    UNKNOWN_WORDS = "unknown_words"
    NO_PERIOD = "no_period"
    DOUBTED = "doubted"
    REVIEWED = "reviewed"


def fate_of(figure: PrintedFigure) -> tuple[Fate, str]:
    """The fate of a figure that nothing claims, and the reason, by what it is."""
    if figure.kind is FigureKind.MALFORMED:
        return Fate.DOUBTED, "bad_number"
    if figure.kind is FigureKind.MEASURE:
        return Fate.UNCLAIMED, "no metric says this"
    if figure.kind in (FigureKind.BARE, FigureKind.GLUED):
        reason = "no unit" if figure.kind is FigureKind.BARE else figure.kind.value
        return Fate.UNCLAIMED, reason
    return Fate.CONTEXT, figure.kind.value


@dataclass(slots=True)
class Around:
    """A figure and the words of its clause, head and tail: what a language module gives.

    `measures` and `meanings` are classes of the vocabulary, those of words behind a comparison
    left out (they are the base's: `base_*` among the meanings says which). Beside the
    vocabulary's own, a language adds: `condition` (达到3万吨的单位: a threshold), `of_before`
    (占全国40%: the figure before is the subject), `part` (其中, which restricts itself to
    nothing), `base_year`, `base_day`, `base_cycle`, `base_open`,
    `base_other`.
    """

    figure: PrintedFigure
    measures: frozenset[str] = frozenset()
    meanings: frozenset[str] = frozenset()
    sentence: frozenset[str] = frozenset()
    """The classes of its whole sentence."""
    unknown: tuple[str, ...] = ()
    """Words of the clause that are in no class, as printed."""
    markets: tuple[str, ...] = ()
    """The markets named in the sentence up to the end of the clause, the nearest last."""
    is_named: bool = False
    is_of_projects: bool = False
    """Whether it may be traded credits: no market is named, and projects are, before it."""
    """Whether one of our markets is named in full in the sentence up to the end of the clause."""
    sectors: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    """The sectors that a clause without figures before it in the sentence speaks of."""
    period: Stated | None = None
    """The nearest period or day stated before it in its sentence, that of a base left out."""
    is_as_of: bool = False
    """Whether that is a day counted up to (截至)."""
    as_of: Stated | None = None
    """The last day counted up to that its sentence names before it."""
    is_lent: bool = False
    """Whether the period stands in a clause before, which has a figure of its own."""
    has_own_period: bool = False
    """Whether its own clause states a period."""
    base: Stated | None = None
    """The period that it is compared with."""
    is_total: bool = False
    """Whether its clause says that it is a sum of what stands before it (共计)."""
    is_base: bool = False
    """Of a date: whether it is only compared with, or one since which."""
    due: bool = False
    """Of a date: whether something is due by it."""
    due_mark: str = ""
    """Of a date that is due: the words that say so, right behind it."""
    behind: str = ""
    """Of a date that is due: the words behind it, up to the next one or the sentence's end."""
    before: str = ""
    """Of a date that is due: the words of the sentence before it."""
    fate: tuple[Fate, str] | None = None
    """A fate that the language knows already (a conversion, an example), and the reason."""


@dataclass(frozen=True, slots=True)
class Language:
    """How a language is read. `around` gives every figure of a sentence, in order."""

    name: str
    plain: Callable[[str], PlainText]
    paragraphs: Callable[[str], Iterator[tuple[int, str]]]
    sentences: Callable[[str], Iterator[Span]]
    scan: Scanner
    around: Callable[[str, list[PrintedFigure]], list[Around]]
    market: Callable[[str], str]
    """The market that a title, a heading or a sentence speaks of; empty for none or both."""
    is_of_other: Callable[[str], bool] = lambda _: False
    """Whether a title makes a text one about another market than ours."""


@dataclass(slots=True)
class ClaimedFigure:
    """A figure that a metric claims, before it is given its document and number."""

    metric: str
    value: Decimal | None
    value_to: Decimal | None
    unit: str
    printed: str
    quote: str
    position: int
    scope: str = ""
    sector: str = ""
    period: str = ""
    qualifier: str | None = None
    as_of: date | None = None
    as_of_basis: str | None = None
    due_on: date | None = None
    due_hour: int | None = None


@dataclass(frozen=True, slots=True)
class FixedForm:
    """A part of a sentence that a source reads by its form (a line of a table, a formula with
    its years): each figure in it is taken. `value` and the rest are as in `ClaimedFigure`."""

    start: int
    end: int
    metric: str
    value: Decimal | None = None
    unit: str = ""
    printed: str = ""
    sector: str = ""
    period: str = ""
    scope: str = ""


@dataclass(slots=True)
class Read:
    """A printed figure and its fate: one row of the ledger.

    `reason` says why it was not taken; `words` are those that blocked it; `metric` is what
    claimed it, or would if its words were known.
    """

    printed: str
    sentence: str
    position: int
    kind: str
    fate: Fate
    metric: str = ""
    reason: str = ""
    words: tuple[str, ...] = ()
    value: Decimal | None = None
    unit: str = ""


@dataclass(slots=True)
class ProseReading:
    """What a text says: what was claimed, and every printed figure with its fate."""

    claims: list[ClaimedFigure] = field(default_factory=list)
    figures: list[Read] = field(default_factory=list)
