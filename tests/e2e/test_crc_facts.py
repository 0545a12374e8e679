"""The registry's published figures, each rendered as a page in its form and ingested.

Every row of `tests/facts/crc.csv` that a page states goes the whole road under a real address into
a live store, and comes back equal: prices from the price table, methods and totals of vintages from
a report's table, those of 2022 from its sentence.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.model import SIMULATED_META
from extractors.sample.sites.crc.pages import (
    Four,
    list_page,
    price_table,
    table_report,
    title_of,
    worded_report,
)
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from schemas.trading import shipped
from warehouse.store.store import Warehouse

FILE = Path(__file__).parents[1] / "facts" / "crc.csv"
SITE = "https://www.chinacrc.net.cn"
Fact = dict[str, str]
Turnovers = dict[tuple[str, str], str]
TURNOVERS: Turnovers = {
    ("2022-08-16", "CEA"): "11600",
    ("2026-02-13", "CEA24"): "1620000.00",
    ("2026-02-02", "CEA"): "1539790.00",  # of the exchange's bulletin (`seee_bulletins.csv`)
}
"""What the file says in words beside a volume."""
PRICE = Decimal("80.00")
"""Of what the file states without its turnover."""


def facts() -> list[Fact]:
    with FILE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


FACTS = facts()
SUMMED = [fact for fact in FACTS if fact["metric"].startswith("ytd")]
"""Sums over days: no page of the registry states them."""
STATED = [fact for fact in FACTS if fact not in SUMMED]


def stated(on: str, metric: str, product: str = "CEA") -> str:
    """A figure of the file, as it is printed; empty if the file has none."""
    wanted = {"date": on, "metric": metric, "product": product}
    return next((fact["value"] for fact in FACTS if wanted.items() <= fact.items()), "")


def price_rows() -> Iterator[tuple[str, ...]]:
    """The rows of the price table of the days whose total or prices the file has."""
    for on in sorted({f["date"] for f in STATED if f["product"] == "CEA"}, reverse=True):
        day = date.fromisoformat(on)
        volume = stated(on, "total_volume")
        turnover = stated(on, "total_turnover") or TURNOVERS.get((on, "CEA"), "")
        if day.year == 2022 or not (volume or stated(on, "high")):
            continue
        mean = f"{Decimal(turnover) / Decimal(volume):.2f}" if volume else "0"
        traded = (volume, turnover) if volume else ("0", "0")
        prices = (stated(on, "close") or "78.31", stated(on, "high") or mean, mean)
        yield ("CEA", f"{day.year}.{day.month}.{day.day}", *prices, *traded, "-", "-", *traded)


def report_of(on: str) -> str:
    """A day's report, of the legs that the file has: each vintage and method with its figures."""
    title = title_of(date.fromisoformat(on))
    legs: dict[str, dict[str, list[Decimal | int]]] = {}
    for fact in STATED:
        if fact["date"] != on or fact["product"] == "CEA":
            continue
        method = fact["metric"].removeprefix("cum_").removesuffix("_volume")
        volume = int(fact["value"])
        turnover = Decimal(TURNOVERS.get((on, fact["product"]), volume * PRICE))
        is_sum = fact["metric"].startswith("cum_")
        day = [0, 0] if is_sum else [volume, turnover]
        legs.setdefault(fact["product"].removeprefix("CEA"), {})[method] = [*day, volume, turnover]
    sums: dict[str, Four] = {}
    rows = [(vintage, four) for vintage, methods in legs.items() for four in methods.values()]
    for name in (*legs, "all"):
        some = [four for vintage, four in rows if name in (vintage, "all")]
        sums[name] = _printed([sum(column) for column in zip(*some, strict=True)])
    vintages = {v: {m: _printed(four) for m, four in ms.items()} for v, ms in legs.items()}
    return table_report(title, vintages, sums)


def _printed(four: list[Decimal | int]) -> Four:
    one, two, three, last = (str(figure) if figure else "-" for figure in four)
    return one, two, three, last


def sentence(on: str) -> str:
    volume, turnover = stated(on, "total_volume"), TURNOVERS[on, "CEA"]
    words = (
        f"今日全国碳排放权交易市场成交总量{volume}吨，成交总额{turnover}元，最高成交价58元/吨，"
        "最低成交价58元/吨，成交均价58元/吨，其中：",
        f"【挂牌协议交易】今日成交{volume}吨，成交额{turnover}元，成交均价58元/吨；",
        "【大宗协议交易】今日无成交。",
        f"全国碳排放权交易市场开市至今累计成交总量{int(stated(on, 'cum_volume')):,}吨，"
        f"累计成交总额{Decimal(stated(on, 'cum_turnover')):,}元。",
    )
    return worded_report(title_of(date.fromisoformat(on), in_words=True), words)


