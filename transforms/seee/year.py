"""What only the prose on a year says: turnovers apart from volumes, vintages with their shares,
ranges and means."""

from __future__ import annotations

from collections.abc import Callable

from transforms.model import Refused
from transforms.seee.sheet import Groups, Sheet, change, expect, rounded
from transforms.text.dates import day
from transforms.text.numbers import cny_per_t, percent


def _turnover(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The turnover of a leg whose volume stands in another sentence."""
    printed, unit = groups
    sheet.put_rounded(f"{name}_cny", rounded(sheet, str(printed), str(unit), "cny", quote), quote)


def _daily_mean(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    printed, unit = groups
    value = rounded(sheet, str(printed), str(unit), "t", quote)
    sheet.put_rounded("daily_mean_volume_t", value, quote)


def _vintage_share(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """Volume, share of the year's volume and turnover of the allowances of a vintage."""
    first, last, volume, unit, share, turnover, turnover_unit = map(str, groups)
    product = f"CEA{first}-{last}" if groups[1] else f"CEA{first}"
    sheet.put_rounded(f"{product}_volume_t", rounded(sheet, volume, unit, "t", quote), quote)
    turnover_cny = rounded(sheet, turnover, turnover_unit, "cny", quote)
    sheet.put_rounded(f"{product}_turnover_cny", turnover_cny, quote)
    sheet.put_rounded(f"{product}_share_pct", str(percent(share)), quote)


def _close_range(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    low, high = (cny_per_t(str(printed)) for printed in groups)
    if low > high:
        raise Refused("bad_number", quote, f"from {low} to {high}")
    sheet.put_rounded("lowest_close_cny_per_t", str(low), quote)
    sheet.put_rounded("highest_close_cny_per_t", str(high), quote)


def _day_in_brackets(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """Month and day beside 今日, as reprints have them."""
    month, day_of_month = map(str, groups)
    expect(sheet.period.end, day(sheet.period.end.year, month, day_of_month), quote)


def _december_close(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    day_of_month, printed = map(str, groups)
    expect(sheet.period.end, day(sheet.period.end.year, 12, day_of_month), quote)
    sheet.put("close_cny_per_t", cny_per_t(printed), quote)


def _year_change(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The change on the last day of the year before, which is named."""
    year, again, month, day_of_month, direction, printed = groups
    expect(sheet.period.end.year - 1, int(f"20{year}"), quote)
    if again:
        expect(int(f"20{year}"), day(f"20{again}", str(month), str(day_of_month)).year, quote)
    change(sheet, (None, direction, printed), quote, name)


def _mean(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The year's mean price, and its change on the mean of the year before."""
    year, printed, base, direction, change = groups
    expect(sheet.period.end.year, int(f"20{year}"), quote)
    sheet.put_rounded("mean_price_cny_per_t", str(cny_per_t(str(printed))), quote)
    if base:
        expect(sheet.period.end.year - 1, int(f"20{base}"), quote)
        moved = percent(str(change))
        value = str(-moved if direction == "下跌" and moved else moved)
        sheet.put_rounded("mean_price_change_pct", value, quote)


def _heading(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The head of a part of the text, which says nothing of itself."""


YEAR_READERS: dict[str, Callable[[Sheet, Groups, str, str], None]] = {
    **dict.fromkeys(("listed_turnover", "block_turnover", "total_turnover"), _turnover),
    "daily_mean": _daily_mean,
    "vintage_share": _vintage_share,
    "close_range": _close_range,
    "day_in_brackets": _day_in_brackets,
    "december_close": _december_close,
    "year_change": _year_change,
    "mean": _mean,
    "heading": _heading,
}
