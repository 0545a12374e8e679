"""The pilot markets' published figures, each rendered as a page in its form and ingested.

Every row of `tests/facts/pilots.csv` that a page of a market states goes the whole road under a
real address into a live store, and comes back equal: what the file says in words beside a figure
stands in the same row of the page, and what nobody says is a dash there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.model import SIMULATED_META
from extractors.sample.sites.pilots import pages
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from warehouse.store.store import Warehouse

FILE = Path(__file__).parents[1] / "facts" / "pilots.csv"
Fact = dict[str, str]

with FILE.open(encoding="utf-8") as file:
    FACTS: list[Fact] = list(csv.DictReader(file))

NO_PAGE = [
    fact
    for fact in FACTS
    if fact["metric"].startswith(("cum_", "auction_"))
    or (fact["metric"].startswith("week_") and fact["pilot"] != "hubei")
    or (fact["pilot"], fact["metric"]) == ("shanghai", "close")
]
"""What no page of a market's days states: sums, means of a week, auctions, and a close of Shanghai,
whose form has no price."""
MISPRINT = next(fact for fact in FACTS if fact["metric"] == "turnover_printed")
STATED = [fact for fact in FACTS if fact not in NO_PAGE and fact is not MISPRINT]


def stated(pilot: str, on: str, metric: str, product: str = "") -> str:
    """A figure of the file, as it is printed there."""
    wanted = {"pilot": pilot, "date": on, "metric": metric}
    (found,) = (
        fact["value"]
        for fact in FACTS
        if wanted.items() <= fact.items() and product in ("", fact["product"])
    )
    return found


def rows_of(lines: str) -> list[list[str]]:
    """A row of cells for each line, the newest last."""
    return [line.split() for line in lines.strip().splitlines()]


def guangdong() -> str:
    """Date, open, close, high, low, change, percentage, volume, turnover."""

    def of(on: str, metric: str) -> str:
        return stated("guangdong", on, metric)

    mean = Decimal(of("2021-10-29", "average"))
    first, last = "2013-12-19", "2026-08-11"
    days = rows_of(f"""
        {first} {of(first, "open")} {of(first, "close")} 61.00 60.00 -- -- {of(first, "volume")} \
            {of(first, "turnover")}
        2021-10-29 -- {mean} -- -- -- -- 1569 {mean * 1569}
        2022-02-28 72.24 {of("2022-02-28", "close")} 72.24 71.00 -0.86 -1.19% 9468 675792.95
        2022-03-01 71.38 {of("2022-03-01", "close")} 71.38 69.00 -1.94 -2.72% 3239 224927.37
        2022-03-03 -- 66.95 -- -- -- -- {of("2022-03-03", "volume")} 8450773.49
        2022-03-04 -- {of("2022-03-04", "close")} -- -- -0.15 -0.22% 8042 537213.18
        {last} 38.15 {of(last, "close")} 38.50 37.95 +0.18 +0.47% {of(last, "volume")} \
            {of(last, "turnover")}
    """)
    return pages.guangdong([[on.replace("-", ""), "GDEA", *rest] for on, *rest in days[::-1]])


def hubei() -> str:
    """Day, last, percentage, high, low, volume, turnover, the close before."""

    def of(on: str, metric: str = "close") -> str:
        return stated("hubei", on, metric)

    days = rows_of(f"""
        2014-04-02 21.00 -- -- -- {of("2014-04-02", "volume")} {of("2014-04-02", "turnover")} --
        2024-08-19 {of("2024-08-19")} -- 41.38 41.20 3774.0 155625.46 --
        2024-08-20 {of("2024-08-20")} 4.27 44.88 41.02 7034.0 302452.19 {of("2024-08-19")}
        2024-08-21 {of("2024-08-21")} -2.95 41.88 41.30 4287 178881.66 {of("2024-08-20")}
        2024-08-22 {of("2024-08-22")} -0.48 41.80 41.50 13438 558066.08 {of("2024-08-21")}
        2024-08-23 {of("2024-08-23")} -0.05 41.94 41.45 7,535 312,814.97 {of("2024-08-22")}
        2025-06-30 -- -- -- -- {of("2025-06-30", "volume")}.0 0.0 --
        2025-07-01 39.33 -- -- -- {of("2025-07-01", "volume")} 31146.20 --
        2025-07-02 39.98 -- -- -- {of("2025-07-02", "volume")} 1479.28 --
        2025-07-04 38.48 -- -- -- {of("2025-07-04", "volume")} 76187.12 --
    """)
    return pages.hubei([["HBEA", *day] for day in days[::-1]])


def hubei_home() -> str:
    price = {
        "2014-04-02": stated("hubei", "2014-04-02", "price"),
        "2014-04-03": "24.20",
        "2014-04-04": stated("hubei", "2014-04-04", "price_site"),
        "2024-06-03": stated("hubei", "2024-06-03", "price"),
        "2024-06-07": stated("hubei", "2024-06-07", "price"),
    }
    volume = {"2014-04-04": 1000, "2024-06-03": 1314, "2024-06-07": 17613}
    volume |= {on: int(stated("hubei", on, "volume")) for on in ("2014-04-02", "2014-04-03")}
    return pages.hubei_home([(on, float(price[on]), volume[on]) for on in price])


def beijing() -> str:
    """Day, volume, mean, and turnover with its product. The misprint stands among them."""

    def of(on: str, metric: str) -> str:
        return stated("beijing", on, metric)

    days = [
        ("2022-03-02", "100", of("2022-03-02", "average"), "6200.00(BEA)"),
        ("2022-02-10", of("2022-02-10", "volume"), "59.70", "59.70（BEA）"),
        ("2022-01-12", "100,000", of("2022-01-12", "average"), "7,460,000.00(BEA)"),
        ("2022-01-04", of("2022-01-04", "volume"), "83.00", "694710"),
        ("2021-10-29", "57", of("2021-10-29", "average"), "2701.80(BEA)"),
        (MISPRINT["date"], "1400", "50.05", f"{MISPRINT['value']}（BEA）"),
        ("2013-11-28", of("2013-11-28", "volume"), of("2013-11-28", "average"), "41000（BEA）"),
    ]
    return pages.beijing(days, 1)


def shenzhen() -> str:
    """Day, product, open, high, low, mean, close, volume, turnover."""
    on = "2022-01-21"
    close = stated("shenzhen", on, "close", "SZA-2014")
    mean = stated("shenzhen", on, "average", "SZA-2015")
    carried = stated("shenzhen", "2022-03-03", "close", "SZA-2019")
    rows = [
        ("2022-03-03", "SZA-2019", carried, "", "", "", carried, "0", "0"),
        (on, "SZA-2014", close, close, close, close, close, "1", "10.54"),
        (on, "SZA-2015", "16.02", "19.58", "16.02", mean, "16.02", "6", "99.74"),
        (on, "SZA-2020", "13.80", "", "", "", "13.80", "0", "0"),
    ]
    return pages.shenzhen_former(rows, 1)


def others() -> Iterator[tuple[str, str | bytes]]:
    """Shanghai, Chongqing and Fujian: of a digest that states a mean and tonnes."""
    on = "2021-10-29"
    mean = {name: Decimal(stated(name, on, "average")) for name in ("shanghai", "fujian")}
    amounts = [(on, "SHEA", "246", f"{mean['shanghai'] * 246:,}")]
    amounts += [("2025-07-03", "SHEA", stated("shanghai", "2025-07-03", "volume"), "3,333.00")]
    amounts += [("2025-07-04", "SHEA", "-", "-")]
    yield "www.cneeex.com/cneeex/daytrade/selectData", pages.shanghai(amounts)
    fjea = ("20211029", "FJEA", str(mean["fujian"]), "10189", str(mean["fujian"] * 10189))
    newest = "td.hxee.com.cn/quotations/quotation_iframeList.htm?varietyCode=010001"
    yield newest, pages.fujian([fjea])
    yield newest.replace("List.", "List_more."), pages.fujian([fjea], is_history=True)
    sold = Decimal(stated("chongqing", on, "average")) * 1000 / 10000
    row = ("2021/10/29", "CQEA-1", *"-----", "1,000", f"{sold:f}", "-", "-")
    yield "www.cqggzy.com/xxhz/014006/014006001/20211101/a.html", pages.chongqing([row])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All pages ingested into one live store."""
    made: dict[str, str | bytes] = {
        "ets.cnemission.com/carbon/portalIndex/markethistory?Top=1&beginTime=2010-01-01"
        "&endTime=2030-12-31": guangdong(),
        "www.hbets.cn/list_51.html?page=1": hubei(),
        "www.hbets.cn/": hubei_home(),
        "www.bjets.com.cn/article/jyxx/": beijing(),
        "www.cerx.cn/dailynewsCN/index.htm": shenzhen(),
        **dict(others()),
    }
    folder, files = tmp_path_factory.mktemp("facts"), []
    for number, body in enumerate(made.values()):
        files.append(folder / f"{number}.{'json' if isinstance(body, bytes) else 'html'}")
        text = body.decode() if isinstance(body, bytes) else body
        # A live store takes no page of the sample.
        files[-1].write_text(text.replace(SIMULATED_META.decode(), ""), encoding="utf-8")
    home = folder / "home"
    urls = [f"https://{address}" for address in made]
    report = ingest(Settings(home=str(home), publish=False), files, urls)
    assert [(len(run.tally.layouts), run.failed_checks) for run in report.runs] == [(0, [])]
    return Warehouse(home)


