"""What a backfill ends with: the watch, as a night does, but no sign of life of the nights."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

import flows.jobs.backfill.backfill as job
import flows.jobs.start
from flows.core.context import Sample
from flows.core.settings import Settings
from flows.jobs.backfill.ledger import Mode, Order
from flows.jobs.backfill.report import BackfillReport
from flows.stages.monitor.model import STORE
from tests.support.nights import NEXT, World
from tests.support.servers import LoopbackServer, Reply, Request

LAUNCH, AUTUMN = date(2021, 7, 16), date(2021, 9, 30)


@pytest.fixture
def heard(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a webhook is told by the watch of runs on the world's server."""
    told: list[str] = []

    def take(request: Request) -> Reply:
        told.append(json.loads(request.body)["text"])
        return Reply(200)

    @contextmanager
    def same_world(until: date | None = None) -> Iterator[Sample]:
        yield Sample(world.server.routes, until)

    with LoopbackServer(take) as server:
        monkeypatch.setattr(flows.jobs.start, "sample_world", same_world)
        monkeypatch.setenv("CARBONMART_WEBHOOK_URL", f"{server.base}/hook")
        yield told


def backfill(world: World, mode: Mode = "all", last: date = AUTUMN) -> BackfillReport:
    settings = Settings.load(str(world.home)).model_copy(
        update={"publish": False, "retries": 0, "backoff_s": 0.0}
    )
    asked = Order("seee", LAUNCH, last, mode)
    return job.backfill(
        settings,
        asked,
        is_sample=True,
        until=world.server.until,
        conduct=job.Conduct(tell=lambda line: None),
    )


def test_it_ends_with_the_watch_and_is_told_once(world: World, heard: list[str]) -> None:
    world.server.until = AUTUMN
    world.serve(
        date(2021, 9, 29), lambda text: re.sub(r"(?<=总成交量)[\d,]+(?=吨)", "999999999", text)
    )
    report = backfill(world)
    assert report.watched is not None
    assert {each.source for each in report.watched.told.opened} == {"seee"}
    (message,) = heard
    assert "1 to look at, 0 recovered" in message
    assert "quarantine --replay" in message
    metrics = (world.home / "metrics.prom").read_text()
    assert 'carbonmart_quarantine_open{source="seee"} 1.0' in metrics
    assert 'carbonmart_run_outcome{outcome="changed",source="seee"} 1.0' in metrics, "of the night"
    again = backfill(world).watched
    assert again is not None
    assert [len(each) for each in (again.told.opened, again.told.still_open, heard)] == [0, 1, 1]
    world.server.clear()
    over = backfill(world)
    assert (over.exit_code, over.watched and over.watched.told.still_open) == (0, [])
    assert "0 to look at, 1 recovered" in heard[-1]
    assert len(heard) == 2


def test_one_that_ends_well_does_not_hide_that_no_night_did(world: World, heard: list[str]) -> None:
    world.server.until = NEXT[1]  # the night of `NEXT[0]` never was
    report = backfill(world, last=NEXT[1])
    assert report.exit_code == 0
    assert report.watched is not None
    assert [each.name for each in report.watched.told.opened] == ["seee overdue"]
    assert not (world.home / "last_success").exists()
    assert "carbonmart_last_success" not in (world.home / "metrics.prom").read_text()


def test_one_with_nothing_to_do_says_nothing_of_the_release(world: World, heard: list[str]) -> None:
    world.server.until = AUTUMN
    assert backfill(world, "missing").released is not None
    again = backfill(world, "missing")
    assert (again.released, again.exit_code) == (None, 0)
    assert again.watched is not None
    assert ("release", STORE) not in again.watched.look.looked
    assert heard == []
