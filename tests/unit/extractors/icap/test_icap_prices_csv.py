"""The Explorer's downloads: every layout that circulates gives the rows of its JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from extractors.model import LayoutError
from extractors.sample.sites.icap.prices_csv import LAYOUTS, LEFT_OUT, download
from tests.support.icap_pages import QUARTER, download_page, prices, rows, signals, systems_page
from transforms.model import Refused

ASKED = (4, 6, 33, 34, 28, 29, 14, 8, 18, 19, 37, 30)
Prices = dict[tuple[int, str, date], dict[str, Any]]


@pytest.fixture(scope="module")
def stated() -> Prices:
    """What the JSON states of the systems that a file can hold."""
    found = prices(rows(systems_page()))
    held = {s for s in ASKED if s not in LEFT_OUT}
    return {
        key: {name: value for name, value in values.items() if name != "stated_in"}
        for key, values in found.items()
        if key[0] in held and key[:2] != (33, "secondary")
    }


def read(body: bytes) -> Prices:
    found = prices(rows(download_page(body)))
    assert {values.pop("stated_in") for values in found.values()} == {"csv"}
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_the_rows_of_the_json(layout: str, stated: Prices) -> None:
    body = download(ASKED, QUARTER, layout)
    assert read(body) == stated
    assert not signals(download_page(body))


def test_a_file_read_as_latin_1_and_saved_again_gives_the_same(stated: Prices) -> None:
    text = download(ASKED, QUARTER).decode()
    assert read(text.encode("latin-1")) == stated
    doubled = text.encode().decode("latin-1").encode()
    assert "QuÃ©bec".encode() in doubled
    assert read(doubled) == stated
    assert read("\ufeff".encode() + text.encode()) == stated
    assert read(text.replace("Québec", "Quebec").encode()) == stated


def test_columns_are_found_by_name_wherever_they_stand(stated: Prices) -> None:
    for layout in ("2026", "2024"):
        header = download(ASKED, QUARTER, layout).decode().splitlines()[1].split(",")
        assert (header[1] == "Primary Market") == (layout == "2024")
    assert read(download((14,), QUARTER)) == {k: v for k, v in stated.items() if k[0] == 14}


def test_the_dates_of_a_file_are_not_sorted_and_all_are_read() -> None:
    lines = download(ASKED, QUARTER).decode().splitlines()[2:]
    dates = [line.split(",")[0] for line in lines]
    assert dates != sorted(dates)
    assert len(dates) == len(set(dates))
    found = {key[2].isoformat() for key in read(download(ASKED, QUARTER))}
    assert found == set(dates)


def test_rates_without_a_price_are_a_day_without_trade() -> None:
    text = download((14,), date(2021, 9, 30)).decode()
    first = text.splitlines()[2].split(",")
    blank = ",".join([*first[:4], "", *first[5:]])
    found = read(text.replace(",".join(first), blank).encode())
    assert date.fromisoformat(first[0]) not in {key[2] for key in found}
    assert len(found) == len(read(text.encode())) - 1


def test_the_price_is_local_times_the_rate_and_says_so() -> None:
    (row, *_) = rows(download_page(download((14,), date(2021, 9, 30))))
    rate = Decimal(row.evidence["price_usd"].split(" x ")[1].split(" ")[0])
    assert row.values["price_usd"] == round(row.values["price_local"] * rate, 2)
    assert "CNY/USD" in row.evidence["price_usd"]


Edit = Callable[[list[list[str]]], object]


def spoilt(edit: Edit) -> bytes:
    table = list(csv.reader(io.StringIO(download((14, 18), date(2021, 9, 30)).decode())))
    edit(table)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue().encode()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda t: t.pop(0), "no two header rows"),
        (lambda t: t[1].__setitem__(4, "Reference Market"), "a column that no download has"),
        (lambda t: t.append(t[2]), "was there before"),
        (lambda t: t[5].__setitem__(0, "17/08/2021"), "in another form than the first"),
        (lambda t: t[5].__setitem__(0, "2021-02-30"), "no date"),
        (lambda t: t[5].__setitem__(0, "2026-07-24"), "a date of the future"),
        (lambda t: t[-1].__delitem__(slice(5, None)), "fewer cells"),
        (lambda t: t[5].append("1"), "more cells than the header"),
        (lambda t: t[0].__setitem__(1, ""), "before any system's name"),
        (lambda t: [t[0].__setitem__(i, "X") for i in (1, 6)], "no system that is known"),
    ],
)
def test_a_file_of_another_make_is_refused_as_a_whole(edit: Edit, told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        rows(download_page(spoilt(edit)))


@pytest.mark.parametrize(
    ("at", "value", "rule"),
    [
        (4, "48,00", "bad_number"),
        (4, "n/a", "bad_number"),
        (4, "-48", "bad_number"),
        (2, "", "missing_rate"),
        (3, "yuan", "bad_currency"),
    ],
)
def test_a_price_that_is_none_is_refused(at: int, value: str, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        rows(download_page(spoilt(lambda t: t[2].__setitem__(at, value))))
    assert refused.value.rule == rule
    assert refused.value.table == "icap_prices"


def test_an_unknown_system_is_a_signal_and_the_others_are_read() -> None:
    body = spoilt(lambda t: t[0].__setitem__(t[0].index("China National Emissions Trading System"), "Atlantis ETS"))  # fmt: skip # noqa: E501
    (signal,) = signals(download_page(body))
    assert (signal.rule, signal.value) == ("unknown_system", "Atlantis ETS")
    assert {key[0] for key in prices(rows(download_page(body)))} == {18}


def printed(form: str, days: list[date]) -> bytes:
    """A file of these days, printed as a spreadsheet prints dates."""
    table = list(csv.reader(io.StringIO(download((14,), date(2021, 9, 30)).decode())))
    text = io.StringIO()
    lines = [[f"{day:{form}}", *table[2][1:]] for day in days]
    csv.writer(text, lineterminator="\n").writerows([*table[:2], *lines])
    return text.getvalue().encode()


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"])
def test_the_order_of_day_and_month_is_what_a_file_s_dates_say(form: str) -> None:
    days = [date(2021, 8, 2), date(2021, 8, 31), date(2021, 9, 1)]
    assert {key[2] for key in read(printed(form, days))} == set(days)


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_dates_that_read_both_ways_are_refused(form: str) -> None:
    with pytest.raises(LayoutError, match="read both ways"):
        rows(download_page(printed(form, [date(2021, 8, 2), date(2021, 9, 1)])))
    days = [date(2021, 8, 8), date(2021, 9, 9)]
    assert {key[2] for key in read(printed(form, days))} == set(days)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_cut_anywhere_states_no_number_that_it_did_not_state_whole(layout: str) -> None:
    whole = download((14, 18), date(2021, 9, 30), layout)
    stated = read(whole)
    for length in range(len(whole) - 150, len(whole)):
        try:
            found = read(whole[:length])
        except (LayoutError, Refused):
            continue
        assert found.items() <= stated.items(), whole[:length][-40:]


def test_a_file_that_ends_in_a_price_may_be_cut_in_it() -> None:
    lines = [line.rsplit(",", 1)[0] for line in download((14,), QUARTER).decode().splitlines()]
    text = "\n".join(lines)
    with pytest.raises(LayoutError, match="within a number"):
        rows(download_page(text.encode()))
    assert read((text + "\n").encode())


def test_a_series_below_another_system_s_name_is_refused_by_its_currency() -> None:
    def swap(t: list[list[str]]) -> None:
        t[0][1] = "Korean Emissions Trading System"

    with pytest.raises(Refused) as refused:
        rows(download_page(spoilt(swap)))
    assert refused.value.rule == "other_currency"


def test_a_file_of_open_quotes_is_refused() -> None:
    with pytest.raises(LayoutError, match="no rows of cells"):
        rows(download_page(download((14,), QUARTER) + b'"2024'))
