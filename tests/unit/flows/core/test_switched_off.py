"""A source that is off by default is asked for nothing until somebody switches it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.core.context import RunContext
from flows.core.settings import Settings
from flows.core.sources import declaration, for_a_night, names, switched_off
from flows.jobs.doctor.doctor import examine
from flows.stages.source_run import run_source
from tests.e2e.commands import answer
from warehouse.store.home import open_home

OFF = "crc"
"""Whose terms nobody has read."""


@pytest.mark.parametrize(
    ("settings", "is_sample", "why"),
    [
        ({}, False, "off by default: read its terms, and name it in CARBONMART_ENABLED"),
        ({"enabled": OFF}, False, ""),
        ({}, True, ""),
        ({"enabled": OFF, "disabled": OFF}, False, "the kill switch is on"),
        ({"disabled": OFF}, True, "the kill switch is on"),
    ],
)
def test_why_a_source_is_not_asked(settings: dict[str, str], is_sample: bool, why: str) -> None:
    chosen = Settings(**settings)  # type: ignore[arg-type]
    assert switched_off(OFF, chosen, is_sample=is_sample) == why
    assert switched_off("seee", chosen, is_sample=is_sample) == ""


def test_a_night_of_all_leaves_it_out_and_one_that_names_it_does_not() -> None:
    on = [name for name in names() if declaration(name).is_on_by_default]
    assert OFF not in on
    assert for_a_night((), Settings()) == on
    assert for_a_night((), Settings(enabled=(OFF,))) == sorted((*on, OFF))
    assert for_a_night((), Settings(), is_sample=True) == names()
    assert for_a_night((OFF,), Settings()) == [OFF]


def test_a_run_that_names_it_asks_nobody_and_says_why(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path / "home"), contact="you@example.org")
    context = RunContext(open_home(tmp_path / "home", "live"), settings)
    result = run_source(context, OFF)
    assert result.outcome == "skipped"
    assert result.why is not None
    assert "CARBONMART_ENABLED" in result.why.detail
    assert not list((tmp_path / "home").rglob("*.warc*"))


def test_the_doctor_and_the_list_of_sources_say_so(tmp_path: Path) -> None:
    (checkup,) = examine(Settings(), [OFF], None)
    assert checkup.verdict == "skipped"
    assert "CARBONMART_ENABLED" in checkup.steps[0].told
    told = {row["source"]: row for row in answer(tmp_path / "home", "sources")}
    assert told[OFF]["is_enabled"] is False
    assert told["seee"]["is_enabled"] is True
    off = {name for name, row in told.items() if not row["is_on_by_default"]}
    assert OFF in off == {name for name in names() if not declaration(name).is_on_by_default}
