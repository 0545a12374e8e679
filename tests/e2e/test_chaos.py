"""A little of `make chaos`: that it draws its faults, finds what it should, and ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import table
from tests.chaos.chaos import Wanted, run
from tests.support.damage import build
from tests.support.stores import store


def test_some_faults_are_survived(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    sound = store("damage", build, tmp_path_factory.mktemp("stores")) / "home"
    chaos = run(sound, tmp_path, Wanted(seed=4, faults=4, nights=1, minutes=1))
    assert chaos.lost == []
    assert chaos.looks > 0
    assert f"| all | {chaos.tried.total()} | {chaos.tried.total()} |" in table(chaos)
    assert chaos.tried.total() >= 4
