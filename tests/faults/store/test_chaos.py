"""A short run of `make chaos`: it runs, survives, and would tell if it had not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import acts
from tests.chaos.__main__ import run


@pytest.mark.slow
def test_a_few_faults_are_survived(tmp_path: Path) -> None:
    chaos = run(tmp_path, seed=7, faults=6, minutes=1, nights=2)
    assert chaos.lost == []
    assert chaos.tried.total() >= 6
    published = acts.published_rows(chaos.home)[1]
    assert published
    assert acts.plain_rows(chaos.home)[1] == published == acts.store_rows(chaos.home)[1]
