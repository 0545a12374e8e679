"""The past by command: as-of, versions, releases, history and diff of nights as they were."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from flows.core.errors import UsageError
from flows.core.query.time_travel import parse_time
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.support.nights import FIRST_UNTIL, World
from tests.support.released import release
from tests.support.rows import bulletin
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

REVISED = "99.99"


def run(home: Path, *args: str) -> Any:
    """The one JSON document of a command."""
    done = CliRunner().invoke(app, ["--home", str(home), *args, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def told(home: Path, *args: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(home), *args], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def revised(world: World) -> tuple[World, str, str]:
    """A store with two releases that differ by one bulletin, revised on its page in place."""
    home = open_home(world.home, "sample")
    world.server.until = FIRST_UNTIL
    before = release(home).release_id
    world.server.fault("", "revision", date=FIRST_UNTIL, changes={"high": REVISED})
    night = world.pipeline()
    assert (night.run.tally.new, night.run.tally.revised) == (0, 1), night.text
    return world, before, release(home).release_id


def test_two_releases_that_differ_by_a_revised_bulletin(revised: tuple[World, str, str]) -> None:
    world, before, after = revised
    (change,) = run(world.home, "diff", "all", before, after)
    assert (change["table"], change["action"]) == ("seee_bulletins", "MOD")
    day = FIRST_UNTIL.isoformat()
    assert change["key"] == {"period": "day", "period_start": day, "period_end": day}
    (column,) = change["columns"].items()
    name, (old, new) = column
    assert (name, new) == ("high_cny_per_t", REVISED)
    assert change["old_source_url"] == change["new_source_url"]

    key = ("seee_bulletins", "day", day)
    first, second = run(world.home, "history", *key)
    assert (first["action"], first["changed"], first["high_cny_per_t"]) == ("ADD", {}, old)
    assert (second["action"], second["changed"]) == ("MOD", {"high_cny_per_t": [old, new]})
    assert first["known_to"] == second["known_from"]
    assert f"{old} -> {new}" in told(world.home, "history", *key)
    only = run(world.home, "history", *key, "--where", "revision = 2")
    assert only == [second]

    asked = "select high_cny_per_t as high from seee_bulletins where period='day'"
    (mod,) = run(world.home, "sql", "select * from ops_changes where action = 'MOD'")
    assert json.loads(mod["columns"]) == {"high_cny_per_t": [old, new]}
    assert json.loads(mod["key"]) == change["key"]
    for point, high in (
        (("--as-of", first["known_from"]), old),
        (("--as-of", second["known_from"]), new),
        (("--release", before), old),
        (("--release", after), new),
        (("--version", "seee_bulletins=1"), old),
    ):
        highs = {row["high"] for row in run(world.home, "sql", asked, *point)}
        assert (REVISED in highs) == (high == REVISED), point
        count = {row["table"]: row["rows"] for row in run(world.home, "tables", *point)}
        shown = run(world.home, "history", *key, *point)
        assert len(shown) == (2 if high == REVISED else 1), point
        every = run(world.home, "sql", "select count(*) as n from seee_bulletins__history", *point)
        assert count["seee_bulletins"] == every[0]["n"]
    assert run(world.home, "diff", "all", after, "now") == []
    back = run(world.home, "diff", "seee_bulletins", after, before)
    assert back[0]["columns"] == {"high_cny_per_t": [new, old]}


def test_what_a_reader_saw_after_each_night_is_what_as_of_shows(world: World) -> None:
    """Bulletins, quotes, totals, quarantine and runs, over the real road."""
    tables = ("seee_bulletins", "seee_quotes", "seee_method_totals", "ops_runs", "ops_quarantine")
    seen = []
    for number in range(3):
        if number == 1:
            world.server.fault("", "revision", date=FIRST_UNTIL, changes={"high": REVISED})
        if number == 2:
            world.server.clear()
            world.server.until += timedelta(days=3)
        world.pipeline()
        last = world.ask("select max(finished_at) from ops_runs")[0][0]
        seen.append((last, [world.ask(f"from {name} order by all") for name in tables]))
    assert seen[0] != seen[1] != seen[2]
    store = Warehouse(world.home)
    for at, states in seen:
        with store.connect(as_of=at) as connection:
            then = [connection.execute(f"from {name} order by all").fetchall() for name in tables]
        assert then == states


def test_pages_are_self_contained_and_escaped(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", "sample")
    store, evil = Warehouse(home.path), "<script>alert('x')</script><img src=//x.example>"
    for number, title in enumerate(("first", evil)):
        # Another title of the same figures would be no revision.
        row = bulletin(weight_regime=title, article_no=number)
        known = row["retrieved_at"] + timedelta(days=number)
        store.load(SEEE_BULLETINS, [row], known_from=known, run_id="x")
    for args in (
        ("history", "seee_bulletins", "day", "--working"),
        ("diff", "seee_bulletins", "v1", "v2"),
    ):
        page = tmp_path / f"{args[0]}.html"
        assert str(page) in told(Path(str(home.path)), *args, "--html", str(page))
        html = page.read_text(encoding="utf-8")
        assert "&lt;script&gt;" in html
        assert "<del>first</del> <mark>" in html
        tags = set(re.findall(r"<\s*([a-z]+)", html))
        assert not tags & {"script", "img", "iframe", "link", "object", "svg", "a"}
        assert "default-src 'none'" in html.replace("&#x27;", "'")
    wrong = CliRunner().invoke(
        app, ["--home", str(home.path), *args, "--html", str(tmp_path / "no" / "x.html")]
    )
    assert isinstance(wrong.exception, UsageError)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2025-03-03", "2025-03-03T23:59:59.999999+00:00"),
        ("2025-03-03T14:30", "2025-03-03T14:30:59.999999+00:00"),
        ("2025-03-03 14:30:05Z", "2025-03-03T14:30:05.999999+00:00"),
        ("2025-03-03T22:30:05.25+08:00", "2025-03-03T14:30:05.250000+00:00"),
        ("20250303T143005", "2025-03-03T14:30:05.999999+00:00"),
    ],
)
def test_a_time_means_the_end_of_what_it_names(text: str, meant: str) -> None:
    assert parse_time(text).isoformat() == meant


@pytest.mark.parametrize(
    "args",
    [
        ("show", "seee_quotes", "--as-of", "yesterday"),
        ("show", "seee_quotes", "--version", "99"),
        ("show", "seee_quotes", "--version", "latest"),
        ("show", "ops_changes", "--version", "1"),
        ("sql", "select 1", "--version", "1"),
        ("sql", "select 1", "--version", "nonsense=1"),
        ("sql", "select 1", "--release", "R20000101T000000Z"),
        ("tables", "--release", "R1", "--as-of", "2025-03-03"),
        ("diff", "all", "v1", "now"),
        ("diff", "ops_runs", "2025-03-03", "now"),
        ("diff", "nonsense", "2025-03-03", "now"),
    ],
)
def test_wrong_usage_is_told(
    first_night: Path, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from flows.cli.main import main

    monkeypatch.setattr("sys.argv", ["carbonmart", "--home", str(first_night), *args])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2, said
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