def held(store: Warehouse, fact: Fact) -> object:
    """What the store has of a fact."""
    pilot, on, metric = fact["pilot"], fact["date"], fact["metric"]
    where = f"pilot = '{pilot}' and trade_date = '{on}' and not is_simulated"
    is_series = metric.startswith("price") or (pilot == "hubei" and on == "2014-04-03")
    if metric.startswith("week_"):
        column = {"week_volume": "volume_t", "week_turnover": "turnover_cny"}[metric]
        where = "pilot = 'hubei' and trade_date between '2024-08-19' and '2024-08-23'"
        asked = f"select sum({column}) from pilot_daily where {where}"
    elif is_series:
        column = "price_cny_per_t" if metric.startswith("price") else "volume_t"
        asked = f"select {column} from pilot_series where {where}"
    else:
        units = {"volume": "volume_t", "turnover": "turnover_cny"}
        column = units.get(metric, f"{metric}_cny_per_t")
        if metric == "average" and pilot not in ("beijing", "shenzhen"):  # it has no such column
            column = "round(turnover_cny / volume_t, 2)"
        like = "CQEA-1" if pilot == "chongqing" else fact["product"]
        asked = f"select {column} from pilot_daily where {where} and product = '{like}'"
    with store.query(asked) as answer:
        ((value,),) = answer.fetchall()
    return value


