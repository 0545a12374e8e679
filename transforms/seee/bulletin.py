"""A bulletin of the Shanghai exchange, from its prose to one row of `seee_bulletins`.

Three steps: claim every figure of the text, see that nothing due is missing, fill in the
row. Whatever is not understood refuses the whole bulletin: there are no half rows.
"""

from __future__ import annotations

import json
from datetime import date

from schemas.sources.seee.tables import SEEE_BULLETINS
from schemas.trading import LAUNCH
from transforms.model import Record, Refused, Remark, Row
from transforms.seee.clauses import SUSPECT, scanner
from transforms.seee.correction import take_correction
from transforms.seee.period import (
    AUCTION_FROM,
    Period,
    price_basis,
    read_publication,
    read_title,
    weight_regime,
)
from transforms.seee.sheet import ZERO_CNY, Sheet, take
from transforms.text.plain import PlainText, without_blanks

_EMPTY_ROW = dict.fromkeys(column.name for column in SEEE_BULLETINS.own)
_NO_FLAGS = dict.fromkeys(
    ("is_no_trade", "is_no_listed", "is_no_block", "is_no_auction", "is_flat"), False
)
_LEGS = frozenset({"listed", "block", "auction", "total", "cumulative"})
# The first two weekly texts and the first monthly one gave no cumulative figures.
_CUMULATIVE_FROM = date(2021, 8, 1)


def read_bulletin(record: Record) -> Row:
    """The row of a bulletin: fields `title`, `published` and `text` of the record.

    The flags `is_no_...` say what the text says: on a day without any trade that is
    `is_no_trade` alone. Raises `Refused` (see `transforms.seee.transform`).
    """
    period = read_title(_text(record, "title"))
    corrects, text = take_correction(without_blanks(_text(record, "text")), period)
    sheet = claim(text, period)
    basis = price_basis(period, text.plain)
    remarks = settle(sheet, basis)
    published_on, article_no, odd = read_publication(
        record.url, _text(record, "published").strip(), period
    )
    values = {
        **_EMPTY_ROW,
        "period": period.kind,
        "period_start": period.start,
        "period_end": period.end,
        "trade_date": period.end,
        "title": period.title,
        "published_on": published_on,
        "article_no": article_no,
        "price_basis": basis,
        "weight_regime": weight_regime(period.end),
        **_NO_FLAGS,
        **sheet.values,
        "rounded_figures": json.dumps(sheet.rounded, sort_keys=True) if sheet.rounded else None,
    }
    evidence = sheet.evidence | ({"title": corrects} if corrects else {})
    return Row(SEEE_BULLETINS.name, values, evidence, (*odd, *remarks))


def _text(record: Record, name: str) -> str:
    value = record.fields.get(name)
    if not isinstance(value, str):
        raise Refused("record_shape", repr(value), f"a bulletin's {name} is a text")
    return value


def claim(text: PlainText, period: Period) -> Sheet:
    """Every clause of the text, written down.

    Raises `Refused`: `unclaimed_figure`, `unknown_clause`, `missing_turnover`,
    `contradiction`, `date_mismatch`, `wrong_unit`, `bad_number`, `bad_date`.
    """
    sheet = Sheet(period)
    gaps: list[tuple[int, int]] = []
    position = 0
    for found in scanner(period.kind).claims(text.plain):
        take(sheet, found, text.quote(found.start, found.end))
        gaps.append((position, found.start))
        position = found.end
    gaps.append((position, len(text.plain)))
    if SUSPECT.search("\n".join([text.plain[start:end] for start, end in gaps])):
        raise _unclaimed(text, gaps)
    return sheet


def _unclaimed(text: PlainText, gaps: list[tuple[int, int]]) -> Refused:
    """The refusal that quotes the first sentence with a figure, else a word, left unclaimed."""
    suspects = [
        (found.start(), found[0])
        for start, end in gaps
        for found in SUSPECT.finditer(text.plain, start, end)
    ]
    for position, words in suspects:
        if words.isdigit():
            sentence = text.sentence(position)
            return Refused("unclaimed_figure", sentence, "figures that no known clause holds")
    position, words = suspects[0]
    sentence = text.sentence(position)
    return Refused("unknown_clause", sentence, f"{words!r} outside of any known clause")


def settle(sheet: Sheet, basis: str) -> tuple[Remark, ...]:
    """See that all that is due is there, and write down what follows from what was said.

    Raises `Refused`: `missing_clause`, `contradiction`.
    """
    period = sheet.period
    if period.kind == "day" and period.end == LAUNCH:
        _total_of_launch_day(sheet)
    _check_totals(sheet)
    _check_prices(sheet, basis)
    return (*_check_cumulative(sheet), *_check_auction(sheet))


