"""The command as a user types it: the demo, a second night, questions, refusals, exit codes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.core.sources import names
from tests.e2e import commands
from tests.e2e.commands import COMMAND, answer, assert_usage_error, carbonmart, environment, rows_of
from tests.e2e.warm import Warm

pytestmark = pytest.mark.slow

Ask = Callable[..., Any]
CORE = {"seee_bulletins": 1367, "seee_quotes": 3760, "seee_method_totals": 8212}
DAYS = {2021: 114, 2022: 242, 2023: 242, 2024: 242, 2025: 243}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The home that the demo made, and what it printed."""
    return commands.demo(tmp_path_factory.mktemp("stores"))


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str]) -> Path:
    """The demo's home, to be read."""
    return shown[0]


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Answers sooner than a cold start does: for the many things that are refused."""
    with Warm(tmp_path_factory.mktemp("warm"), {}) as running:
        yield running


@pytest.fixture
def ask(demo: Path, warm: Warm) -> Ask:
    """What the command answers with `--json` on the demo's home."""

    def told(*args: str) -> Any:
        return rows_of(warm.run("--home", str(demo), *args, "--json"))

    return told


def in_bash(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as somebody would who has the command on his path."""
    return subprocess.run(
        ["bash", "-c", line],
        env=environment(PATH=f"{COMMAND.parent}:{os.environ['PATH']}"),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def core_tables(home: Path) -> dict[str, dict[str, Any]]:
    return {row["table"]: row for row in answer(home, "tables") if row["table"] in CORE}


def test_the_demo_fits_a_screen_and_names_all_there_is_to_open(shown: tuple[Path, str]) -> None:
    home, printed = shown
    lines = printed.splitlines()
    assert len(lines) <= 24
    (line,) = [line.split() for line in lines if "seee " in line]
    pages, new, refused = line[line.index("seee") + 1 :][:3]
    assert int(pages.replace(",", "")) > 2500
    assert (new, refused) == (f"{sum(CORE.values()):,}", "0")
    assert {name: row["current_rows"] for name, row in core_tables(home).items()} == CORE
    named = [Path(line.split("  ")[-1].strip()) for line in lines if f"  {home}" in line]
    assert [path.relative_to(home).as_posix() for path in named] == [
        "briefs/brief-2024-en.html",
        "briefs/brief-2024-zh.html",
        "published/catalog/index.html",
        "demo.md",
    ]
    assert all(path.stat().st_size > 1000 for path in named)
    assert_fits_80_columns("\n".join(line for line in lines if str(home) not in line))
    assert "seee: 1,367 added to seee_bulletins" in named[-1].read_text(encoding="utf-8")


def test_its_next_steps_work_as_printed(shown: tuple[Path, str]) -> None:
    home, printed = shown
    steps = [line.strip() for line in printed.splitlines() if "carbonmart --home" in line]
    assert len(steps) == 3
    for step in steps[:2]:
        done = in_bash(step, home.parent)
        assert done.returncode == 0, done.stderr
        assert "total_volume_t" in done.stdout


def test_a_second_night_is_unchanged_and_writes_no_table_version(
    demo: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo, home)
    before = core_tables(home)
    done = carbonmart(home, "refresh", "--sample", env={"COLUMNS": "80"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert_fits_80_columns(done.stdout)
    for words in ("outcome", "unchanged", "quarantined", "seconds"):
        assert words in done.stdout
    assert core_tables(home) == before
    query = "select outcome, fetched, not_modified > 0 as is_asked, new, revised from ops_runs"
    query = f"{query} where source = 'seee' order by started_at desc limit 1"
    (row,) = answer(home, "sql", query)
    assert list(row.values()) == ["unchanged", 0, True, 0, 0]


def test_what_each_source_fetched_is_booked(ask: Ask) -> None:
    """Several sources share a run: none may take another's fetches for its own."""
    query = (
        "select r.source, r.fetched <= count(f.fetch_id) as is_booked, r.fetched > 0 as has_any "
        "from ops_runs r left join ops_fetches f using (run_id, source) "
        "group by r.source, r.fetched order by 1"
    )
    assert ask("sql", query) == [
        {"source": source, "is_booked": True, "has_any": True} for source in names()
    ]


@pytest.mark.parametrize(("year", "days"), DAYS.items())
def test_every_trading_day_has_a_bulletin(ask: Ask, year: int, days: int) -> None:
    query = (
        "select count(*) as n from seee_bulletins where period='day' "
        f"and trade_date between '{year}-01-01' and '{year}-12-31'"
    )
    assert ask("sql", query) == [{"n": days}]


def test_the_totals_of_2024_are_the_published_ones(ask: Ask) -> None:
    totals = ask(
        "sql",
        "select sum(total_volume_t) as t, sum(total_turnover_cny) as cny from seee_bulletins "
        "where period='day' and year(trade_date)=2024",
    )
    assert totals == [{"t": 188_646_053, "cny": "18113576584.23"}]
    (last,) = ask(
        *("show", "seee_bulletins", "--where", "period='day' and trade_date='2024-12-31'"),
        *("--columns", "cumulative_volume_t, cumulative_turnover_cny"),
    )
    assert last["cumulative_volume_t"] == 630_268_664
    assert Decimal(last["cumulative_turnover_cny"]) == Decimal("43032727103.51")


@pytest.mark.parametrize(
    ("args", "columns"),
    [
        (("tables",), {"table", "current_rows", "version"}),
        (("show", "seee_quotes", "--limit", "3"), {"trade_date", "product", "close_cny_per_t"}),
        (("show", "seee_quotes", "--limit", "1", "--columns", "all"), {"evidence", "revision"}),
        (("history", "seee_bulletins", "day", "2024-06-25"), {"known_from", "revision"}),
        (("sql", "select 1 as a, 2.50 as b"), {"a", "b"}),
        (("sources",), {"source", "terms", "unproven"}),
        (("refresh", "--sample", "--dry-run"), {"source", "would", "window_opens"}),
    ],
)
def test_json_is_one_list_of_rows_on_stdout(
    ask: Ask, args: tuple[str, ...], columns: set[str]
) -> None:
    rows = ask(*args)
    assert rows
    assert all(columns <= row.keys() for row in rows)


def test_json_without_rows_is_an_empty_list(ask: Ask) -> None:
    assert ask("quarantine") == []
    assert ask("show", "seee_quotes", "--where", "false") == []


def test_json_holds_values_exactly(ask: Ask) -> None:
    query = (
        "select 18113576584.23::decimal(20,2) as money, 630268664 as t, true as flag, "
        "null as none, date '2024-12-31' as day, timestamptz '2024-12-31 10:00:00+08' as instant, "
        "interval 1 day as span, 1 as t, '吨' as unit"
    )
    (row,) = ask("sql", query)
    assert row["money"] == "18113576584.23"
    assert (row["t"], row["t_2"], row["flag"], row["none"]) == (630_268_664, 1, True, None)
    assert (row["day"], row["instant"]) == ("2024-12-31", "2024-12-31T02:00:00+00:00")
    assert row["unit"] == "吨"


def test_show_takes_a_condition_columns_and_a_limit(ask: Ask) -> None:
    rows = ask(
        *("show", "seee_bulletins", "--where", "period='day' and close_cny_per_t > 90"),
        *("--columns", "period_end,close_cny_per_t", "--limit", "2"),
    )
    assert [list(row) for row in rows] == [["period_end", "close_cny_per_t"]] * 2
    assert rows[0]["period_end"] < rows[1]["period_end"]
    assert all(Decimal(row["close_cny_per_t"]) > 90 for row in rows)


def test_history_has_one_revision_of_what_never_changed(ask: Ask) -> None:
    (row,) = ask("history", "seee_bulletins", "day", "2024-06-25")
    assert (row["revision"], row["is_deleted"], row["period"]) == (1, False, "day")
    assert row["source_url"].startswith("https://overview.cneeex.example/c/2024-06-25/")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("show", "seee_bulletin"), "no table 'seee_bulletin'; there are: "),
        (("history", "ops_runs"), "ops_runs is a log"),
        (
            ("show", "seee_quotes", "--columns", "close"),
            "seee_quotes has no column 'close'; it has",
        ),
        (("show", "seee_quotes", "--where", "close > 1"), '"close" not found'),
        (("show", "seee_quotes", "--where", "1=1) from seee_quotes; drop"), "SQL"),
        (("history", "seee_quotes", "--where", "nonsense ="), "syntax error"),
        (("sql", "selec 1"), 'syntax error at or near "selec"'),
        (("sql", "select * from moon"), "Table with name moon does not exist"),
        (("sql", "select cast('x' as int)"), "Could not convert string 'x' to INT32"),
        (("sql", ""), "one SELECT, not by: nothing"),
        (("sql", "select 1; select 2"), "one SELECT"),
        (("quarantine", "moon"), "no record 'moon' in quarantine"),
        (("refresh", "moon", "--sample"), f"no source 'moon'; there are: {', '.join(names())}"),
        (("refresh",), "CARBONMART_CONTACT"),
        (("refresh", "--until", "2021-08-01"), "--until goes with --sample"),
        (
            ("refresh", "--sample", "--until", "2021-02-30"),
            "YYYY-MM-DD: '2021-02-30'",
        ),
        (("refresh", "--sample", "--until", "2020-01-01"), "2021-07-16 to "),
        (("ingest", "no-such.html", "--url", "https://overview.cneeex.example/"), "no such file"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    demo: Path, warm: Warm, args: tuple[str, ...], told: str
) -> None:
    assert_usage_error(warm.run("--home", str(demo), *args), told)


