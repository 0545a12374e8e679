"""The sample's figures: they add up to the published ones, and obey the market's rules."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from extractors.sample.sites.seee.figures import (
    COMPOSITE_FROM,
    DATA,
    Figures,
    Leg,
    bulletins,
    bulletins_of,
    days,
)
from extractors.sample.sites.seee.quotes import METHODS, method_totals, quotes, vintage_tonnes
from extractors.sample.sites.seee.texts.bulletins import render_bulletin
from schemas.trading import shipped
from tests.sample_market.files import files
from tests.sample_market.market import market
from tests.sample_market.published import (
    AUCTION_DAYS,
    CLOSE_OUTSIDE_RANGE_DAYS,
    LISTINGS,
    NO_LISTED_DAYS,
    NO_TRADE_DAYS,
    published_months,
    published_years,
    trading_days,
)

ROOT = Path(__file__).parents[4]
PINNED = "9e0a99c5eb8ba0937c00b08595a6ec67842c49abdcd291c5be681d73ac2926db"
NOTHING = Leg(0, Decimal(0))
YEAR_ENDS = {
    2021: (178_789_350, "7661230022.99"),
    2022: (229_678_843, "10475234717.27"),
    2023: (441_622_611, "24919150519.28"),
    2024: (630_268_664, "43032727103.51"),
    2025: (864_866_520, "57662618231.57"),
}


def _digest() -> str:
    kinds = ("daily", "weekly", "monthly", "yearly")
    rows = [f.as_row() | {"ytd": f.ytd} for kind in kinds for f in bulletins_of(kind)]
    told = [repr(rows), *(repr(quotes(p)) for p in ["COMCEA", *LISTINGS])]
    told += [repr(method_totals(day)) for day in trading_days()]
    return sha256("\n".join(told).encode()).hexdigest()


def test_figures_are_the_same_everywhere() -> None:
    assert _digest() == PINNED


@pytest.mark.parametrize("name", ["bulletins.csv", "products.csv"])
def test_the_shipped_files_are_those_that_the_simulation_makes(name: str) -> None:
    assert set(files()) == {"bulletins.csv", "products.csv"}
    assert (DATA / name).read_bytes() == files()[name]


def test_the_simulation_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "from tests.sample_market.files import files;"
        "from hashlib import sha256;"
        "print(sha256(b''.join(files().values())).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {sha256(b"".join(files().values())).hexdigest() + "\n"}


def test_trading_days_are_the_calendars() -> None:
    ours = [day.trade_date for day in days()]
    assert ours == list(shipped().trading_days(date(2021, 7, 16), date(2025, 12, 31)))
    assert len(ours) == 1083
    counts = Counter(day.year for day in ours)
    assert counts == {2021: 114, 2022: 242, 2023: 242, 2024: 242, 2025: 243}


def test_months_are_the_published_ones_to_the_fen() -> None:
    summed: dict[tuple[int, int], dict[str, Leg]] = {}
    for day in days():
        legs = summed.setdefault(
            (day.trade_date.year, day.trade_date.month),
            dict.fromkeys(("listed", "block", "auction", "total"), NOTHING),
        )
        for name in legs:
            legs[name] += getattr(day, name) or NOTHING
    assert len(summed) == len(published_months()) == 54
    for month in published_months():
        legs = summed[month.year, month.month]
        for name in ("listed", "block", "auction", "total"):
            expected = (getattr(month, f"{name}_volume"), getattr(month, f"{name}_turnover"))
            assert (legs[name].volume_t, legs[name].turnover_cny * 100) == expected


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
def test_bulletins_of_months_and_years_are_the_sums_of_their_days(kind: str) -> None:
    for made in bulletins_of(kind):
        within = [d for d in days() if made.period_start <= d.trade_date <= made.period_end]
        for name in ("listed", "block", "auction", "total"):
            summed = sum((getattr(day, name) or NOTHING for day in within), NOTHING)
            assert (getattr(made, name) or NOTHING) == summed
        assert made.cumulative in (within[-1].cumulative, None)
    assert {f.variety for f in bulletins_of(kind) if f.cumulative is None} <= {"M1-nocum"}
    assert sum((f.total for f in bulletins_of(kind)), NOTHING) == days()[-1].cumulative


def test_auctions_are_those_of_2025() -> None:
    held = [day for day in days() if day.auction and day.auction.volume_t]
    assert {day.trade_date for day in held} == AUCTION_DAYS
    total = sum((day.auction or NOTHING for day in held), NOTHING)
    assert total == Leg(337_000, Decimal("19624850.00"))
    assert all((d.auction is None) == (d.trade_date < date(2025, 7, 16)) for d in days())


def test_sums_run_on_without_a_gap() -> None:
    ytd = cumulative = NOTHING
    year = 2021
    for day in days():
        assert day.total == day.listed + day.block + (day.auction or NOTHING)
        if day.trade_date.year != year:
            year, ytd = day.trade_date.year, NOTHING
        ytd, cumulative = ytd + day.total, cumulative + day.total
        assert (day.ytd, day.cumulative) == (ytd, cumulative)
    ends = {day.trade_date.year: day.cumulative for day in days()}
    assert ends == {y: Leg(volume, Decimal(money)) for y, (volume, money) in YEAR_ENDS.items()}


def test_closes_and_changes_keep_the_limits() -> None:
    assert days()[0].close == Decimal("51.23")
    assert days()[0].change_pct == Decimal("6.73")  # against the opening price, 48.00
    for before, day in pairwise(days()):
        assert before.close is not None
        assert day.close is not None
        assert day.change_pct is not None
        exact = (day.close / before.close - 1) * 100
        assert abs(exact) <= 10
        assert abs(exact - day.change_pct) <= Decimal("0.005")
        assert (day.change_pct == 0) == (day.close == before.close)


def test_prices_lie_in_their_range() -> None:
    outside = set()
    for day in days():
        has_range = day.listed.volume_t > 0
        assert (day.high is not None) == (day.low is not None) == has_range
        assert (day.open is not None) == (day.total.volume_t > 0)
        if day.high is None or day.low is None or day.open is None or day.close is None:
            continue
        assert day.low <= day.open <= day.high
        if not day.low <= day.close <= day.high:
            outside.add(day.trade_date)
    assert outside == CLOSE_OUTSIDE_RANGE_DAYS


def test_listed_close_is_the_mean_of_the_days_trades() -> None:
    listed = [day for day in days() if day.trade_date < COMPOSITE_FROM]
    assert len(listed) == 514
    for day in listed:
        assert day.close is not None
        assert day.low is not None
        assert day.high is not None
        mean = day.listed.turnover_cny / day.listed.volume_t
        assert abs(mean - day.close) < Decimal("0.005")
        assert day.low <= mean <= day.high


def test_listed_months_have_their_published_prices() -> None:
    compared = 0
    for month, made in zip(published_months(), bulletins_of("monthly"), strict=True):
        if month.close is None:
            assert (made.high, made.low, made.close, made.change_pct) == (None,) * 4
            continue
        prices = [made.high, made.low, made.close]
        assert prices == [Decimal(p or 0).scaleb(-2) for p in (month.high, month.low, month.close)]
        compared += 1
    assert compared == 25


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024, 2025])
def test_year_has_its_published_close_and_range(year: int) -> None:
    published = published_years()[year]
    within = [day.close or Decimal(0) for day in days() if day.trade_date.year == year]
    assert within[-1] * 100 == published.close
    assert len(within) == published.trading_days
    if published.lowest_close is not None:
        assert min(within) * 100 == published.lowest_close
        assert max(within) * 100 == published.highest_close
    made = next(each for each in bulletins_of("yearly") if each.period_end.year == year)
    if year != 2023:
        assert made.total.volume_t == published.total_volume
    assert made.close == within[-1]


def test_known_extremes_fall_on_their_days() -> None:
    by_date = {day.trade_date: day for day in days()}
    assert by_date[date(2025, 1, 2)].close == Decimal("97.01")
    assert by_date[date(2025, 10, 29)].close == Decimal("51.24")
    assert by_date[date(2024, 11, 13)].close == Decimal("105.65")
    highs = [d.high for d in days() if d.high and d.trade_date.year == 2024]
    assert max(highs) == Decimal("106.02")
    assert [y.change_pct for y in bulletins_of("yearly")] == [
        Decimal(text) for text in ("5.84", "1.44", "44.40", "22.75", "-23.45")
    ]


def test_days_without_trade_are_where_they_fell() -> None:
    assert {d.trade_date for d in days() if not d.total.volume_t} == NO_TRADE_DAYS
    quiet = {d.trade_date for d in days() if not d.listed.volume_t}
    assert quiet == NO_TRADE_DAYS | NO_LISTED_DAYS
    assert all(d.change_pct == 0 for d in days() if not d.listed.volume_t)


def test_blocks_are_large_and_near_the_close() -> None:
    for before, day in pairwise(days()):
        if not day.block.volume_t:
            assert day.block.turnover_cny == 0
            continue
        assert day.block.volume_t >= 100_000
        assert before.close is not None
        price = day.block.turnover_cny / day.block.volume_t
        assert abs(price / before.close - 1) <= Decimal("0.30")
    for simulated in market():
        assert all(volume >= 100_000 for volume, _ in simulated.block.by_vintage.values())


def test_composite_is_the_mean_of_the_vintages() -> None:
    for day in market():
        closes = [close for close, _ in day.vintages.values()]
        assert len(closes) == sum(listed <= day.day for listed in LISTINGS.values())
        assert abs(sum(closes) - day.close * len(closes)) <= len(closes)
        volumes = [volume for volume, _ in day.listed.by_vintage.values()]
        assert sum(volumes) == day.listed.volume


def test_vintage_keeps_its_close_without_trade_and_its_limit_with_one() -> None:
    for product in LISTINGS:
        for before, quote in pairwise(quotes(product)):
            assert abs(quote.close / before.close - 1) <= Decimal("0.10")
            if not quote.listed_volume_t:
                assert quote.close == before.close
                assert (quote.high, quote.low) == (None, None)
            else:
                assert quote.low is not None
                assert quote.high is not None
                assert quote.low <= min(quote.open, quote.close)
                assert max(quote.open, quote.close) <= quote.high


def test_quotes_agree_with_the_bulletins_but_for_the_known_hole() -> None:
    composite = {quote.trade_date: quote for quote in quotes("COMCEA")}
    assert set(trading_days()) - set(composite) == {date(2023, 8, 30)}
    for day in days():
        quote = composite.get(day.trade_date)
        if quote is not None:
            assert (quote.close, quote.listed_volume_t) == (day.close, day.listed.volume_t)
    assert [quotes(p)[0].trade_date for p in LISTINGS] == list(LISTINGS.values())
    assert quotes("CEA25") == ()


def test_method_totals_add_up_over_vintages_and_agree_with_the_bulletins() -> None:
    for day in days():
        rows = method_totals(day.trade_date)
        for code, name in METHODS.items():
            of_method = [row for row in rows if row.method == code]
            if not of_method:
                assert code == "21"
                assert day.auction is None
                continue
            whole, *parts = of_method
            assert whole.product == "COMCEA"
            assert whole.day == getattr(day, name)
            for column in ("day", "ytd", "cumulative"):
                total = sum((getattr(part, column) for part in parts), NOTHING)
                assert getattr(whole, column) == total
    assert method_totals(date(2025, 10, 1)) == ()


def test_vintages_of_2023_are_the_published_ones() -> None:
    tonnes = vintage_tonnes(2023)
    assert (tonnes["CEA"], tonnes["CEA21"]) == (47_528_400, 41_676_000)
    assert sum(tonnes.values()) == 211_943_768


def test_weeks_follow_from_the_days() -> None:
    def monday(day: Figures) -> date:
        return day.trade_date - timedelta(days=day.trade_date.weekday())

    grouped = [list(group) for _, group in groupby(days(), key=monday)]
    expected = [group for group in grouped if len(group) > 1]
    alone = [group[0].trade_date.isoformat() for group in grouped if len(group) == 1]
    assert alone == ["2021-07-16", "2021-10-08", "2024-09-30", "2025-01-27"]
    assert len(bulletins_of("weekly")) == len(expected)
    for week, within in zip(bulletins_of("weekly"), expected, strict=True):
        assert (week.period_start, week.period_end) == (
            within[0].trade_date,
            within[-1].trade_date,
        )
        assert week.total == sum((d.total for d in within), NOTHING)
        assert week.high == max(d.high for d in within if d.high is not None)


def test_every_variety_of_the_period_occurs() -> None:
    bases = {f.variety.split("-")[0] for f in bulletins()}
    assert bases == {f"D{n}" for n in range(9)} | {
        *("W1", "W1b", "W2", "W3", "M1", "M2", "M3", "Y1", "Y2", "Y3")
    }


def test_published_pages_carry_no_simulated_figure() -> None:
    """Composite months have no price: none is published, so none is printed."""
    for month in bulletins_of("monthly"):
        _, text = render_bulletin(month.as_row())
        if month.price_basis == "composite":
            assert "价" not in "".join(text).replace("单向竞价", "")
    told = {f.kind: f.is_simulated for f in bulletins()}
    assert told == {"daily": True, "weekly": True, "monthly": False, "yearly": False}


def test_text_of_a_thin_row_leaves_out_what_it_lacks() -> None:
    row: dict[str, str | None] = {
        "kind": "daily",
        "variety": "D3-composite-noblock",
        "price_basis": "composite",
        "period_start": "2025-03-03",
        "period_end": "2025-03-03",
        "close": "81.5",
        "listed_vol_t": "1200",
        "listed_amt_cny": "97800",
        "block_vol_t": "0",
        "block_amt_cny": "0",
        "total_vol_t": "1200",
        "total_amt_cny": "97800",
        "cum_vol_t": "",
        "open": None,
    }
    title, text = render_bulletin(row)
    assert title == "【CEA】全国碳市场每日综合价格行情及成交信息20250303"
    assert text == [
        "今日全国碳市场综合价格行情为: 收盘价81.50元/吨。",
        "今日挂牌协议交易成交量1,200吨，成交额97,800.00元。今日无大宗协议交易。",
        "今日全国碳排放配额总成交量1,200吨，总成交额97,800.00元。",
    ]


def test_text_refuses_a_leg_with_one_figure() -> None:
    row = days()[5].as_row() | {"listed_amt_cny": None}
    with pytest.raises(ValueError, match="listed: one of volume and turnover is missing"):
        render_bulletin(row)
