"""What the archive says of nights, of pages that were gone, and of runs."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from extractors.archive.archive import INDEX_NAME, Archive
from extractors.warc.exchange import Entry
from tests.support.archive_world import BEGAN, exchange, put

KEY = exchange().link.key


def written(archive: Archive, *days: date | None) -> list[Entry]:
    """One page seen in runs a day apart: good, gone, and the same bytes again ..."""
    entries = []
    for number, day in enumerate(days):
        began = BEGAN + timedelta(days=number)
        status = 404 if number % 2 else 200
        made = exchange(status=status, after_s=number * 86_400)
        with archive.writer("seee", f"run-{number}", began, day) as writer:
            entries.append(put(archive, writer, made, "not_found" if number % 2 else "good"))
    return entries


@pytest.mark.parametrize("is_flushed", [True, False])
def test_a_page_that_was_gone_begins_a_new_stretch(tmp_path: Path, is_flushed: bool) -> None:
    archive = Archive(tmp_path)
    with archive.writer("seee", "run", BEGAN) as writer:

        def seen(status: int, after_s: int, verdict: str) -> Entry:
            entry = put(archive, writer, exchange(status=status, after_s=after_s), verdict)
            if is_flushed:
                archive.flush()
            return entry

        first = seen(200, 0, "good")
        assert seen(200, 1, "good").refers_to == first.fetch_id
        seen(500, 2, "error")
        assert archive.latest(KEY) is not None, "an error says nothing about the page"
        seen(404, 3, "not_found")
        assert archive.latest(KEY) is None
        assert archive.last_seen(KEY) is None
        back = seen(200, 4, "good")
        assert back.refers_to == ""
        latest = archive.latest(KEY)
        assert latest is not None
        assert latest.fetch_id == back.fetch_id
        assert latest.first_seen_at == BEGAN + timedelta(seconds=4)


def test_nights_are_business_days_and_survive_a_rebuild(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entries = written(archive, date(2021, 10, 8), date(2021, 10, 11), None)
    for _ in range(2):
        history = archive.history()
        assert [run.run_id for run in history.runs("seee")] == ["run-0", "run-1", "run-2"]
        nights = ["2021-10-08", "2021-10-11", "2025-03-06"]
        assert [run.night for run in history.runs("seee")] == nights
        assert [history.night_of(entry) for entry in entries] == nights
        sightings = history.sightings(KEY, BEGAN + timedelta(days=1, hours=1))
        assert [entry.status for entry in sightings] == [404, 200]
        archive.rebuild()


def test_a_rows_lineage_leads_to_its_payload(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, _, again = written(archive, None, None, None)
    history = archive.history()
    assert first.payload_sha256 == again.payload_sha256
    for entry in (first, again):
        lineage = ("seee", entry.url, entry.payload_sha256, entry.retrieved_at)
        assert history.payload(*lineage) == archive.entry(entry.fetch_id)
    assert (
        history.payload("seee", first.url, first.payload_sha256, datetime(2020, 1, 1, tzinfo=UTC))
        is None
    )
    run = history.run("seee", "run-1")
    assert run is not None
    assert [e.status for e in history.of_run(run, "bulletin", ("not_found",))] == [404]
    assert history.of_run(run, "bulletin", ("good",)) == []
    assert history.run("seee", "none") is None


def test_an_index_from_before_business_days_gets_the_column(tmp_path: Path) -> None:
    written(Archive(tmp_path), date(2021, 10, 8))
    with sqlite3.connect(tmp_path / INDEX_NAME) as db:
        db.execute("ALTER TABLE files DROP COLUMN business_day")
    (run,) = Archive(tmp_path).history().runs("seee")
    assert run.night == "2025-03-04", "the day in UTC on which it began"


def test_notes_of_what_is_settled_last(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (entry,) = written(archive, None)
    history = archive.history()
    assert not history.is_settled("run:seee:run-0")
    history.settle(["run:seee:run-0"])
    archive.rebuild()
    assert Archive(tmp_path).history().is_settled("run:seee:run-0")
    assert not history.is_read(entry.fetch_id)
    archive.mark_read([entry.fetch_id], "seee-1")
    assert archive.history().is_read(entry.fetch_id)
