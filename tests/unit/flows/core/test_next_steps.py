"""Whatever can be wrong with a source, the books say what to do about it."""

from __future__ import annotations

import pytest

from extractors.errors import CAUSES
from flows.core.outcome import GOOD, Issue, Outcome, Tally, next_step

BAD = sorted(set(Outcome) - GOOD)


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_each_cause_of_a_dead_source_has_its_own_step(cause: str) -> None:
    steps = {next_step(outcome, Issue(cause, "", "", "")) for outcome in BAD}
    assert steps == {CAUSES[cause]}


@pytest.mark.parametrize("outcome", BAD)
def test_each_bad_outcome_has_a_step_whatever_the_rule(outcome: Outcome) -> None:
    step = next_step(outcome, Issue("a_rule_of_some_source", "", "", ""))
    assert step
    assert step.endswith(".")


def test_a_good_run_asks_for_nothing() -> None:
    for outcome in GOOD - {Outcome.SKIPPED}:
        assert next_step(outcome, None) is None
    told = next_step(Outcome.SKIPPED, Issue("disabled", "", "seee", ""))
    assert told is not None
    assert "CARBONMART_DISABLED" in told


def test_what_changed_is_said_in_words() -> None:
    tally = Tally("seee", added={"seee_bulletins": 2, "seee_method_totals": 1})
    tally.revised_cells = [("seee_bulletins", "total_turnover_cny of day 2024-06-25")]
    assert tally.summary == (
        "2 bulletins added, 1 revised: total_turnover_cny of day 2024-06-25; 1 method total added"
    )
    many = Tally("seee", revised_cells=[("seee_quotes", f"close of {n}") for n in range(7)])
    many.retired = ["gone"]
    assert many.summary == (
        "quotes: 7 revised: close of 0; close of 1; close of 2; close of 3; close of 4 "
        "and 2 more; 1 gone"
    )
    assert Tally("seee").summary == ""