def pages() -> dict[str, str]:
    """The pages by their addresses."""
    days = sorted({f["date"] for f in STATED if f["product"] != "CEA"})
    made = {f"{SITE}/view/{n}.html": report_of(on) for n, on in enumerate(days, start=101)}
    table = list_page("/list/101.html", price_table(list(price_rows())), 1, 1)
    made |= {f"{SITE}/list/101.html?page=1": table, f"{SITE}/view/100.html": sentence("2022-08-16")}
    # A live store takes no page of the sample.
    return {url: html.replace(SIMULATED_META.decode(), "") for url, html in made.items()}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All pages ingested into one live store."""
    folder, files = tmp_path_factory.mktemp("facts"), []
    made = pages()
    for number, html in enumerate(made.values()):
        files.append(folder / f"{number}.html")
        files[-1].write_text(html, encoding="utf-8")
    home = folder / "home"
    report = ingest(Settings(home=str(home), publish=False), files, list(made))
    with Warehouse(home).query("select rule, value, record from ops_quarantine") as answer:
        assert answer.fetchall() == []
    assert [len(run.tally.layouts) for run in report.runs] == [0]
    return Warehouse(home)


def held(store: Warehouse, fact: Fact) -> object:
    """What the store has of a fact."""
    on, metric, vintage = fact["date"], fact["metric"], fact["product"]
    unit = "turnover_cny" if metric.endswith("turnover") else "volume_t"
    name, _, _ = metric.removeprefix("cum_").rpartition("_")
    column = f"{'cumulative' if metric.startswith('cum_') else 'day'}_{unit}"
    if vintage != "CEA":
        key = f"(vintage, method) = ('{vintage}', '{name}')"
        asked = f"select {column} from crc_leg_daily where {key}"
    elif on.startswith("2022"):
        asked = f"select {column} from crc_leg_daily where (vintage, method) = ('all', 'total')"
    elif metric in ("close", "high"):
        asked = f"select {metric}_cny_per_t from crc_market_daily where true"
    else:
        asked = f"select total_{unit} from crc_market_daily where true"
    with store.query(f"{asked} and trade_date = '{on}' and not is_simulated") as answer:
        ((value,),) = answer.fetchall()
    return value


@pytest.mark.parametrize("fact", STATED, ids=lambda f: f"{f['date']}-{f['metric']}-{f['product']}")
def test_a_published_figure_comes_back_equal(store: Warehouse, fact: Fact) -> None:
    value = held(store, fact)
    if fact["metric"] == "high" and fact["value"] == "0":
        assert value is None, "on a day without a listed trade"
    else:
        assert value == Decimal(fact["value"])


def days_of_sum(fact: Fact, turnover: Fact) -> Iterator[tuple[date, int, Decimal]]:
    """The trading days from the year's first to a sum's, whose volumes and turnovers make it: those
    that the file states, and the others alike."""
    last = date.fromisoformat(fact["date"])
    days = list(shipped().trading_days(date(last.year, 1, 5), last))
    known = {
        day: (int(printed), Decimal(yuan))
        for day in days
        if (printed := stated(f"{day}", "total_volume"))
        and (yuan := stated(f"{day}", "total_turnover") or TURNOVERS.get((f"{day}", "CEA")))
    }
    volume = int(fact["value"]) - sum(one for one, _ in known.values())
    money = Decimal(turnover["value"]) - sum((one for _, one in known.values()), Decimal(0))
    others = [day for day in days if day not in known]
    for day in days:
        if day in known:
            yield (day, *known[day])
            continue
        left = len(others) - others.index(day)
        part, paid = volume // left, (money / left).quantize(Decimal("0.01"))
        volume, money = volume - part, money - paid
        yield day, part, paid


@pytest.mark.parametrize("on", ["2026-03-06"])
def test_the_legs_of_the_days_add_up_to_the_published_sum(tmp_path: Path, on: str) -> None:
    """To the tonne and the cent, of two vintages and two methods on each day."""
    volumes, turnovers = (
        next(f for f in SUMMED if f["date"] == on and f["metric"] == name)
        for name in ("ytd_volume", "ytd_turnover")
    )
    sums: dict[str, tuple[int, Decimal]] = dict.fromkeys(("24", "25", "all"), (0, Decimal(0)))
    files, urls = list[Path](), list[str]()
    for number, (day, volume, paid) in enumerate(days_of_sum(volumes, turnovers), start=201):
        half, cents = volume // 2, (paid / 2).quantize(Decimal("0.01"))
        legs = {"24": (half, cents), "25": (volume - half, paid - cents), "all": (volume, paid)}
        sums = {
            name: (sums[name][0] + tonnes, sums[name][1] + yuan)
            for name, (tonnes, yuan) in legs.items()
        }
        told = {name: _printed([*legs[name], *sums[name]]) for name in legs}
        vintages = {"24": {"listed": told["24"]}, "25": {"block": told["25"]}}
        html = table_report(title_of(day), vintages, told)
        files.append(tmp_path / f"{number}.html")
        files[-1].write_text(html.replace(SIMULATED_META.decode(), ""), encoding="utf-8")
        urls.append(f"{SITE}/view/{number}.html")
    ingest(Settings(home=str(tmp_path / "home"), publish=False), files, urls)
    with Warehouse(tmp_path / "home").query(
        "select sum(day_volume_t), sum(day_turnover_cny), count(distinct trade_date) "
        "from crc_leg_daily where method <> 'total'"
    ) as answer:
        ((*told_sums, days),) = answer.fetchall()
    assert told_sums == [int(volumes["value"]), Decimal(turnovers["value"])]
    assert days == len(files)
    with Warehouse(tmp_path / "home").query(
        "select sum(total_volume_t), sum(total_turnover_cny) from mart_market_daily "
        "where stated_by = 'registry'"
    ) as answer:
        assert answer.fetchall() == [tuple(told_sums)]


def test_what_no_page_states_is_known_and_nothing_else_is_left_out() -> None:
    assert len(FACTS) == 29
    told = {(fact["date"], fact["metric"]) for fact in SUMMED}
    metrics = ("ytd_volume", "ytd_turnover")
    assert told == {(on, metric) for on in ("2026-03-06", "2026-05-08") for metric in metrics}
