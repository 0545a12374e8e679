"""How a run's tally becomes an outcome: the gravest trouble names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.core.outcome import Issue, Outcome, Tally, decide

TROUBLE = Issue("rule", "https://x.example/", "1", "in words")
EMPTY = Issue("empty_list", "https://x.example/", "0", "no articles")
QUIET = Tally("seee", not_modified=5, pages_read=0)


@pytest.mark.parametrize(
    ("tally", "outcome"),
    [
        (replace(QUIET, new=1), Outcome.CHANGED),
        (replace(QUIET, revised=1), Outcome.CHANGED),
        (QUIET, Outcome.UNCHANGED),
        (replace(QUIET, is_due=False), Outcome.EMPTY_EXPECTED),
        (replace(QUIET, walls=[TROUBLE]), Outcome.BLOCKED),
        (replace(QUIET, walls=[TROUBLE], new=7), Outcome.BLOCKED),
        (replace(QUIET, list_layouts=[TROUBLE]), Outcome.DRIFTED),
        (replace(QUIET, layouts=[TROUBLE] * 3, pages_read=20), Outcome.DRIFTED),
        (replace(QUIET, layouts=[TROUBLE], pages_read=200), Outcome.PARTIAL),
        (replace(QUIET, fatal=[TROUBLE]), Outcome.PARTIAL),
        (replace(QUIET, fatal=[TROUBLE], not_modified=0), Outcome.FAILED),
        (replace(QUIET, signals=[EMPTY]), Outcome.EMPTY_SUSPICIOUS),
        (replace(QUIET, signals=[EMPTY], new=1), Outcome.PARTIAL),
        (replace(QUIET, stale=[TROUBLE]), Outcome.EMPTY_SUSPICIOUS),
        (replace(QUIET, stale=[TROUBLE], new=1), Outcome.PARTIAL),
        (replace(QUIET, failures=[TROUBLE], new=1), Outcome.PARTIAL),
        (replace(QUIET, signals=[TROUBLE]), Outcome.PARTIAL),
        (replace(QUIET, remarks=[TROUBLE]), Outcome.UNCHANGED),
    ],
)
def test_outcome(tally: Tally, outcome: Outcome) -> None:
    assert decide(tally)[0] is outcome


def test_the_reason_is_given_unless_all_is_well() -> None:
    assert decide(QUIET)[1] is None
    assert decide(replace(QUIET, failures=[TROUBLE]))[1] == TROUBLE


def test_a_lost_record_is_never_silent() -> None:
    tally = Tally("seee", parsed=3, accepted=1, quarantined=1)
    with pytest.raises(RuntimeError, match="3 records parsed"):
        tally.conserve()
    replace(tally, duplicates=1).conserve()
