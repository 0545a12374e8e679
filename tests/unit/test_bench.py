"""The bench's own arithmetic and its way of running processes; what it measures it says itself."""

from __future__ import annotations

import sys

import pytest

from tests.bench.__main__ import markdown
from tests.bench.measuring import Ran, Row, in_turn, ratio, run, wall


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "is_met"),
    [
        (1.9, 2.0, False, True),
        (2.1, 2.0, False, False),
        (1.1, 1.0, True, True),
        (0.9, 1.0, True, False),
        (9.0, None, False, None),
    ],
)
def test_budget(value: float, limit: float | None, at_least: bool, is_met: bool | None) -> None:
    assert Row("x", value, "x", limit, at_least).is_met is is_met


def test_ratio_is_of_rounds_so_that_a_slow_round_slows_both_sides() -> None:
    assert ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == pytest.approx(2.0)


def test_sides_run_in_turn() -> None:
    told: list[str] = []
    command = [sys.executable, "-c", "print('done')"]

    def side(name: str) -> Ran:
        told.append(name)
        return run(command)

    ours, theirs = in_turn(2, lambda: side("a"), lambda: side("b"))
    assert told == ["a", "b", "a", "b"]
    assert [each.out for each in (*ours, *theirs)] == ["done\n"] * 4
    assert all(seconds > 0 for seconds in wall(ours))


def test_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"gave 3:\n.*\nout of order"):
        run([sys.executable, "-c", "import sys; sys.stderr.write('out of order'); sys.exit(3)"])


def test_missed_budget_is_said() -> None:
    rows = [Row("slow", 3.0, "x", 2.0), Row("fast", 1.0, "x", 2.0), Row("shown", 5.0, "x")]
    lines = markdown(rows, 1).splitlines()
    assert [("**missed**" in line) for line in lines[2:5]] == [True, False, False]
