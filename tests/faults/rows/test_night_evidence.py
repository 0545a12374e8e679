"""Quarantine and trace over a real night: from a refusal or a cell back to the bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractors.archive.archive import Archive
from extractors.model import Record
from flows.core import sources
from flows.core.errors import UsageError
from flows.core.query.sql import WORKING
from flows.core.settings import Settings
from flows.jobs.requeue import requeue
from flows.lineage.quarantine import show
from flows.lineage.trace import Trace, render, trace
from tests.e2e.commands import answer, assert_usage_error, carbonmart
from tests.support.nights import FIRST_UNTIL, NEXT, World, article
from transforms.model import Row


@pytest.fixture
def refused(world: World) -> tuple[World, str]:
    """A night with a bulletin whose words nobody knows; gives its quarantine id."""
    world.serve(NEXT[0], lambda text: text.replace("总成交量", "总量"))
    world.night()
    ((identity,),) = world.quarantine("quarantine_id")
    return world, identity


def test_a_record_is_shown_with_its_bytes_and_released_once_it_is_understood(
    refused: tuple[World, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, identity = refused
    settings = Settings(home=str(world.home))
    row = show(settings, identity)
    before, _, after = row["context"].partition("»")
    words, _, rest = after.partition("«")
    assert "总量" in words, row["context"]
    assert before or rest
    entry = Archive(world.home / "archive").entry(row["fetch_id"])
    assert (row["warc"], row["offset"]) == (f"archive/{entry.warc}", entry.offset)
    assert row["payload_sha256"] == entry.payload_sha256
    assert "总量" in row["record"]["text"]

    same = requeue(settings)
    assert [run.tally.quarantined for run in same.runs] == [1]
    assert same.watched is not None
    assert "seee quarantine" in "".join(each.name for each in same.watched.told.opened)
    assert world.quarantine("quarantine_id") == [(identity,)]

    old = sources.pipeline("seee", is_sample=True)

    def mended(record: Record) -> list[Row]:
        text = str(record.fields.get("text", "")).replace("总量", "总成交量")
        fields: dict[str, Any] = {**record.fields, **({"text": text} if text else {})}
        return old.transform(replace(record, fields=fields))

    newer = replace(sources.declaration("seee"), parser_version="seee-fixed")
    monkeypatch.setattr("extractors.seee.source.SOURCE", newer)
    monkeypatch.setattr("transforms.seee.transform.transform", mended)
    with pytest.raises(UsageError, match="not open in quarantine: 0123"):
        requeue(settings, ["0123"])
    report = requeue(settings, [identity])
    (run,) = report.runs
    assert (run.tally.new, run.tally.quarantined) == (1, 0), run.why
    assert world.quarantine("quarantine_id") == []
    assert report.watched is not None
    assert "seee quarantine" in "".join(each.name for each in report.watched.told.recovered)
    assert world.ask("select status from ops_quarantine") == [("released",)]
    ((known_from, version),) = world.ask(
        f"select known_from, parser_version from seee_bulletins where period_start = '{NEXT[0]}'"
    )
    assert version == "seee-fixed"
    assert known_from > entry.retrieved_at, "known since the fix, not since the fetch"


def test_the_command_shows_records_and_knows_none_other(refused: tuple[World, str]) -> None:
    world, identity = refused
    (listed,) = answer(world.home, "quarantine")
    assert listed["quarantine_id"] == identity
    (whole,) = answer(world.home, "quarantine", identity)
    assert "»" in whole["context"]
    done = carbonmart(world.home, "quarantine", identity)
    assert "context" in done.stdout
    assert_usage_error(carbonmart(world.home, "quarantine", "nothing"), "nothing")


def test_a_revised_cell_leads_to_both_pages(world: World, tmp_path: Path) -> None:
    world.server.until = FIRST_UNTIL
    world.server.fault("", "revision", date=FIRST_UNTIL, changes={"high": "77.70"})
    world.night()
    settings = Settings(home=str(world.home))
    found = trace(settings, WORKING, "seee_bulletins", ["day", f"{FIRST_UNTIL}", "high_cny_per_t"])
    assert isinstance(found, Trace)
    first, second = found.statements
    assert str(second.value) == "77.70"
    assert second.words is not None
    assert "77.70" in second.words
    assert first.payload_sha256 != second.payload_sha256
    archive = Archive(world.home / "archive")
    for statement in found.statements:
        assert statement.entry is not None
        page = archive.page(statement.entry)
        assert page.payload_sha256 == statement.payload_sha256
        assert f"{statement.value}" in page.body.decode()
    shown = render(settings, found)
    assert shown.marks == 1
    assert "77.70" in shown.html.partition('<mark id="found">')[2].partition("</main>")[0][:200]

    target = tmp_path / "page.html"
    key = [f"period_end={FIRST_UNTIL}", "period=day"]
    # The quote file contradicts the new value: it is held back, and shown on request only.
    asked = ("trace", "seee_bulletins", *key, "high_cny_per_t")
    assert [r["revision"] for r in answer(world.home, *asked)["revisions"]] == [1]
    told = answer(world.home, *asked, "--working", "--html", str(target))
    assert [r["revision"] for r in told["revisions"]] == [1, 2]
    assert told["value"] == "77.70"
    assert target.read_text(encoding="utf-8") == shown.html


def test_a_cell_of_a_json_page_leads_to_its_row(world: World) -> None:
    settings = Settings(home=str(world.home))
    day = f"{FIRST_UNTIL}"
    for table, key, column in (
        ("seee_quotes", [day, "COMCEA"], "close_cny_per_t"),
        ("seee_method_totals", [day, "COMCEA", "listed"], "day_volume_t"),
    ):
        found = trace(settings, WORKING, table, [*key, column])
        assert isinstance(found, Trace)
        shown = render(settings, found)
        assert shown.marks == 1, table
        marked = shown.html.partition('<mark id="found">')[2].partition("</mark>")[0]
        assert found.last.words is not None
        assert found.last.words in marked


def test_wrong_usage_of_trace_is_told_in_a_line(world: World) -> None:
    for args, told in (
        (["nowhere", "day", "close"], "no table 'nowhere'"),
        (["ops_runs", "a", "b"], "is a log"),
        (["seee_bulletins", "close_cny_per_t"], "name a row and a column"),
        (["seee_bulletins", "day", "close_cny_per_t"], "rows of seee_bulletins"),
        (["seee_bulletins", "day", "1999-01-01", "close_cny_per_t"], "has no row with"),
        (["seee_bulletins", "day", "2021-09-30", "closing"], "has no column 'closing'"),
    ):
        with pytest.raises((UsageError, LookupError)) as caught:
            trace(Settings(home=str(world.home)), WORKING, args[0], args[1:])
        assert told in str(caught.value)
    done = carbonmart(world.home, "trace", "seee_bulletins", "day", "close_cny_per_t")
    assert_usage_error(done, "give the whole key")


def test_a_tombstone_is_traced_to_the_nights_it_was_missing(world: World) -> None:
    path = article(FIRST_UNTIL).path
    world.server.fault(path.replace(".", r"\."), "not_found")
    world.night()
    world.server.until = NEXT[1]
    world.night()
    found = answer(
        *(world.home, "trace", "seee_bulletins", "day", f"{FIRST_UNTIL}", "close_cny_per_t"),
        "--working",
    )
    assert found["is_deleted"]
    assert found["value"] is None
    seen = found["revisions"][-1]["note"]["disappeared"]["seen"]
    assert [one["night"] for one in seen] == [f"{NEXT[0]}", f"{NEXT[1]}"]
    done = carbonmart(
        *(world.home, "trace", "seee_bulletins", "day", f"{FIRST_UNTIL}", "close_cny_per_t"),
        "--working",
    )
    assert "disappeared" in done.stdout
    assert f"{NEXT[0]}, {NEXT[1]}" in done.stdout
