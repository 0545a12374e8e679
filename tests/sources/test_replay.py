"""The archive of every source gives its rows again, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from flows.core.outcome import GOOD
from flows.core.settings import Settings
from flows.jobs.replay import replay
from schemas.registry import TABLES
from tests.sources import spoil
from tests.sources.case import Case, at, rows_of
from tests.support.nights import World
from warehouse.store.held import held
from warehouse.store.store import Warehouse


def test_a_replay_gives_the_same_rows(case: Case, world: World, tmp_path: Path) -> None:
    """After two nights, on the second of which a figure was another: into no store at all, and
    into the one that is there."""
    spoilt = spoil.revised(case)
    world.server.until = case.next_evening
    world.server.fault(at(spoilt.entry.url), "replace", body=spoilt.body)
    told = world.pipeline()
    assert told.run.tally.revised
    before, versions = rows_of(world, left_out=""), world.versions()
    anew = World(tmp_path / "anew", world.server, case.name)
    shutil.copytree(world.home / "archive", anew.home / "archive")
    for other in (anew, world):
        report = replay(Settings(home=str(other.home), publish=False), [case.name])
        (run,) = report.runs
        assert run.outcome in GOOD, run.why
        assert run.failed_checks == told.run.failed_checks
        assert rows_of(other, left_out="") == before
    # What contradicts other rows is named as held back by the release after the replay, in a
    # version without rows.
    moved = {name for name, version in world.versions().items() if version != versions[name]}
    assert moved <= {name for name in moved if held(Warehouse(world.home), TABLES[name])}
