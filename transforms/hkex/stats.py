"""Statistics of the Core Climate marketplace in a release, wherever they stand in it.

A settlement's or a purchase's tonnes are one client's and no volume of the marketplace. What is not
understood is left untaken, with the reason; nothing else of the release is held back for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from transforms.hkex.dates import dated_in, of_another_time, span_told
from transforms.hkex.model import CountTold, Quantity, Veto
from transforms.hkex.quantities import quantities
from transforms.hkex.vetoes import veto
from transforms.model import Refused
from transforms.text.frames.model import Fate
from transforms.text.plain import PlainText, same_length

_VOLUME = re.compile(
    r"\b(?:traded|transacted|trading|trades?|transactions?|volume|total|cumulative\w*|since)\b"
    r"|成交|交易|總|总|累計|累计|以來|以来",
    re.IGNORECASE | re.ASCII,
)
_MARKET = re.compile(
    r"Core Climate|\bcarbon market(?:place)?\b|碳市場|碳市场", re.IGNORECASE | re.ASCII
)
_ELSEWHERE = re.compile(
    r"\b(?:EU|European|China's|Chinese|national|mainland|Korean?|Japanese|Singapore|UK|other)\b"
    r"[^.;]{0,40}?\bcarbon market|\bcarbon market\w{0,5} (?:of|in) (?!Hong Kong|Asia)"
    r"|(?:全[國国]|歐盟|欧盟|[內内]地|中[國国]|其他)[^。;；]{0,10}?碳(?:排放[權权]交易)?市[場场]",
)
"""Another market than the exchange's own: what is counted there is nobody's here."""
_PLATFORM = re.compile(
    r"\b(?:the|this|its|our) (?:(?:new|international|voluntary|carbon|credit|trading) ){0,4}"
    r"(?:platform|marketplace)\b|平台|平臺",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure of the marketplace, and the days that it is of."""

    metric: str
    quantity: Quantity
    as_of_start: date | None
    as_of: date

    @property
    def value(self) -> Decimal:
        return self.quantity.value


@dataclass(slots=True)
class Counted:
    """The statistics of a release, one for each metric, and all figures that were looked at."""

    stats: list[Stat] = field(default_factory=list)
    told: list[CountTold] = field(default_factory=list)


def is_about_market(paragraph: Sequence[PlainText]) -> bool:
    """Whether a paragraph names the marketplace: only then are its counts the marketplace's."""
    return any(_MARKET.search(sentence.plain) for sentence in paragraph)


def stats(
    paragraphs: Sequence[Sequence[PlainText]],
    language: str,
    published_on: date,
    settled: Sequence[Quantity],
) -> Counted:
    """One statistic for each metric that the paragraphs state; two different values of one are
    doubted, and neither is taken. The statement that says of which days it is goes first."""
    counted = Counted()
    found: dict[str, list[Stat]] = {}
    for sentence, is_about in _with_subject(paragraphs):
        try:
            claimed = quantities(sentence, language)
        except Refused:
            continue  # hedged both ways, or no number: it stays unread
        for quantity in claimed:
            if quantity.metric == "tonnes" and _is_settled(quantity, settled):
                counted.told.append(CountTold(quantity, "tonnes"))
                continue
            stopped = _stopped(quantity, language, is_about=is_about)
            stat = _stat(quantity, language, published_on)
            if stopped is None and stat.as_of_start is None:
                stopped = _of_another_time(quantity, language, published_on)
            counted.told.append(CountTold(quantity, stat.metric, stopped))
            if stopped is None:
                found.setdefault(stat.metric, []).append(stat)
    for metric, told in found.items():
        if len({stat.value for stat in told}) == 1:
            counted.stats.append(_best(told))
        else:
            counted.told = [_doubted(each, metric) for each in counted.told]
    return counted


def _best(told: Sequence[Stat]) -> Stat:
    """The statement with its days, else the one with a hedge, else the first."""
    return min(told, key=lambda s: (s.as_of_start is None, s.quantity.qualifier is None))


def _doubted(told: CountTold, metric: str) -> CountTold:
    if told.metric != metric or told.veto is not None:
        return told
    return replace(told, veto=Veto(Fate.DOUBTED, f"two figures of {metric}"))


def _stopped(quantity: Quantity, language: str, *, is_about: bool) -> Veto | None:
    if not is_about:
        return Veto(Fate.UNCLAIMED, "a count of what?")
    words = quantity.sentence.plain
    if _ELSEWHERE.search(words) and "Core Climate" not in words:
        return Veto(Fate.UNCLAIMED, "another market")
    if quantity.metric == "tonnes" and not _VOLUME.search(quantity.sentence.plain):
        return Veto(Fate.UNCLAIMED, "tonnes neither settled nor traded")
    return veto(quantity, language)


def _with_subject(paragraphs: Sequence[Sequence[PlainText]]) -> Iterator[tuple[PlainText, bool]]:
    is_release_about = bool(paragraphs) and is_about_market(paragraphs[0])
    for paragraph in paragraphs:
        is_about = is_about_market(paragraph) or (
            is_release_about and any(_PLATFORM.search(s.plain) for s in paragraph)
        )
        yield from ((sentence, is_about) for sentence in paragraph)


def _is_settled(quantity: Quantity, settled: Sequence[Quantity]) -> bool:
    return any(quantity.value == event.value for event in settled)


def _stat(quantity: Quantity, language: str, published_on: date) -> Stat:
    metric = "cumulative_tonnes" if quantity.metric == "tonnes" else quantity.metric
    span = span_told(quantity.sentence, language, published_on)
    return Stat(metric, quantity, span.start if span else None, span.end if span else published_on)


def _of_another_time(quantity: Quantity, language: str, published_on: date) -> Veto | None:
    """A figure whose clause names a year, quarter or month is of that, and none of today."""
    text = quantity.sentence.plain
    begin = max(text.rfind(mark, 0, quantity.start) for mark in ",，;；:：") + 1
    behind = (place for mark in ",，;；:：" if (place := text.find(mark, quantity.end)) >= 0)
    clause = same_length(quantity.sentence.printed[begin : min(behind, default=len(text))])
    told = of_another_time(dated_in(clause, language, published_on))
    return Veto(Fate.UNCLAIMED, f"of another time: {told}") if told else None