@pytest.mark.parametrize("fact", STATED, ids=lambda f: f"{f['pilot']}-{f['date']}-{f['metric']}")
def test_a_published_figure_comes_back_equal(store: Warehouse, fact: Fact) -> None:
    assert Decimal(str(held(store, fact))) == Decimal(fact["value"])


def test_the_misprint_is_refused_and_named_and_nothing_else(store: Warehouse) -> None:
    asked = "select table_name, rule, value from ops_quarantine"
    with store.query(asked) as answer:
        assert answer.fetchall() == [("pilot_daily", "bad_number", MISPRINT["value"])]
    day = f"pilot = 'beijing' and trade_date = '{MISPRINT['date']}'"
    with store.query(f"select count(*) from pilot_daily where {day}") as answer:
        assert answer.fetchall() == [(0,)]


def test_what_stands_for_none_is_no_row_and_no_price(store: Warehouse) -> None:
    with store.query("select trade_date::text from pilot_daily where pilot = 'shanghai'") as answer:
        assert {day for (day,) in answer.fetchall()} == {"2021-10-29", "2025-07-03"}
    asked = "select pilot || ' ' || product from pilot_daily where price_concept = 'carried'"
    with store.query(f"{asked} order by 1") as answer:
        carried = [name for (name,) in answer.fetchall()]
    assert carried == ["hubei HBEA", "shenzhen SZA-2019", "shenzhen SZA-2020"]


def test_what_no_page_states_is_known_and_nothing_else_is_left_out() -> None:
    assert (len(FACTS), len(NO_PAGE), len(STATED)) == (64, 16, 47)
