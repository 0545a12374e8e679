"""Each clause's reader: checked against the period, and written down."""

from __future__ import annotations

from collections.abc import Callable

from schemas.trading import LAUNCH
from transforms.model import Refused
from transforms.seee.clauses import Claim
from transforms.seee.sheet import (
    CHANGE_BASIS,
    ZERO_CNY,
    Groups,
    Sheet,
    change,
    expect,
    expect_day,
    rounded,
)
from transforms.seee.year import YEAR_READERS
from transforms.text.dates import compact_day, day
from transforms.text.numbers import cny, cny_per_t, percent, tonnes

_UNIT_OF_AS_OF = {"日": "day", "周": "week", "月": "month", "年": "year"}


def take(sheet: Sheet, claim: Claim, quote: str) -> None:
    """Write down what a clause says. Raises `Refused`, see the clause's own reader."""
    _READERS[claim.name](sheet, claim.groups, quote, claim.name)


def _leg(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """Volume and turnover of one clause, both exact or both rounded."""
    volume, volume_unit, turnover, turnover_unit = groups[-4:]
    if volume and not turnover and volume_unit != "吨" and sheet.period.kind == "year":
        # The yearly prose gives volumes in one sentence and turnovers in another.
        volume_t = rounded(sheet, volume, str(volume_unit), "t", quote)
        sheet.put_rounded(f"{name}_volume_t", volume_t, quote)
        return
    if not turnover or not turnover_unit:
        raise Refused("missing_turnover", quote, f"{name}: a volume without its turnover")
    assert volume
    assert volume_unit
    if volume_unit == "吨" and turnover_unit == "元":
        sheet.put(f"{name}_volume_t", tonnes(volume), quote)
        sheet.put(f"{name}_turnover_cny", cny(turnover), quote)
        return
    volume_t = rounded(sheet, volume, volume_unit, "t", quote)
    turnover_cny = rounded(sheet, turnover, turnover_unit, "cny", quote)
    sheet.put_rounded(f"{name}_volume_t", volume_t, quote)
    sheet.put_rounded(f"{name}_turnover_cny", turnover_cny, quote)


def _ytd(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    year, year_again, month, day_of_month = groups[:4]
    expect_day(sheet, (year_again or year, month, day_of_month), quote)
    _year(sheet, (year,), quote, name)
    _leg(sheet, groups, quote, name)


def _price(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    sheet.put(f"{name}_cny_per_t", cny_per_t(str(groups[0])), quote)


def _launch_change(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """Changes that only the launch day and the year of the launch print.

    The year prints two, against the close and the open of the launch day. The row keeps
    the one against the close; the other is understood, and left in the archived page.
    """
    basis = "opening_price" if name == "launch_day_change" else "launch_close"
    if sheet.period.start != LAUNCH:
        raise Refused(
            "unknown_clause", quote, "only the first day and year compare with the launch"
        )
    reference, direction, printed = groups
    if reference:
        cny_per_t(reference)
    change = percent(str(printed))
    if name != "launch_open_change":
        sheet.put("change_pct", -change if direction == "下跌" and change else change, quote)
        sheet.put("change_basis", basis, quote)


def _flat(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    sheet.put("change_pct", ZERO_CNY, quote)
    sheet.put("change_basis", CHANGE_BASIS[sheet.period.kind], quote)
    sheet.put("is_flat", True, quote)


def _nothing(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The bulletin says that a leg (`no_block` ...) did not trade: 0, not null."""
    leg = name.removeprefix("no_")
    sheet.put(f"is_{name}", True, quote)
    sheet.put(f"{leg}_volume_t", 0, quote)
    sheet.put(f"{leg}_turnover_cny", ZERO_CNY, quote)


def _no_trade(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    sheet.put("is_no_trade", True, quote)
    for leg in ("listed", "block", "total"):
        sheet.put(f"{leg}_volume_t", 0, quote)
        sheet.put(f"{leg}_turnover_cny", ZERO_CNY, quote)


def _last_date(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    expect_day(sheet, groups, quote)


def _dates(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    expect(sheet.period.start, compact_day(f"20{groups[0]}"), quote)
    expect(sheet.period.end, compact_day(f"20{groups[1]}"), quote)


def _dates_in_words(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    first = day(f"20{groups[0]}", str(groups[1]), str(groups[2]))
    expect(sheet.period.start, first, quote)
    expect_day(sheet, (groups[3] or groups[0], *groups[4:]), quote)


def _caption(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The caption of an image that reprints leave in the text: `20230828-1`."""
    expect(sheet.period.end, compact_day(f"20{groups[0]}"), quote)


def _as_of(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """截至今日 is good for every period (it is published on its last day), 截至本周 for weeks."""
    unit = _UNIT_OF_AS_OF[str(groups[0])[1]]
    if unit not in ("day", sheet.period.kind):
        raise Refused("date_mismatch", quote, f"in a bulletin on a {sheet.period.kind}")


def _year(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    expect(sheet.period.end.year, int(f"20{groups[0]}"), quote)


def _month(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    _year(sheet, groups, quote, name)
    expect(sheet.period.end.month, int(str(groups[1])), quote)


def _trading_days(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    sheet.put_rounded("trading_days", int(str(groups[0])), quote)


def _vintage(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """Volume of the allowances of a vintage: `2019-2020` is CEA19-20, `2021` is CEA21."""
    first, last, printed, unit = groups
    product = f"CEA{first}-{last}" if last else f"CEA{first}"
    value = rounded(sheet, str(printed), str(unit), "t", quote)
    sheet.put_rounded(f"{product}_volume_t", value, quote)


_READERS: dict[str, Callable[[Sheet, Groups, str, str], None]] = {
    **dict.fromkeys(("listed", "block", "auction", "total", "cumulative"), _leg),
    **dict.fromkeys(("open", "high", "low", "close"), _price),
    **dict.fromkeys(("no_listed", "no_block", "no_auction"), _nothing),
    **dict.fromkeys(
        ("launch_day_change", "launch_close_change", "launch_open_change"), _launch_change
    ),
    "ytd": _ytd,
    "change": change,
    "flat": _flat,
    "no_trade": _no_trade,
    "dates": _dates,
    "dates_in_words": _dates_in_words,
    "last_date": _last_date,
    "caption": _caption,
    "as_of": _as_of,
    "year": _year,
    "month": _month,
    "trading_days": _trading_days,
    "vintage": _vintage,
    **YEAR_READERS,
}
