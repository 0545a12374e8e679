"""`carbonmart mcp` as a language model has it: by the SDK's own client, over stdio.

What an analyst asks of the demo's home, each answered by a figure with the words of its page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from tests.e2e.commands import COMMAND, demo, environment

pytestmark = pytest.mark.slow
YEAR = ["year", "2024-01-02", "2024-12-31"]
Q2 = "year(month) = 2025 and quarter(month) = 2"


def _cite(table: str, key: list[str], column: str) -> tuple[str, dict[str, Any]]:
    return "cite", {"table": table, "key": key, "column": column}


QUESTIONS: dict[str, tuple[list[tuple[str, dict[str, Any]]], str, str]] = {
    "How much was traded in 2024?": (
        [("key_figures", {"period": "2024", "search": "volume of the year"})],
        '"value": "188646053"',
        "总成交量188,646,053吨",
    ),
    "For how much money?": (
        [("key_figures", {"period": "2024", "search": "turnover of the year"})],
        '"value": "18113576584.23"',
        "总成交额18,113,576,584.23元",
    ),
    "At what price did the year end, and how much higher than the year before?": (
        [("key_figures", {"period": "2024", "search": "close year's end"})],
        '"value": "22.75"',
        "收盘价97.49元/吨",
    ),
    "How was it traded?": (
        [("key_figures", {"period": "2024", "search": "block trades"})],
        '"value": "151618633"',
        "大宗协议交易年成交量151,618,633吨",
    ),
    "What is the highest fine?": (
        [("key_figures", {"search": "highest fine of all"})],
        '"value": "5000000"',
        "500万元",
    ),
    "How much of what was due was surrendered?": (
        [("key_figures", {"period": "2024", "search": "share surrendered"})],
        '"value": "99.99"',
        "99.99%",
    ),
    "How many key emitters are there?": (
        [("key_figures", {"search": "重点排放单位", "all_publishers": True})],
        '"value": "2257"',
        "2257",
    ),
    "How many projects are on Core Climate?": (
        [("key_figures", {"period": "2024", "search": "projects core climate"})],
        '"value": "50"',
        "50",
    ),
    "How much in the second quarter of 2025?": (
        [
            ("list_tables", {"search": "month of the national market"}),
            ("describe_table", {"table": "mart_market_monthly"}),
            ("query", {"sql": f"select sum(total_volume_t) v from mart_market_monthly where {Q2}"}),
            _cite("mart_market_monthly", ["2025-06-01"], "total_volume_t"),
        ],
        '"v": 32161268',
        "总成交量15,884,675吨",
    ),
    "On which day of 2024 was the close highest?": (
        [
            (
                "query",
                {
                    "sql": "select trade_date, close_cny_per_t from mart_market_daily "
                    "where year(trade_date) = 2024 order by close_cny_per_t desc",
                    "max_rows": 1,
                },
            ),
            _cite("mart_market_daily", ["2024-11-13"], "close_cny_per_t"),
        ],
        '"trade_date": "2024-11-13"',
        "收盘价105.65元/吨",
    ),
    "Where does the year's volume come from?": (
        [_cite("seee_bulletins", YEAR, "total_volume_t")],
        '"value": 188646053',
        "总成交量188,646,053吨",
    ),
    "On what do publishers differ?": (
        [("conflicts", {})],
        '"value": "69.67"',
        "69—106元/吨",
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo(tmp_path_factory.mktemp("mcp"))[0]


@pytest.fixture(scope="module")
def answers(home: Path) -> dict[str, list[dict[str, Any]]]:
    """All questions, put to one server; and what it offers, and refuses."""
    return anyio.run(_ask_all, home)


async def _ask_all(home: Path) -> dict[str, list[dict[str, Any]]]:
    command = ["--home", str(home), "mcp"]
    server = StdioServerParameters(command=str(COMMAND), args=command, env=environment())
    found: dict[str, list[dict[str, Any]]] = {"untouched": [{"before": _files(home)}]}
    async with Client(server, read_timeout_seconds=240) as client:
        tools = (await client.list_tools()).tools
        found["tools"] = [tool.model_dump(mode="json") for tool in tools]
        for question, (calls, _, _) in QUESTIONS.items():
            found[question] = [await _answer(client, *call) for call in calls]
        found["fresh"] = [await _answer(client, "freshness", {})]
        found["refused"] = [await _answer(client, *call) for call in REFUSED]
    return found


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("query", {"sql": "select * from read_text('/etc/passwd')"}),
    ("query", {"sql": "copy (select 1) to 'x.csv'"}),
    ("query", {"sql": "select nothing from seee_quotes"}),
    ("query", {"sql": "select 1", "max_rows": 100_000}),
    ("describe_table", {"table": "nothing"}),
    ("cite", {"table": "seee_bulletins", "key": ["year"], "column": "total_volume_t"}),
]


OTHERS = ("tools", "refused", "untouched")


async def _answer(client: Client, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    done = await client.call_tool(tool, arguments)
    text = "".join(getattr(part, "text", "") for part in done.content)
    if done.is_error:
        return {"error": text}
    assert done.structured_content == json.loads(text)
    return dict(done.structured_content)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_with_figure_and_citation(
    question: str, answers: dict[str, list[dict[str, Any]]]
) -> None:
    _, figure, words = QUESTIONS[question]
    told = answers[question]
    text = json.dumps(told, ensure_ascii=False)
    assert figure in text
    assert any(words in (page["words"] or "") for page in _pages(told)), text
    for page in _pages(told):
        assert page["url"].startswith("https://")
        assert len(page["payload_sha256"]) == 64
        assert page["retrieved_at"].startswith("20")
        assert page["publisher"]
        assert page["is_simulated"] in (True, False)


def _pages(part: Any) -> Iterator[dict[str, Any]]:
    """All citations with words, wherever they stand in an answer."""
    if isinstance(part, dict):
        if "words" in part and "url" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _pages(each)


def test_every_answer_names_its_release(answers: dict[str, list[dict[str, Any]]]) -> None:
    told = [one for name, each in answers.items() if name not in OTHERS for one in each]
    assert len(told) > len(QUESTIONS)
    assert {one["release"] for one in told} == {told[0]["release"]}
    for one in told:
        assert one["release"] in one["rows_are"]
        assert one["citations"]
        assert one["is_simulated"] in (True, False)
    simulated = {one["is_simulated"] for one in told}
    assert simulated == {True, False}, "the year's own bulletin is published, its days are not"


def test_freshness_tells_of_every_source(answers: dict[str, list[dict[str, Any]]]) -> None:
    (told,) = answers["fresh"]
    by_name = {one["source"]: one for one in told["sources"]}
    assert {"seee", "mee", "hkex", "icap", "crc", "fx"} <= by_name.keys()
    assert by_name["seee"]["newest_day"] == "2025-12-31"
    assert by_name["seee"]["last_run"]["outcome"] == "changed"


def test_nothing_writes_and_nothing_else_is_read(
    answers: dict[str, list[dict[str, Any]]],
) -> None:
    names = {tool["name"] for tool in answers["tools"]}
    assert names == {
        *("list_tables", "describe_table", "query", "key_figures"),
        *("cite", "conflicts", "freshness"),
    }
    for tool in answers["tools"]:
        assert tool["annotations"]["read_only_hint"] is True, tool["name"]
        assert tool["description"]
    for refused in answers["refused"]:
        assert "error" in refused, refused
        assert "Traceback" not in refused["error"]
    told = [refused["error"] for refused in answers["refused"]]
    assert "'read_text' is none of them" in told[0]
    assert "one SELECT" in told[1]
    assert '"nothing"' in told[2]
    assert "give the whole key, period period_start period_end" in told[5]


def test_the_home_is_as_it_was(home: Path, answers: dict[str, list[dict[str, Any]]]) -> None:
    (told,) = answers["untouched"]
    assert told["before"] == _files(home)


def _files(home: Path) -> dict[str, list[int]]:
    """All files with size and time, as JSON has them."""
    found = {str(path.relative_to(home)): path.stat() for path in sorted(home.rglob("*"))}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in found.items()}
