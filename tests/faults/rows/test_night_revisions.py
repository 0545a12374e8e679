"""What the publisher says twice, changes or takes back: every statement is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.nights import FIRST_UNTIL, NEXT, World, article

HISTORY = (
    "select revision, high_cny_per_t, source_url from seee_bulletins__history "
    "where period = 'day' and period_end = '{day}' order by revision"
)


def history(world: World, day: date) -> list[tuple[Any, ...]]:
    return world.ask(HISTORY.format(day=day))


def high_of(world: World, day: date) -> Decimal:
    return dict(world.days("period_end, high_cny_per_t"))[day]  # type: ignore[no-any-return]


def test_two_bulletins_for_a_day_are_two_revisions(world: World) -> None:
    path = world.server.fault("", "second_bulletin", date=NEXT[0], changes={"high": "99.99"})
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("changed", 5), told.text
    assert "pages_agree_on_a_period" in told.run.failed_checks
    kept = history(world, NEXT[0])
    assert [revision for revision, _, _ in kept] == [1, 2]
    assert {url.rsplit("example", 1)[1] for _, _, url in kept} == {path, article(NEXT[0]).path}
    assert Decimal("99.99") in {high for _, high, _ in kept}
    line = told.line("revised")
    assert f"{NEXT[0]}" in line
    assert "high_cny_per_t" in line
    assert "99.99" in line
    versions = world.versions()
    again = world.pipeline()
    assert (again.outcome, again.exit_code) == ("unchanged", 5), again.text
    assert world.versions() == versions
    assert history(world, NEXT[0]) == kept


def test_a_page_changed_in_place_and_back_gives_three_revisions(world: World) -> None:
    world.server.until = FIRST_UNTIL
    first = high_of(world, FIRST_UNTIL)
    world.server.fault("", "revision", date=FIRST_UNTIL, changes={"high": "77.70"})
    told = world.pipeline()
    assert told.outcome == "changed", told.text
    assert (told.run.tally.new, told.run.tally.revised) == (0, 1)
    assert high_of(world, FIRST_UNTIL) == Decimal("77.70")
    line = told.line("revised")
    assert f"{first} -> 77.70" in line

    world.server.clear()
    told = world.pipeline()
    assert (told.run.tally.new, told.run.tally.revised) == (0, 1), told.text
    assert [(n, high) for n, high, _ in history(world, FIRST_UNTIL)] == [
        (1, first),
        (2, Decimal("77.70")),
        (3, first),
    ]
    assert world.pipeline().outcome == "unchanged"

    asked = [
        "--home",
        str(world.home),
        "history",
        "seee_bulletins",
        "day",
        f"{FIRST_UNTIL}",
        "--working",
    ]
    start = "from flows.cli.main import command; command()"
    shown = subprocess.run(
        [sys.executable, "-c", start, *asked, "--json"], capture_output=True, text=True, check=True
    )
    rows = json.loads(shown.stdout)
    assert [row["revision"] for row in rows] == [1, 2, 3]
    assert [row["high_cny_per_t"] for row in rows] == [str(first), "77.70", str(first)]


def test_a_changed_past_quote_is_a_revision(world: World) -> None:
    """The quote page gives its whole series anew each night: only what differs is written."""
    path = "/zhhq/jsonData/hiskline.json"
    world.server.until = FIRST_UNTIL
    rows = json.loads(world.server.sites["seee"].respond("overview.cneeex.example", path).body)
    changed = rows[10]
    changed[3] = "1.23"
    world.server.fault(path, "replace", body=json.dumps(rows))
    told = world.night()
    assert (told.run.tally.new, told.run.tally.revised) == (0, 1), told.text
    assert told.run.tally.duplicates == len(rows) - 1
    assert told.exit_code == 5, "the bulletin of that day says otherwise, however old it is"
    assert f"held back from seee: seee_quotes {changed[0]} COMCEA (revision 2)" in told.text
    kept = world.ask(
        "select revision, low_cny_per_t from seee_quotes__history "
        f"where product = 'COMCEA' and trade_date = '{changed[0]}' order by 1"
    )
    assert [revision for revision, _ in kept] == [1, 2]
    assert kept[1][1] == Decimal("1.23")


def test_a_page_that_gets_worse_keeps_the_good_row(world: World) -> None:
    """A later version that can't be read refuses itself and takes nothing away."""
    world.server.until = FIRST_UNTIL
    before = world.days("period_end, total_volume_t, high_cny_per_t")
    url = world.serve(FIRST_UNTIL, lambda text: text.replace("总成交量", "总量"))
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert url in told.text
    assert world.days("period_end, total_volume_t, high_cny_per_t") == before
    assert [row[0] for row in world.quarantine("url")] == [url]
    world.server.clear()
    told = world.pipeline()
    assert (told.run.tally.new, told.run.tally.revised) == (0, 0), told.text
    assert world.quarantine("url") == []


def test_a_lasting_refusal_is_told_once_and_stays_in_quarantine(world: World) -> None:
    """A bad row in a file that grows every day: one entry and one alarm, not one a night."""
    path = "/zhhq/jsonData/hiskline.json"
    for day in (NEXT[0], NEXT[1]):
        world.server.clear()
        world.server.until = day
        rows = json.loads(world.server.sites["seee"].respond("overview.cneeex.example", path).body)
        rows[5][1] = "half past nine"
        world.server.fault(path, "replace", body=json.dumps(rows))
        told = world.pipeline()
        assert told.run.tally.quarantined == 1
        is_first = day == NEXT[0]
        assert told.outcome == ("partial" if is_first else "changed"), told.text
        if is_first:
            line = told.line("bad_number")
            assert "half past nine" in line
            assert path in line
    assert world.quarantine("rule, value") == [("bad_number", "half past nine")]
    world.server.clear()
    assert world.pipeline().outcome == "unchanged", "the row was held from before it went bad"
    assert world.quarantine("rule") == []
