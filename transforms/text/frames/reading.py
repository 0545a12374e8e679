"""A text read whole: every figure with its fate, and the claims of those that were taken.

What one figure leaves to the next in its sentence (period, market, subject, words that change
meaning) is decided here, for every language; nothing is carried out of a clause that holds an
unknown word, and across sentences only a year or a day counted up to, inside a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from transforms.model import Refused
from transforms.text.figures import FigureKind
from transforms.text.frames.claiming import FigureVerdict, Said, decide
from transforms.text.frames.model import (
    Around,
    ClaimedFigure,
    Fate,
    FixedForm,
    Language,
    ProseReading,
    Read,
    fate_of,
)
from transforms.text.frames.periods import SENTENCE_BEFORE, Dates, Settled, is_over
from transforms.text.frames.rows import Metrics
from transforms.text.frames.words import vocabulary
from transforms.text.plain import PlainText

LONGEST_HEADING = 40
"""Characters of a paragraph up to which the market that it names is that of what follows."""
CARRIED = frozenset(
    (
        *("sum", "gross", "applied", "shown", "registered", "issued", "verified", "first", "new"),
        *("future", "negation", "listed", "block", "only", "daily_mean", "heat", "first_trade"),
    )
)
"""Meanings that go on to a bare sister measure: 累计成交量3亿吨，成交额200亿元."""
NEUTRAL = frozenset({"yearly"})
"""Meanings beside which a sister measure still takes those of the figure before."""
SUMS = NEUTRAL | {"sum", "gross", "since_launch", "whole_year"}
PARTS = frozenset({"listed", "block", "daily_mean", "first_trade"})
"""Meanings that make a figure a part's."""
STAYS = frozenset(
    ("rises", "falls", "level", "part", "share", "from", "will", "respectively", "causes")
)
"""Meanings that go on to no other figure."""
_SAYS = re.compile(r"[0-9]|[〇零一二两三四五六七八九十百]")


SELF_EXPLAINING = frozenset({"trading days", "days"})
"""Units whose figures need nothing from the figure before."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due by a day: the metric, its sector, the period that it is about, and the share
    of emitters (percent) that it is for."""

    metric: str
    sector: str = ""
    period: str = ""
    share: Decimal | None = None


Forms = Callable[[str], Iterable[FixedForm]]
"""A plain sentence -> the parts of it that are read by their form."""
Deadline = Callable[[Around, Settled], Due | None]
"""A day that something is due by, and what it is; None where no metric is due."""


