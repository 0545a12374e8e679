"""Tables of the ministry: a cell is taken if its heads say what, in which unit, of which year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.mee.tables import add_tables, benchmark_rows, prose_and_tables
from transforms.text.cells import without_geometry
from transforms.text.frames.model import Fate, ProseReading

BENCHMARKS: dict[str, Any] = {
    "page": 1,
    "caption": "表2 供电基准值 单位：tCO2/MWh",
    "rows": [
        ["序号", "机组类别", "2025年", "2026年"],
        ["1", "常规燃煤Ⅰ类", "0.7902", "0.7894"],
        ["2", "燃气机组", "0.3288", "0.3280"],
    ],
    "spans": [],
}


HEADS = "head or words of a table"


def read(table: dict[str, Any], title: str = "") -> ProseReading:
    reading = ProseReading()
    add_tables(reading, [table], title, ["页"])
    return reading


def taken(table: dict[str, Any], title: str = "") -> set[tuple[str, str, str, str, str]]:
    return {
        (one.metric, one.sector, one.period, f"{one.value}", one.unit)
        for one in read(table, title).claims
    }


def fates(table: dict[str, Any], title: str = "") -> set[tuple[str, str]]:
    figures = read(table, title).figures
    return {(one.printed, one.fate.value) for one in figures if one.reason != HEADS}


def test_a_benchmark_has_its_technology_year_and_unit() -> None:
    assert taken(BENCHMARKS) == {
        ("benchmark", "常规燃煤I类", "2025", "0.7902", "tCO2/MWh"),
        ("benchmark", "常规燃煤I类", "2026", "0.7894", "tCO2/MWh"),
        ("benchmark", "燃气机组", "2025", "0.3288", "tCO2/MWh"),
        ("benchmark", "燃气机组", "2026", "0.3280", "tCO2/MWh"),
    }


def test_heads_over_several_columns_and_words_over_several_rows() -> None:
    table = {
        "page": 1,
        "caption": "表1",
        "rows": [
            ["类别", "", "基准值（tCO2/MWh）", "", "盈亏平衡值（吨二氧化碳/吨）"],
            ["", "", "2025年", "2026年", "2026年度"],
            ["燃煤", "一类", "0.79", "0.78", "1.5"],
            ["", "二类", "0.80", "", "1.6"],
        ],
        "spans": [[0, 0, 2, 2], [0, 2, 1, 2], [2, 0, 2, 1]],
    }
    assert taken(table) == {
        ("benchmark", "燃煤一类", "2025", "0.79", "tCO2/MWh"),
        ("benchmark", "燃煤一类", "2026", "0.78", "tCO2/MWh"),
        ("balance_value", "燃煤一类", "2026", "1.5", "tCO2/t"),
        ("benchmark", "燃煤二类", "2025", "0.80", "tCO2/MWh"),
        ("balance_value", "燃煤二类", "2026", "1.6", "tCO2/t"),
    }


def test_a_column_of_units_says_each_row_s() -> None:
    table = {
        "page": 1,
        "caption": "表1 2026年度基准值",
        "rows": [
            ["产品", "单位", "基准值"],
            ["供电", "tCO₂/MWh", "0.79"],
            ["供热", "tCO2/GJ", "0.1"],
        ],
        "spans": [],
    }
    assert taken(table) == {
        ("benchmark", "供电", "2026", "0.79", "tCO2/MWh"),
        ("benchmark", "供热", "2026", "0.1", "tCO2/GJ"),
    }


def test_a_cell_that_is_empty_moves_no_other() -> None:
    rows = [
        ["类别", "2024年", "2025年", "2026年"],
        ["燃煤机组", "0.79", "/", "0.78"],
        ["燃气机组", "0.33", "", "0.32"],
    ]
    assert taken(BENCHMARKS | {"rows": rows}) == {
        ("benchmark", "燃煤机组", "2024", "0.79", "tCO2/MWh"),
        ("benchmark", "燃煤机组", "2026", "0.78", "tCO2/MWh"),
        ("benchmark", "燃气机组", "2024", "0.33", "tCO2/MWh"),
        ("benchmark", "燃气机组", "2026", "0.32", "tCO2/MWh"),
    }
    mixed = [
        ["类别", "2024年", "2025年"],
        ["燃煤机组", "不适用", "0.78"],
        ["燃气机组", "0.33", "0.32"],
    ]
    assert taken(BENCHMARKS | {"rows": mixed}) == set()


def test_factors_take_their_year_from_caption_or_title() -> None:
    table = {
        "page": 1,
        "caption": "表2 区域因子",
        "rows": [["区域", "因子（kgCO2/kWh）"], ["华北", "0.63"], ["东北", "0.5"]],
        "spans": [],
    }
    assert fates(table) == {("0.63", "no_period"), ("0.5", "no_period")}
    assert taken(table, "关于发布2024年电力二氧化碳排放因子的公告") == {
        ("grid_factor", "华北", "2024", "0.63", "kgCO2/kWh"),
        ("grid_factor", "东北", "2024", "0.5", "kgCO2/kWh"),
    }
    assert taken(table, "2023、2024年因子") == set()


@pytest.mark.parametrize(
    ("change", "fate"),
    [
        ({"caption": "表2 供电基准值"}, "context"),
        ({"caption": "表2 单位：tCO2/MWh"}, "context"),
        ({"caption": "表2 基准值与平衡值 单位：tCO2/MWh"}, "context"),
        ({"caption": "表2 基准值 单位：万吨"}, "context"),
        ({"rows": [["类别", "数值"], ["燃气机组", "0.3"]]}, "no_period"),
        ({"rows": [["年份", "数值"], ["2025年", "0.3"]]}, "unclaimed"),
        ({"rows": [["类别", "2025年"], ["燃气机组", "3288"]]}, "doubted"),
        ({"rows": [["类别", "2025年较上年变化"], ["燃气机组", "0.3"]]}, "unclaimed"),
        ({"rows": [["类别", "上一版2025年"], ["燃气机组", "0.3"]]}, "unclaimed"),
        ({"rows": [["类别", "2025年"], ["燃气机组", "3.5%"]]}, "unclaimed"),
        ({"rows": [["类别", "2025年"], ["合计", "0.3"]]}, "unclaimed"),
        ({"caption": "表2 供电基准值示例 单位：tCO2/MWh"}, "unclaimed"),
        ({"rows": [["类别", "2025年"], ["燃气机组", "-0.3"]]}, "doubted"),
    ],
)
def test_a_cell_whose_heads_do_not_say_it_all_is_not_taken(
    change: dict[str, Any], fate: str
) -> None:
    table = BENCHMARKS | change
    assert {told for _, told in fates(table)} == {fate}
    assert taken(table) == set()


@pytest.mark.parametrize(
    "rows",
    [
        [["0.7", "0.8"], ["0.9", "1.0"]],
        [["2025年", "2026年"], ["0.7", "0.8"]],
        [["类别", "说明"], ["燃气", "无"]],
        [],
    ],
)
def test_a_table_without_heads_states_nothing_and_every_figure_is_told(
    rows: list[list[str]],
) -> None:
    reading = read(BENCHMARKS | {"rows": rows})
    assert reading.claims == []
    assert sorted(one.printed for one in reading.figures) == sorted(
        cell for row in rows for cell in row if any(map(str.isdigit, cell))
    )


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "燃气", "2025年", "0.3", "约8亿吨", "1", "单位"]),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_cell_with_a_digit_is_in_the_ledger_once(rows: list[list[str]]) -> None:
    reading = read(BENCHMARKS | {"rows": rows})
    assert sorted(one.printed for one in reading.figures) == sorted(
        cell for row in rows for cell in row if any(map(str.isdigit, cell))
    )


LINES = [
    *("前文。", "表1", "2025—2026 年度各类别机组碳排放基准值", "序号", "机组类别", "发电基准值"),
    *("（tCO2/MWh）", "2025 年", "2026 年", "I", "300MW 等级以上", "燃煤机组", "0.7900", "0.7890"),
    *("IV", "燃气机组", "0.3280", "0.3279"),
]


def test_a_cell_a_line_is_a_table_where_heads_and_cells_count_up() -> None:
    kept, tables = prose_and_tables(["\n".join(LINES), "第二页"])
    assert kept == ["前文。" + "\n" * (len(LINES) - 1), "第二页"]
    reading = ProseReading()
    add_tables(reading, tables, "", kept)
    assert {(one.sector, one.period, f"{one.value}") for one in reading.claims} == {
        ("300MW等级以上燃煤机组", "2025", "0.7900"),
        ("300MW等级以上燃煤机组", "2026", "0.7890"),
        ("燃气机组", "2025", "0.3280"),
        ("燃气机组", "2026", "0.3279"),
    }


@given(st.integers(9, len(LINES) - 1), st.booleans(), st.sampled_from(["0.1", "脚注", "完。"]))
def test_one_line_more_or_less_and_no_figure_is_taken_for_another(
    at: int, is_out: bool, word: str
) -> None:
    """A table is read with the figures at their technologies, or not at all."""
    changed = LINES[:at] + ([] if is_out else [word]) + LINES[at + is_out :]
    whole = {"0.7900": "2025", "0.7890": "2026", "0.3280": "2025", "0.3279": "2026"}
    _, tables = prose_and_tables(["\n".join(changed)])
    reading = ProseReading()
    add_tables(reading, tables, "", [""])
    for claim in reading.claims:
        assert whole[f"{claim.value}"] == claim.period
        assert ("燃气" in claim.sector) == (claim.value in (Decimal("0.3280"), Decimal("0.3279")))


def test_figures_in_prose_are_no_table() -> None:
    for head in ("表1的说明见正文（万吨）", "表1 成交（万吨）"):
        lines = [head, "2024年成交1.89亿吨", "0.5", "完。"]
        assert list(without_geometry(lines)) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["表1 成交", "（万吨）", "湖北", "0.5", "广东", "0.7"],
        ["表2 基准值（tCO2/MWh）", "2025年", "2026年", "燃煤", "0.79", "燃气", "0.33", "0.32"],
        ["表3", "重点排放单位", "2087", "水泥", "962", "（家）"],
    ],
)
def test_what_does_not_count_up_is_told_and_is_no_prose(lines: list[str]) -> None:
    kept, tables = prose_and_tables(["\n".join([*lines, "全文完。"])])
    assert "".join(kept).strip() == "全文完。"
    reading = ProseReading()
    add_tables(reading, tables, "", kept)
    assert reading.claims == []
    told = {one.printed for one in reading.figures}
    assert {line for line in lines[1:] if line.replace(".", "").isdigit()} <= told


def test_benchmarks_that_are_stated_twice_with_two_values_are_in_doubt() -> None:
    reading = read(BENCHMARKS)
    other = read(BENCHMARKS | {"rows": [["类别", "2025年"], ["燃气机组", "0.4"]]})
    rows = benchmark_rows([*reading.claims, *other.claims], "k", 0)
    assert {(row.values["technology"], row.values["year"]) for row in rows} == {
        ("常规燃煤I类", 2025),
        ("常规燃煤I类", 2026),
        ("燃气机组", 2026),
    }
    assert Fate.TAKEN in {one.fate for one in reading.figures}


FACTORS: dict[str, Any] = {
    "page": 1,
    "caption": "表1 区域电网平均排放因子 单位：kgCO2/kWh",
    "rows": [
        ["年份", "华北", "东北"],
        ["2022年", "0.6776", "0.5564"],
        ["2023", "0.6361", "0.4946"],
    ],
    "spans": [],
}


def test_years_that_head_rows_and_places_that_head_columns() -> None:
    assert taken(FACTORS) == {
        ("grid_factor", "华北", "2022", "0.6776", "kgCO2/kWh"),
        ("grid_factor", "东北", "2022", "0.5564", "kgCO2/kWh"),
        ("grid_factor", "华北", "2023", "0.6361", "kgCO2/kWh"),
        ("grid_factor", "东北", "2023", "0.4946", "kgCO2/kWh"),
    }


def test_years_in_a_column_beside_what_heads_the_rows() -> None:
    rows = [
        ["机组类别", "年度", "供电基准值（tCO2/MWh）"],
        ["燃煤机组", "2025年", "0.79"],
        ["", "2026年", "0.78"],
        ["燃气机组", "2025年", "0.33"],
    ]
    assert taken(BENCHMARKS | {"rows": rows, "spans": [[1, 0, 2, 1]]}) == {
        ("benchmark", "燃煤机组", "2025", "0.79", "tCO2/MWh"),
        ("benchmark", "燃煤机组", "2026", "0.78", "tCO2/MWh"),
        ("benchmark", "燃气机组", "2025", "0.33", "tCO2/MWh"),
    }


@pytest.mark.parametrize(
    "heads",
    [
        ["年份", "同比变化", "较上年"],
        ["年份", "其中：华北", "其他"],
        ["年份", "2021年华北", "2024年东北"],
        ["年份", "", ""],
        ["年份", "合计", "各省"],
    ],
)
def test_a_year_before_what_is_no_name_is_not_taken(heads: list[str]) -> None:
    assert taken(FACTORS | {"rows": [heads, *FACTORS["rows"][1:]]}) == set()


def test_a_year_that_heads_row_and_column_both_is_none() -> None:
    rows = [["类别", "年份", "2026年"], ["燃煤机组", "2025年", "0.79"], ["燃气", "2025年", "0.33"]]
    assert taken(BENCHMARKS | {"rows": rows}) == set()


def both(second: dict[str, Any]) -> set[tuple[str, str, str]]:
    """What a table and another behind it give."""
    reading = ProseReading()
    add_tables(reading, [BENCHMARKS, second], "", ["页", "页"])
    return {(one.sector, one.period, f"{one.value}") for one in reading.claims}


REST = [["3", "循环流化床", "0.8", "0.81"], ["4", "超超临界", "0.7", "0.71"]]
FIRST = {
    *(("常规燃煤I类", "2025", "0.7902"), ("常规燃煤I类", "2026", "0.7894")),
    *(("燃气机组", "2025", "0.3288"), ("燃气机组", "2026", "0.3280")),
}
LAST = {
    *(("循环流化床", "2025", "0.8"), ("循环流化床", "2026", "0.81")),
    *(("超超临界", "2025", "0.7"), ("超超临界", "2026", "0.71")),
}


@pytest.mark.parametrize("caption", ["", "— 4 —", "续表2", "（续表）", "表2（续）", "续上表"])
@pytest.mark.parametrize("again", [[], BENCHMARKS["rows"][:1]])
def test_a_table_that_goes_on_on_the_next_page_keeps_its_heads(
    caption: str, again: list[list[str]]
) -> None:
    second = {"page": 2, "caption": caption, "rows": [*again, *REST], "spans": []}
    assert both(second) == FIRST | LAST


@pytest.mark.parametrize(
    "change",
    [
        {"page": 1},
        {"page": 3},
        {"caption": "表3 其他"},
        {"caption": "连续监测"},
        {"rows": [row[:3] for row in REST]},
        {"rows": [["序号", "机组类别", "产量", "数量"], *REST]},
    ],
)
def test_another_table_takes_no_heads_from_the_one_before(change: dict[str, Any]) -> None:
    second = {"page": 2, "caption": "", "rows": REST, "spans": []} | change
    assert both(second) == FIRST


def test_cells_that_are_merged_in_the_second_part_stay_so() -> None:
    rows = [["3", "一类", "0.8", "0.81"], ["", "", "0.7", "0.71"]]
    second = {"page": 2, "caption": "", "rows": rows, "spans": [[0, 1, 2, 1]]}
    reading = ProseReading()
    add_tables(reading, [BENCHMARKS, second], "", ["页", "页"])
    assert [one.sector for one in reading.claims][-2:] == ["一类", "一类"]
