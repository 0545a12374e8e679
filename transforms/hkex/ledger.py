"""Every printed figure of a release on carbon, and what became of it: a row of `hkex_prose`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from schemas.sources.hkex.tables import HKEX_PROSE
from transforms.hkex.model import ClimateEvent, CountTold, ReleaseText
from transforms.model import Row
from transforms.text.figures import FigureKind, PrintedFigure, en, zh
from transforms.text.frames.ledger import ledger_values
from transforms.text.frames.model import Fate, Read, fate_of
from transforms.text.plain import PlainText, without_blanks

_CODE = re.compile(r"\([0-9]{4,5}(?:\.HK)?\)|[,(][0-9]{4,5}\.HK\)")
"""The stock code of a company, behind its name."""


def prose_row(
    release_id: str, release: ReleaseText, told: Sequence[CountTold], events: Sequence[ClimateEvent]
) -> Row:
    """The row of a release in a language. `told`: the figures that a pattern found."""
    read = [
        figure
        for position, paragraph in enumerate((release.heading, release.opening, *release.behind))
        for sentence in paragraph
        for figure in _figures(sentence, position, release.language, told, events)
    ]
    values = {"release_id": release_id, "language": release.language, **ledger_values(read)}
    return Row(HKEX_PROSE.name, values, {})


def _figures(
    sentence: PlainText,
    position: int,
    language: str,
    told: Sequence[CountTold],
    events: Sequence[ClimateEvent],
) -> Iterator[Read]:
    text = sentence if language == "en" else without_blanks(sentence.printed)
    found = [one for one in told if one.quantity.sentence is sentence]
    bought = [e.tonnes for e in events if e.tonnes and e.tonnes.sentence is sentence]
    for figure in (en if language == "en" else zh).scan(text.plain):
        printed = text.quote(figure.start, figure.end)
        fate, reason = fate_of(figure)
        read = Read(printed, sentence.printed, position, figure.kind.value, fate, reason=reason)
        read.value, read.unit = figure.value, figure.unit
        at = _spot(sentence, text, figure, language)
        if any(quantity.start <= at < quantity.end for quantity in bought):
            read.fate, read.metric, read.reason = Fate.TAKEN, "tonnes", ""
        elif one := next((o for o in found if o.quantity.start <= at < o.quantity.end), None):
            _tell(read, one, figure.value_to)
        elif _CODE.search(text.plain, max(0, figure.start - 1), figure.end + 4):
            read.fate, read.reason = Fate.CONTEXT, FigureKind.CODE.value
        elif metric := _of_event(figure, printed, sentence.printed, events):
            read.fate, read.metric, read.reason = Fate.TAKEN, metric, ""
        yield read


def _spot(sentence: PlainText, text: PlainText, figure: PrintedFigure, language: str) -> int:
    """Where the first digit of a figure's number stands in the release's own sentence."""
    first = figure.number[0] if figure.number[1] else figure.start
    if language == "en":
        return first
    wanted = text.origins[first] if text.origins else first
    inked = (at for at, letter in enumerate(sentence.printed) if not letter.isspace())
    return next(islice(inked, wanted, None), len(sentence.printed))


def _tell(read: Read, one: CountTold, value_to: Decimal | None) -> None:
    """Write down what the patterns made of a figure."""
    read.metric = one.metric
    if read.value is not None and one.quantity.value not in (read.value, value_to):
        read.fate, read.reason = Fate.UNCLAIMED, "the level before"
    elif one.veto is None:
        read.fate, read.reason = Fate.TAKEN, ""
    else:
        read.fate, read.reason, read.words = one.veto.fate, one.veto.reason, one.veto.words


def _of_event(
    figure: PrintedFigure, printed: str, sentence: str, events: Sequence[ClimateEvent]
) -> str:
    """What of an event a figure is: its day, a year of its pledge, a stock code."""
    for event in events:
        is_dated = figure.kind is FigureKind.DATE and event.date_words and sentence == event.quote
        if is_dated and "".join(printed.split()) in "".join(event.date_words.split()):
            return "event_date"
        if sentence not in event.particular_words:
            continue
        years = {"carbon_neutral_by": event.carbon_neutral_by, "net_zero_by": event.net_zero_by}
        for name, year in years.items():
            if year is not None and figure.stated and figure.stated.year == year:
                return name
        if any(code in printed for code in event.stock_codes):
            return "stock_codes"
    return ""