@dataclass(frozen=True, slots=True)
class ProseText:
    """A text to read: its lines, its title, when it was published, and its market if known."""

    lines: str
    title: str = ""
    published_on: date | None = None
    market: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a figure stands: its sentence and paragraph."""

    plain: PlainText
    start: int
    quote: str
    position: int

    def printed(self, start: int, end: int) -> str:
        """The printed characters of a part of the sentence."""
        return self.plain.quote(self.start + start, self.start + end)


def read(
    text: ProseText,
    language: Language,
    metrics: Metrics,
    deadline: Deadline | None = None,
    forms: Forms | None = None,
) -> ProseReading:
    """Every printed figure of a text with its fate, and the claims of those that were taken."""
    return _Reader(text, language, metrics, deadline, forms).read()


class _Reader:
    """One walk over a text."""

    def __init__(
        self,
        text: ProseText,
        language: Language,
        metrics: Metrics,
        deadline: Deadline | None,
        forms: Forms | None,
    ) -> None:
        self.text, self.language, self.metrics = text, language, metrics
        self.deadline, self.forms = deadline, forms
        self.dates = Dates(text.published_on, metrics.cycles)
        self.reading = ProseReading()
        self.market = self.heading = text.market or language.market(text.title)
        self.is_of_other = language.is_of_other(text.title)
        self.before: Settled | None = None

    def read(self) -> ProseReading:
        language = self.language
        for position, paragraph in language.paragraphs(self.text.lines):
            plain = language.plain(paragraph)
            if len(plain.plain) <= LONGEST_HEADING and (named := language.market(plain.plain)):
                self.heading = named
            self.market, self.before = self.heading, None
            for start, end in language.sentences(plain.plain):
                self._sentence(_Place(plain, start, plain.quote(start, end), position), end)
        return self.reading

    def _sentence(self, place: _Place, end: int) -> None:
        sentence = place.plain.plain[place.start : end]
        if not _SAYS.search(sentence):
            self.market = self.language.market(sentence) or self.market
            return
        items = self.language.around(sentence, self.language.scan(sentence))
        self.dates.begin_sentence(self.before.year if self.before else None)
        formed = self._formed(sentence, place)
        carried = Said()
        last: Settled | None = None
        spoken_for: set[int] = set()
        for n, item in enumerate(items):
            figure = item.figure
            if figure.stated is not None and not item.is_base:
                self.dates.note(figure.stated)
            if item.markets:
                self.market = item.markets[-1]
            if form := next((f for f in formed if f.start <= figure.start < f.end), None):
                fate = FigureVerdict(*fate_of(figure)) if figure.stated else None
                if figure.unit and form.unit and figure.unit != form.unit:
                    fate = FigureVerdict(Fate.CONTEXT, "part of a name")  # 300MW等级机组
                self._tell(item, place, fate or FigureVerdict(Fate.TAKEN, metric=form.metric))
            elif item.due:
                share = self._due(item, place, items[n + 1 :])
                spoken_for |= {share} if share is not None else set()
            elif figure.kind is not FigureKind.MEASURE:
                self._tell(item, place, FigureVerdict(*fate_of(figure)))
            elif figure.start not in spoken_for:
                settled = self._settled(item)
                if settled is not None and settled.kind in ("year", "as_of"):
                    last = settled
                carried = self._measure(item, place, settled, carried)
        if last is not None:
            self.before = replace(last, basis=SENTENCE_BEFORE)
        self.market = self.language.market(sentence) or self.market

    def _formed(self, sentence: str, place: _Place) -> list[FixedForm]:
        """What is read by its form: a claim each."""
        formed = list(self.forms(sentence)) if self.forms else []
        for form in formed:
            self.reading.claims.append(
                ClaimedFigure(
                    metric=form.metric,
                    value=form.value,
                    value_to=None,
                    unit=form.unit,
                    printed=form.printed,
                    quote=place.quote,
                    position=place.position,
                    scope=form.scope or self.market,
                    sector=form.sector,
                    period=form.period,
                )
            )
        return formed

    def _settled(self, item: Around) -> Settled | None:
        """The period of a figure as its sentence states it; a day that is none gives none."""
        if item.period is None:
            return None
        try:
            settled = self.dates.settle(item.period, is_as_of=item.is_as_of)
            up_to = self.dates.settle(item.as_of, is_as_of=True) if item.as_of else None
        except Refused:
            return None
        if "since_launch" in item.meanings and up_to is not None:
            return up_to
        if settled is not None and not is_over(settled, up_to):
            return replace(settled, kind="this")  # 截至8月22日…，2025年成交量…
        return settled

    def _measure(self, item: Around, place: _Place, settled: Settled | None, carried: Said) -> Said:
        """Decide what becomes of a measure; gives what it leaves to the next one."""
        said = _with_carried(item, carried, vocabulary(self.language.name).families)
        if item.fate is not None:
            verdict = FigureVerdict(*item.fate)
        else:
            market = "other" if self._is_elsewhere(item) else self.market
            verdict = decide(item, said, self.metrics, (settled, self.before), market)
        if verdict.row and not verdict.row.ahead and self.dates.is_to_come(verdict.settled):
            verdict = FigureVerdict(Fate.DOUBTED, "of a period that is to come", verdict.metric)
        if verdict.row is None:
            self._tell(item, place, verdict)
        else:
            self._claim(item, place, verdict)
        leaves = said.meanings - STAYS
        is_known = not item.unknown and verdict.reason not in ("example", "conversion")
        sectors = said.sectors
        if verdict.row is not None and verdict.row.sector == "subject":
            sectors = sectors or item.subject
        return Said(
            said.measures if is_known else frozenset(),
            frozenset(m for m in leaves if not m.startswith("base_")),
            sectors,
            said.period_said or item.has_own_period,
            is_known,
        )

    def _is_elsewhere(self, item: Around) -> bool:
        """Whether a figure or a last day is another market's."""
        if item.is_of_projects and self.market != "CCER":
            return True
        return "other" in item.markets or (self.is_of_other and not item.is_named)

    def _claim(self, item: Around, place: _Place, verdict: FigureVerdict) -> None:
        """A claim, or of a range one for either end; and the figure's fate."""
        figure, row, settled = item.figure, verdict.row, verdict.settled
        assert row is not None
        printed = place.printed(*figure.number)
        sign = -1 if "falls" in item.meanings else 1
        ends = (
            zip(row.pair, (figure.value, figure.value_to), strict=True)
            if row.pair
            else ((row.metric, figure.value),)
        )
        as_of = settled.day if settled and settled.kind in ("as_of", "day") else None
        if row.undated or as_of is None:
            as_of = None if row.undated else self._as_of(item, settled)
        if row.of and not self.market:
            self.market = row.of
        for metric, value in ends:
            if not metric:
                continue
            self.reading.claims.append(
                ClaimedFigure(
                    metric=metric,
                    value=None if value is None else value * sign,
                    value_to=None if row.pair else figure.value_to,
                    unit=figure.unit if figure.unit != "trading days" else "count",
                    printed=printed,
                    quote=place.quote,
                    position=place.position,
                    scope=verdict.market,
                    sector=verdict.sector,
                    period=verdict.period,
                    qualifier=figure.hedge or None,
                    as_of=as_of,
                    as_of_basis=settled.basis if as_of and settled else None,
                )
            )
        self._tell(item, place, verdict)

    def _as_of(self, item: Around, settled: Settled | None) -> date | None:
        """The day counted up to that the sentence names beside an emission year."""
        if item.as_of is None or settled is None or settled.kind not in ("emission", "cycle"):
            return None
        try:
            found = self.dates.settle(item.as_of, is_as_of=True)
        except Refused:
            return None
        return found.day if found and settled.kind == "emission" else None

    def _due(self, item: Around, place: _Place, later: Sequence[Around]) -> int | None:
        """A day that something is due by; gives the place of the share of emitters that it is
        for, where one is stated."""
        stated = item.figure.stated
        assert stated is not None
        if self._is_elsewhere(item) and not item.is_named:
            self._tell(item, place, FigureVerdict(Fate.UNCLAIMED, "a last day of another market"))
            return None
        try:
            settled = self.dates.settle(stated, is_due=True)
        except Refused as refused:
            self._tell(item, place, FigureVerdict(Fate.DOUBTED, refused.rule))
            return None
        if settled is None:
            self._tell(item, place, FigureVerdict(Fate.NO_PERIOD, "no year to take the day's from"))
            return None
        due = self.deadline(item, settled) if self.deadline else None
        if due is None:
            self._tell(item, place, FigureVerdict(Fate.UNCLAIMED, "a last day of nothing known"))
            return None
        share = _share_of(item, later)
        figure = item.figure
        day = settled.day if settled.kind != "each" else None
        self.reading.claims.append(
            ClaimedFigure(
                metric=due.metric,
                value=share.figure.value if share else due.share,
                value_to=None,
                unit="percent" if share or due.share else "",
                printed=place.printed(figure.start, figure.end + len(item.due_mark)),
                quote=place.quote,
                position=place.position,
                scope=self.market,
                sector=due.sector,
                period="yearly" if settled.kind == "each" else due.period,
                as_of=day,
                as_of_basis=settled.basis if day else None,
                due_on=day,
                due_hour=stated.hour,
            )
        )
        taken = FigureVerdict(Fate.TAKEN, metric=due.metric)
        self._tell(item, place, taken)
        if share is None:
            return None
        self._tell(share, place, taken)
        return share.figure.start

    def _tell(self, item: Around, place: _Place, verdict: FigureVerdict) -> None:
        figure = item.figure
        self.reading.figures.append(
            Read(
                printed=place.printed(figure.start, figure.end),
                sentence=place.quote,
                position=place.position,
                kind=figure.kind.value,
                fate=verdict.fate,
                metric=verdict.metric,
                reason=verdict.reason,
                words=verdict.words,
                value=figure.value,
                unit=figure.unit,
            )
        )