def test_wrong_settings_and_homes_are_named(demo: Path, tmp_path: Path) -> None:
    wrong = carbonmart(demo, "tables", env={"CARBONMART_RATE_PER_SECOND": "fast"})
    assert_usage_error(wrong, "CARBONMART_RATE_PER_SECOND='fast'", "valid number")
    live = carbonmart(demo, "refresh", env={"CARBONMART_CONTACT": "me@example.org"})
    assert_usage_error(live, str(demo), "never mixed")
    assert_usage_error(carbonmart(tmp_path / "none", "sql", "select 1"), "no carbonmart home yet")
    assert not (tmp_path / "none").exists()
    assert carbonmart(demo, "show").returncode == carbonmart(demo, "moon").returncode == 2


def test_sql_reads_the_tables_and_nothing_else(demo: Path, warm: Warm, tmp_path: Path) -> None:
    """Each of these is refused, and leaves the disk as it was."""
    part = next((demo / "tables" / "seee_quotes").glob("*.parquet"))
    digest = part.read_bytes()
    out = tmp_path / "out"
    for query in (
        f"copy (select 1) to '{out}'",
        f"copy seee_quotes to '{part}'",
        f"attach '{out}'",
        "install httpfs",
        "set enable_external_access = true",
        "delete from seee_quotes",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/etc/*')",
        f"select * from read_parquet('{tmp_path}/*.parquet')",
        f"with w as (copy (select 1) to '{out}') select 1",
    ):
        assert_usage_error(warm.run("--home", str(demo), "sql", query))
    assert not out.exists()
    assert part.read_bytes() == digest


@pytest.mark.parametrize(
    "args",
    [
        ("tables",),
        ("sql", "select * from range(200000)", "--json"),
        ("sql", "select * from range(5000)"),
        ("sources",),
    ],
)
def test_a_pipe_closed_early_prints_no_traceback(demo: Path, args: tuple[str, ...]) -> None:
    words = " ".join(f"'{word}'" for word in (str(COMMAND), "--home", str(demo), *args))
    done = in_bash(f"{words} | head -1", demo.parent)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("tables",),
        ("sources",),
        ("show", "seee_bulletins", "--limit", "3"),
        ("show", "seee_quotes", "--columns", "all", "--limit", "3"),
    ],
)
def test_80_columns_are_enough(demo: Path, args: tuple[str, ...]) -> None:
    done = carbonmart(demo, *args, env={"COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    assert_fits_80_columns(done.stdout)
    if args[0] == "show":
        assert "more columns (--columns a,b chooses, --json shows all): " in done.stderr
    elif args[0] == "sources":  # a long text goes on below its beginning
        assert any(line.startswith(" ") for line in done.stdout.splitlines())


def assert_fits_80_columns(printed: str) -> None:
    """No line is longer, and no word is cut off."""
    assert max(len(line) for line in printed.splitlines()) <= 80
    assert "…" not in printed


def test_the_demo_tells_the_story_of_core_climate(ask: Ask) -> None:
    query = "select event_date, kind, parties, tonnes from core_climate_events order by 1"
    told = [tuple(row.values()) for row in ask("sql", query)]
    for event in (
        ("2021-08-27", "mou", "GFEX", None),
        ("2022-03-24", "mou", "CEEX", None),
        ("2022-10-28", "launch", "Verra", None),
        ("2024-08-01", "product_added", "Gold Standard", None),
        ("2024-12-18", "settlement", "Cathay Pacific", 50_000),
        (
            "2025-09-23",
            "mou",
            "CEEX; Macao International Carbon Emission Exchange; Shenzhen Green Exchange",
            None,
        ),
    ):
        assert event in told
    assert [kind for _, kind, _, _ in told].count("launch") == 1
    assert "council" in [kind for _, kind, _, _ in told]
    counted = (
        "select metric, qualifier, value from core_climate_stats where metric = '{}' order by as_of"
    )
    for metric, expected in (
        ("participants", [(">=", 20), ("~", 80), (">=", 90), (">=", 100), (">=", 100)]),
        ("projects", [(">=", 30), (">=", 50), (">=", 60), (">=", 60)]),
    ):
        rows = ask("sql", counted.format(metric))
        assert [(row["qualifier"], row["value"]) for row in rows] == expected
    trace = ask("trace", "core_climate_events", "2412182news", "settlement", "1", "tonnes")
    assert [telling["by"] for telling in trace["told"]] == ["en", "zh-CN", "zh-HK"]
    assert "50,000公噸" in trace["told"][2]["words"]
