"""Claims become figures: each clause checked against the period and written down once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from schemas.trading import LAUNCH
from transforms.model import Refused
from transforms.seee.clauses import Claim
from transforms.seee.period import Period
from transforms.text.dates import compact_day, day
from transforms.text.numbers import cny, cny_per_t, number, percent, tonnes
from transforms.text.quantities import unit_factor

ZERO_CNY = Decimal("0.00")
_UNIT_OF_AS_OF = {"日": "day", "周": "week", "月": "month", "年": "year"}
CHANGE_BASIS = {
    "day": "previous_close",
    "week": "previous_period_close",
    "month": "previous_period_close",
    "year": "previous_period_close",
}


@dataclass(slots=True)
class Sheet:
    """What a text states about its period.

    `values` and `evidence` (the printed words) are by column; `rounded` holds what the
    prose prints in 万 and 亿, in tonnes and yuan.
    """

    period: Period
    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    rounded: dict[str, int | str] = field(default_factory=dict)

    def put(self, column: str, value: Any, quote: str) -> None:
        """Write a figure. Raises `Refused("contradiction")` if another one stands there."""
        known = self.values.setdefault(column, value)
        if known != value:
            before = self.evidence[column]
            raise Refused("contradiction", quote, f"{column} is {known} in {before!r}")
        self.evidence.setdefault(column, quote)

    def put_rounded(self, name: str, value: int | str, quote: str) -> None:
        """Write a figure that is printed rounded; a price or a share as it is printed.

        Raises `Refused("contradiction")`.
        """
        known = self.rounded.setdefault(name, value)
        if known != value:
            raise Refused("contradiction", quote, f"{name} is about {known} elsewhere")
        so_far = self.evidence.get("rounded_figures", "")
        if quote not in so_far:
            self.evidence["rounded_figures"] = f"{so_far};{quote}" if so_far else quote

    def states(self, leg: str) -> bool:
        """Whether the leg (or `total`, `cumulative`) is stated, exactly or rounded."""
        return f"{leg}_volume_t" in self.values or f"{leg}_volume_t" in self.rounded


Groups = tuple[str | None, ...]


def rounded(sheet: Sheet, printed: str, unit: str, base: str, quote: str) -> int:
    """A figure in 万 or 亿, in tonnes or yuan. Only the yearly prose prints such."""
    factor = unit_factor(unit, base)
    if sheet.period.kind != "year" or factor == 1:
        raise Refused(
            "wrong_unit", quote, "a bulletin prints 吨 and 元; the yearly prose 万 and 亿"
        )
    value = number(printed) * factor
    if value != int(value) or value >= 10**18:
        raise Refused("bad_number", quote, f"{printed}{unit} is no whole figure that fits")
    return int(value)


def expect_day(sheet: Sheet, printed: Groups, quote: str) -> None:
    year, month, day_of_month = printed
    expect(sheet.period.end, day(f"20{year}", str(month), str(day_of_month)), quote)


def expect(due: object, found: object, quote: str) -> None:
    if found != due:
        raise Refused("date_mismatch", quote, f"the text says {found}, the title {due}")


def change(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """`groups` end in direction and percentage; a price that is referred to is only checked."""
    reference, direction, printed = groups
    if reference:
        cny_per_t(reference)
    change = percent(str(printed))
    sheet.put("change_pct", -change if direction == "下跌" and change else change, quote)
    sheet.put("change_basis", CHANGE_BASIS[sheet.period.kind], quote)


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
    """The lowest and the highest close of the year, or since the launch."""
    since = "_since_launch" if name == "launch_range" else ""
    low, high = (cny_per_t(str(printed)) for printed in groups)
    if low > high:
        raise Refused("bad_number", quote, f"from {low} to {high}")
    sheet.put_rounded(f"lowest_close{since}_cny_per_t", str(low), quote)
    sheet.put_rounded(f"highest_close{since}_cny_per_t", str(high), quote)


def _quarter_shares(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """The four quarters' shares of the year's volume. Raises `Refused` if that is not all."""
    shares = [percent(str(printed)) for printed in groups]
    total = sum(shares, Decimal(0))
    if abs(total - 100) > Decimal("0.02"):
        raise Refused("bad_number", quote, f"{total} % of the year")
    for quarter, share in enumerate(shares, 1):
        sheet.put_rounded(f"Q{quarter}_share_pct", str(share), quote)


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
    **dict.fromkeys(("listed_turnover", "block_turnover", "total_turnover"), _turnover),
    "daily_mean": _daily_mean,
    "vintage_share": _vintage_share,
    **dict.fromkeys(("close_range", "launch_range"), _close_range),
    "quarter_shares": _quarter_shares,
    "day_in_brackets": _day_in_brackets,
    "december_close": _december_close,
    "year_change": _year_change,
    "mean": _mean,
    "heading": _heading,
}
