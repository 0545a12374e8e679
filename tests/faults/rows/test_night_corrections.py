"""Corrections at work over whole nights: applied, told, undone, and never silently wrong."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.core.settings import Settings
from flows.jobs.replay import replay
from flows.stages.read.corrections import present
from schemas.contracts.corrections import CorrectionError
from tests.e2e.commands import answer, assert_usage_error, carbonmart
from tests.faults.jobs.test_replay import content
from tests.support.nights import FIRST_UNTIL, NEXT, World

RIGHT = Decimal("41.50")


def correction(day: date, column: str, expect: object, value: object) -> dict[str, Any]:
    return {
        "table": "seee_bulletins",
        "key": {"period": "day", "period_start": day, "period_end": day},
        "column": column,
        "expect": str(expect),
        "value": str(value),
        "reason": "digits swapped; the week's bulletin says otherwise",
        "reported_by": "A. Analyst",
        "date": date(2021, 10, 1),
        "source": "https://overview.cneeex.example/c/2021-09-30/1.shtml",
    }


def write(world: World, *corrections: dict[str, Any]) -> None:
    text = yaml.safe_dump(list(corrections), allow_unicode=True)
    (world.home / "corrections.yml").write_text(text, encoding="utf-8")


def close_of(world: World, day: date) -> list[tuple[Any, ...]]:
    return world.ask(
        "select revision, close_cny_per_t, evidence from seee_bulletins__history "
        f"where period = 'day' and period_end = '{day}' order by 1"
    )


def listed(world: World) -> list[tuple[str, str | None]]:
    return [(row["state"], row["published"]) for row in answer(world.home, "corrections")]


def test_a_correction_of_a_held_row_bites_is_told_and_is_undone(
    world: World, tmp_path: Path
) -> None:
    world.server.until = FIRST_UNTIL
    ((_, wrong, words),) = close_of(world, FIRST_UNTIL)
    write(world, correction(FIRST_UNTIL, "close_cny_per_t", wrong, RIGHT))
    assert listed(world) == [("pending", str(wrong))]
    told = world.night()
    assert (told.outcome, told.run.tally.revised) == ("changed", 1), told.text
    assert f"{wrong} -> {RIGHT}" in told.line("revised")
    _, second = close_of(world, FIRST_UNTIL)
    assert second[:2] == (2, RIGHT)
    evidence = json.loads(second[2])
    note = evidence.pop("corrected")["close_cny_per_t"]
    assert evidence == json.loads(words), "the printed words stay beside the correction"
    assert note["published"] == str(wrong)
    assert note["value"] == str(RIGHT)
    assert "digits swapped" in note["reason"]
    assert "Analyst" not in second[2]
    assert listed(world) == [("bites", str(wrong))]

    quiet = world.night()
    assert (quiet.outcome, quiet.run.tally.parsed) == ("unchanged", 0), quiet.text

    write(world)
    told = world.night()
    assert told.outcome == "changed", told.text
    assert [row[:2] for row in close_of(world, FIRST_UNTIL)] == [(1, wrong), (2, RIGHT), (3, wrong)]
    assert "corrected" not in json.loads(close_of(world, FIRST_UNTIL)[2][2])

    before, versions = content(world.home), world.versions()
    replay(Settings(home=str(world.home)))
    assert world.versions() == versions
    again = tmp_path / "again"
    shutil.copytree(world.home / "archive", again / "archive")
    replay(Settings(home=str(again)))
    assert content(again) == before


def test_a_value_that_is_not_the_expected_one_stands_and_alarms(world: World) -> None:
    ((_, wrong, _),) = close_of(world, FIRST_UNTIL)
    other = correction(FIRST_UNTIL, "close_cny_per_t", "11.11", RIGHT)
    nowhere = correction(date(2020, 1, 2), "close_cny_per_t", "1.00", "2.00")
    mended = correction(date(2021, 9, 24), "close_cny_per_t", "1.00", "2.00")
    held = world.ask(
        "select close_cny_per_t from seee_bulletins "
        "where period = 'day' and period_end = '2021-09-24'"
    )
    mended["value"] = str(held[0][0])
    write(world, other, nowhere, mended)
    told = world.night()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert f"published {wrong}, expected 11.11" in told.line("correction_mismatch")
    assert "take the correction out" in told.line("correction_obsolete")
    assert "note" in told.line("correction_missing")
    assert [row[:2] for row in close_of(world, FIRST_UNTIL)] == [(1, wrong)]
    assert listed(world) == [
        ("mismatch", str(wrong)),
        ("missing", None),
        ("obsolete", mended["value"]),
    ]


def test_a_corrected_row_is_validated_again(world: World) -> None:
    """A correction that breaks a rule of the table does not get in."""
    ((total,),) = world.ask(
        "select total_volume_t from seee_bulletins "
        f"where period = 'day' and period_end = '{FIRST_UNTIL}'"
    )
    write(world, correction(FIRST_UNTIL, "total_volume_t", total, total + 1))
    told = world.night()
    assert told.outcome == "partial", told.text
    assert "stays as published" in told.line("correction_refused")
    assert [revision for revision, _, _ in close_of(world, FIRST_UNTIL)] == [1]


def test_a_refused_record_is_mended_by_its_correction_and_goes_with_it(world: World) -> None:
    day = NEXT[0]
    totals: list[int] = []

    def spoil(text: str) -> str:
        head, mark, rest = text.partition("总成交量")
        printed = rest.partition("吨")[0]
        if not mark or not printed.replace(",", "").isdigit() or totals:
            return text
        totals.append(int(printed.replace(",", "")))
        return f"{head}{mark}{totals[0] + 7:,}{rest[len(printed) :]}"

    world.serve(day, spoil)
    told = world.night()
    assert world.quarantine("table_name") == [("seee_bulletins",)], told.text
    write(world, correction(day, "total_volume_t", totals[0] + 7, totals[0]))
    told = world.night()
    assert world.quarantine("table_name") == [], told.text
    query = f"select total_volume_t from seee_bulletins where period_start = '{day}'"
    assert world.ask(query) == [(totals[0],)]
    write(world)
    told = world.night()
    assert world.ask(query) == [], told.text
    assert "with its correction" in told.line("taken from")
    assert world.quarantine("table_name") == [("seee_bulletins",)]


def test_a_broken_file_stops_the_night_before_it_begins(world: World) -> None:
    (world.home / "corrections.yml").write_text("- table: seee_bulletins\n  colunm: x\n")
    for command in (["refresh", "seee", "--sample", "--until", "2021-10-08"], ["corrections"]):
        done = carbonmart(world.home, *command)
        assert_usage_error(done, "stanza 1, colunm, line 2: unknown field 'colunm'")
    missing = Settings(home=str(world.home), corrections=str(world.home / "none.yml"))
    with pytest.raises(CorrectionError, match="no such file"):
        present(missing)