def _require(is_met: bool, what: str) -> None:
    if not is_met:
        raise Refused("missing_clause", what, "the text does not say it")


def _total_of_launch_day(sheet: Sheet) -> None:
    """The text on the launch day knows listed trades only: they are the day's total."""
    if sheet.states("listed") and not sheet.states("total") and not sheet.states("block"):
        for figure in ("volume_t", "turnover_cny"):
            listed = f"listed_{figure}"
            sheet.put(f"total_{figure}", sheet.values[listed], sheet.evidence[listed])


def _check_totals(sheet: Sheet) -> None:
    period = sheet.period
    for name in sheet.rounded:
        leg, _, figure = name.partition("_")
        if figure == "volume_t" and f"{leg}_turnover_cny" not in sheet.rounded and leg in _LEGS:
            raise Refused("missing_turnover", leg, f"{leg}: a volume without its turnover")
    _require(sheet.states("total"), "total volume and turnover")
    _require(sheet.states("listed"), "listed trades, or that there were none")
    is_launch_day = period.kind == "day" and period.end == LAUNCH
    _require(sheet.states("block") or is_launch_day, "block trades, or that there were none")


def _is_thin(sheet: Sheet) -> bool:
    """A daily text whose price sentence holds the close and nothing else."""
    prices = ("open_cny_per_t", "high_cny_per_t", "low_cny_per_t", "change_pct")
    return sheet.period.kind == "day" and not any(name in sheet.values for name in prices)


def _check_prices(sheet: Sheet, basis: str) -> None:
    """What a period's text says of prices, by its length.

    Years: the close (but of a composite price with its high), and perhaps high and low, or the
    high alone. Weeks and months: high
    and low, and the close while prices were of listed trades; composite texts give no
    level of the close, and on months neither high nor low.
    """
    kind, values = sheet.period.kind, sheet.values
    has_high, has_low, has_close = (
        f"{name}_cny_per_t" in values for name in ("high", "low", "close")
    )
    if kind == "year":
        _require(has_close or (basis == "composite" and has_high), "close on the last day")
        _require(has_high or not has_low, "high beside the low")
        return
    _require(has_high == has_low, "high and low, both or neither")
    has_listed = bool(values["listed_volume_t"])
    if kind == "day":
        _check_prices_of_day(sheet, has_listed)
        return
    _require(has_close or basis == "composite", "close on the last day")
    is_due = has_listed and (basis == "listed" or kind == "week")
    _require(has_high or not is_due, "high and low")


def _check_prices_of_day(sheet: Sheet, has_listed: bool) -> None:
    """The close, alone or in a full sentence; high and low where listed trades made them."""
    has_open, has_high, has_close = (
        f"{name}_cny_per_t" in sheet.values for name in ("open", "high", "close")
    )
    has_change = "change_pct" in sheet.values
    _require(has_close, "close")
    if has_high and not has_listed:
        quote = sheet.evidence["high_cny_per_t"]
        raise Refused("contradiction", quote, "a high and a low on a day without listed trades")
    _require(has_open or not has_high, "open beside high and low")
    _require(has_high or not (has_open and has_listed), "high and low beside the open")
    _require(has_change or not has_open, "change of the close, or that it is level")
    is_alone = has_change and not has_open
    _require(not is_alone or sheet.period.end == LAUNCH, "open beside the change")


def _check_cumulative(sheet: Sheet) -> tuple[Remark, ...]:
    period = sheet.period
    if sheet.states("cumulative") or sheet.values.get("is_no_trade"):
        return ()
    if period.end < _CUMULATIVE_FROM and (period.kind != "day" or period.end == LAUNCH):
        return ()
    _require(_is_thin(sheet), "cumulative volume and turnover")
    return (Remark("no_cumulative", period.title, "a short text without cumulative figures"),)


def _check_auction(sheet: Sheet) -> tuple[Remark, ...]:
    """Auctions have been offered since 2025-07-16; each daily says so or no, from the day after."""
    period = sheet.period
    if period.end < AUCTION_FROM or sheet.states("auction"):
        return ()
    if sheet.values.get("is_no_trade"):
        quote = sheet.evidence["is_no_trade"]
        sheet.put("auction_volume_t", 0, quote)
        sheet.put("auction_turnover_cny", ZERO_CNY, quote)
        return ()
    if period.kind == "day":
        _require(period.end == AUCTION_FROM, "auction, or that there was none")
        return ()
    detail = "the text does not speak of auctions, though they were offered"
    return (Remark("auction_not_stated", period.title, detail),)
