"""A bulletin: a sentence about the day's trades, and at most one about all since the launch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from transforms.ccer.figures import AVERAGE, SUMS, figure
from transforms.model import Refused, Row
from transforms.text.dates import day
from transforms.text.plain import PlainText, prose, without_blanks

_DAY = r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
_TITLE = re.compile(rf"{_DAY}\D{{0,20}}自愿减排\D{{0,20}}")
_N = r"(?:\d{1,3}(?:,\d{3})++|\d++)(?:\.\d++)?"
_VOLUME, _TURNOVER = (f"(?P<{name}>{_N})" for name in SUMS)
_MARKET = "全国温室气体自愿减排交易市场"
_FORMS = {
    "trade": re.compile(
        rf"(?:{_DAY},)?核证自愿减排量成交量{_VOLUME}吨,成交额{_TURNOVER}元,"
        rf"成交均价(?P<{AVERAGE}>{_N})元/吨"
    ),
    "none": re.compile(rf"(?:{_DAY},)?核证自愿减排量无成交"),
    # What stands before it on the launch day's page is not known; it speaks of no trade.
    "launch": re.compile(
        rf"(?:{_DAY})?[^成]{{0,60}}{_MARKET}总成交量{_VOLUME}吨,总成交额{_TURNOVER}元"
    ),
    "": re.compile(
        rf"截至{_DAY},{_MARKET}累计成交量(?P<cumulative_volume_t>{_N})吨"
        rf"(?:,累计成交额(?P<cumulative_turnover_cny>{_N})元)?"
    ),
}
"""The sentences that are known, by the variety of bulletin that they make."""
_SENTENCE, _FIGURE = re.compile(r"[^。;]+"), re.compile(r"\d|成交")
_DOUBT = re.compile(
    "误|更正|更改|修正|勘|作废|无效|撤|测试|模拟|为准|暂|核实|不含|未含|剔除|估|万|千|单位"
)
"""Words of a sentence that may change what the figures beside it mean."""


def read_bulletin(fields: Mapping[str, Any]) -> Row:
    """The row of a bulletin's `title`, `published` (year, month, day) and `text`.

    Raises `Refused`: `bad_title`, `bad_date`, `bad_number`, `other_day`, `unknown_clause`,
    `not_one_trade`.
    """
    title = _TITLE.fullmatch(without_blanks(fields["title"]).plain)
    if title is None:
        raise Refused("bad_title", fields["title"], "not the title of a day's bulletin")
    of, text = day(*title.groups()), prose(fields["text"])
    values: dict[str, Any] = {"trade_date": of, "published_on": day(*fields["published"])}
    values |= dict.fromkeys((AVERAGE, "cumulative_volume_t", "cumulative_turnover_cny"))
    values |= {name: figure(name, "0") for name in SUMS}
    evidence, told = dict[str, str](), list[str]()
    for variety, found in _sentences(text, of):
        said = {n: v for n, v in found.groupdict().items() if v and n in values}
        values |= {name: figure(name, printed) for name, printed in said.items()}
        evidence |= dict.fromkeys(said or ("variety",), text.quote(*found.span()))
        told.append(variety)
    varieties = [variety for variety in told if variety]
    if len(varieties) != 1 or len(told) > 2:
        raise Refused("not_one_trade", text.printed[:400], "not one sentence of a day's trades")
    return Row("ccer_bulletins", {**values, "variety": varieties[0]}, evidence)


def _sentences(text: PlainText, of: date) -> Iterator[tuple[str, re.Match[str]]]:
    """The sentences about trades. Raises `Refused` for one with a figure, or a word that casts
    doubt on one, that has no known form, or that is of another day."""
    for sentence in _SENTENCE.finditer(text.plain):
        span = sentence.span()
        found = [(name, m) for name, f in _FORMS.items() if (m := f.fullmatch(text.plain, *span))]
        if not found and (_FIGURE.search(sentence[0]) or _DOUBT.search(sentence[0])):
            raise Refused("unknown_clause", text.quote(*span), "no sentence of a bulletin")
        for variety, match in found:
            stated = match.groupdict().get("year") and day(*match.group("year", "month", "day"))
            if stated and stated != of:
                raise Refused("other_day", text.quote(*span), f"the title is of {of}")
            yield variety, match