def _with_carried(item: Around, carried: Said, families: Sequence[frozenset[str]]) -> Said:
    """What is said of a figure, with what the one before leaves to it.

    Without a measure of its own it takes that one's, and if it says nothing at all its words
    too; with nothing but a measure it takes those words that change a sister's meaning.
    """
    measures, meanings, sectors = item.measures, item.meanings, item.sectors
    is_relation = any(m.startswith("base_") for m in meanings) or meanings & {"rises", "falls"}
    if "of_before" in meanings and carried.is_known:
        meanings = (meanings - {"of_before"}) | carried.meanings
        measures, sectors = measures | carried.measures, sectors or carried.sectors
    elif item.figure.unit in SELF_EXPLAINING:
        pass
    elif carried.is_known and "share" not in meanings:
        if not measures:
            measures = carried.measures
            if not meanings or is_relation:
                meanings |= carried.meanings
        elif not (meanings - NEUTRAL or item.has_own_period) and _are_sisters(
            measures, carried, families
        ):
            meanings |= carried.meanings & CARRIED
        elif not item.has_own_period and _is_rest(measures, meanings, carried, families):
            meanings |= {"subtotal"}
        if not sectors and carried.sectors:
            sectors = carried.sectors
            if item.is_total:
                meanings |= {"subtotal"}
    return Said(measures, meanings, sectors, item.has_own_period, True)


def _are_sisters(
    measures: frozenset[str], carried: Said, families: Sequence[frozenset[str]]
) -> bool:
    """Whether a clause speaks of another measure of the family that the one before is of; in a
    language without families every one does."""
    if not families:
        return True
    if measures & carried.measures:
        return False
    return any(family & measures and family & carried.measures for family in families)


def _is_rest(
    measures: frozenset[str],
    meanings: frozenset[str],
    carried: Said,
    families: Sequence[frozenset[str]],
) -> bool:
    """Whether a sum stands beside a part: 挂牌成交量…，累计成交额… may be the part's or all's."""
    is_sum = bool(meanings) and meanings <= SUMS
    return is_sum and bool(carried.meanings & PARTS) and _are_sisters(measures, carried, families)


def _share_of(item: Around, later: Sequence[Around]) -> Around | None:
    """The share of emitters that a last day is for: 95%的重点排放单位."""
    for other in later:
        if other.due or other.figure.kind is not FigureKind.MEASURE:
            return None
        if other.figure.unit == "percent" and "emitters" in other.measures:
            return other
    return None
