"""A figure that its own text contradicts is held back, shown with both sides, and accepted."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.core.settings import Settings
from flows.jobs.replay import replay
from tests.e2e.test_readings import DOC, ask, command, take

CHAIN = "截至2023年底，全国碳市场配额累计成交量4.42亿吨。2024年，全国碳市场配额成交量1.98亿吨。"
SENTENCE = "截至2024年底，全国碳市场配额累计成交量6.30亿吨。"
OTHER = "2024年，全国碳市场配额成交额181.14亿元。"
TEXT = replace(DOC, paragraphs=(CHAIN, SENTENCE, OTHER), title="全国碳市场运行情况")
FATES = "select printed, fate from prose_figures where kind = 'measure' order by number"


def released(home: Path) -> list[str]:
    """The metrics that readers see, with the years that they are of."""
    code, told = command(
        home,
        "sql",
        "select metric || coalesce(year(as_of)::varchar, period) as m from mee_facts",
        "--json",
    )
    assert code == 0
    return sorted(row["m"] for row in json.loads(told))


@pytest.fixture
def held(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert take(home, TEXT).exit_code in (0, 5)
    return home


def figures(home: Path, fate: str) -> list[dict[str, Any]]:
    code, told = command(home, "figures", "mee", "--fate", fate, "--json")
    assert code == 0
    found: list[dict[str, Any]] = json.loads(told)
    return found


def test_a_chain_that_does_not_add_up_is_held_back_whole_and_alone(held: Path) -> None:
    assert released(held) == ["annual_turnover2024"]
    assert len(ask(held, "select * from mee_facts")) == 4, "loaded are all"
    doubted = figures(held, "doubted")
    assert [one["printed"] for one in doubted] == ["4.42亿吨", "1.98亿吨", "6.30亿吨"]
    for one in doubted:
        assert "mee_cumulative_chain_volume" in one["why"]
        assert "640000000" in one["why"]
        assert "630000000" in one["why"]
    assert [one["printed"] for one in figures(held, "taken")] == ["181.14亿元"]
    told = command(held, "check", "--json")[1]
    assert "mee_cumulative_chain_volume at CEA 2024: expected 640000000" in told
    code, told = command(held, "reconcile", "mee", "--working", "--json")
    assert code == 5
    assert SENTENCE in told


def test_the_right_text_beside_it_lets_the_others_enter(held: Path) -> None:
    mended = replace(TEXT, paragraphs=(CHAIN.replace("1.98", "1.88"), SENTENCE, OTHER))
    assert take(held, mended).exit_code == 0
    assert len(released(held)) == 4
    assert figures(held, "doubted") == []
    key = ("环办气候函〔2026〕902号", "", "cumulative_volume", "CEA", "", "", "2")
    code, told = command(held, "trace", "mee_facts", *key, "value", "--json")
    assert code == 0
    (figure,) = json.loads(told)["ledger"]
    assert (figure["printed"], figure["fate"], figure["number"]) == ("6.30亿吨", "taken", 6)
    assert "6.30亿吨, figure 6 of" in command(held, "trace", "mee_facts", *key, "value")[1]
    of_mart = ("mart_key_figures", "annual_turnover", "2024", "mee", "value")
    code, told = command(held, "trace", *of_mart, "--json")
    assert code == 0
    (leaf,) = json.loads(told)["derived_from"][0]["leaves"]
    assert [one["printed"] for one in leaf["ledger"]] == ["181.14亿元"]
    assert "ledger: 181.14亿元, figure" in command(held, "trace", *of_mart)[1]


def test_the_catalog_counts_figures_by_fate(held: Path, tmp_path: Path) -> None:
    assert command(held, "catalog", "--output", str(tmp_path / "catalog"))[0] == 0
    page = (tmp_path / "catalog" / "table-prose_figures.html").read_text(encoding="utf-8")
    counts = page.partition("Figures by source and fate")[2].partition("</table>")[0]
    assert ">doubted<" in counts
    assert [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', counts)] == [
        *(1, 8, 1, 4, 0, 0, 0, 3, 0)
    ]


def test_a_reading_accepts_it_and_taken_out_it_is_told_again(held: Path) -> None:
    stanza = {
        "source": "mee",
        "text": "环办气候函〔2026〕902号",
        "quote": SENTENCE,
        "printed": "6.30亿吨",
        "metric": "cumulative_volume",
        "scope": "CEA",
        "value": "630000000",
        "unit": "t",
        "as_of": "2024-12-31",
        "read_by": "A. Analyst",
        "date": "2026-11-29",
        "accepts": "so printed in all copies",
    }
    file = held / "readings.jsonl"
    file.write_text(json.dumps(stanza | {"value": "6.30"}, ensure_ascii=False))
    assert command(held, "readings", "check")[0] != 0, "no such value is printed"
    file.write_text(json.dumps(stanza | {"metric": "annual_volume"}, ensure_ascii=False))
    code, told = command(held, "readings", "check", "--json")
    assert (code, json.loads(told)[0]["state"]) == (5, "other")
    file.write_text(json.dumps(stanza, ensure_ascii=False))
    assert command(held, "readings", "check")[0] == 0
    assert take(held, TEXT).exit_code == 0
    assert len(released(held)) == 4
    assert "640000000" not in command(held, "check", "--json")[1]
    (one,) = figures(held, "reviewed")
    assert one["why"] == "read by A. Analyst, 2026-11-29: so printed in all copies"
    assert len(ask(held, "select * from mee_facts__history")) == 4, "the facts are as they were"
    before = ask(held, "select * from mee_prose__history order by all")
    assert take(held, TEXT).runs[0].tally.revised == 0
    replay(Settings(home=str(held), publish=False), ["mee"])
    assert ask(held, "select * from mee_prose__history order by all") == before

    file.unlink()
    take(held, TEXT)
    assert "640000000" in command(held, "check", "--json")[1], "told again"
    assert figures(held, "reviewed") == []


def test_the_bounds_of_a_metric_hold_for_readings_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sentence = "全国共有重点排放单位3378万家参加了演练。"
    doc = replace(DOC, paragraphs=(DOC.paragraphs[0], sentence))
    take(home, doc)
    stanza = {
        "source": "mee",
        "text": "环办气候函〔2026〕902号",
        "quote": sentence,
        "printed": "3378万家",
        "metric": "key_emitters",
        "scope": "CEA",
        "value": "33780000",
        "unit": "count",
        "period": "2025",
        "read_by": "A. Analyst",
        "date": "2026-11-29",
    }
    count = "select count(*) from mee_facts where metric = 'key_emitters'"
    for change, told in (({}, "at most 100000"), ({"unit": "t"}, "in t, not in count")):
        (home / "readings.jsonl").write_text(json.dumps(stanza | change, ensure_ascii=False))
        code, shown = command(home, "readings", "check", "--json")
        assert (code, json.loads(shown)[0]["state"]) == (5, "out_of_bounds")
        assert told in json.loads(shown)[0]["told"]
        (run,) = take(home, doc).runs
        assert "reading_out_of_bounds" in {issue.rule for issue in run.tally.remarks}
        assert ask(home, count) == [(0,)]
    (home / "readings.jsonl").write_text(
        json.dumps(stanza | {"accepts": "a town counts its households"}, ensure_ascii=False)
    )
    take(home, doc)
    assert ask(home, count) == [(1,)]
