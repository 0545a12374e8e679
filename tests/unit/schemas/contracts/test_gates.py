"""Gates: their declaration, and what they say of a table's measures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from schemas.contracts.gate_files import GateError, declared
from schemas.contracts.gates import Gates, Measures, Result, TakenFigures, judge
from schemas.core.prose import is_ledger
from schemas.registry import TABLES

GOOD = Measures(
    rows=100,
    released_rows=99,
    revised=0,
    accepted=1,
    refused=0,
    fill_rows=50,
    filled={"close_cny_per_t": 50},
    days=50,
    missing=(),
    taken=TakenFigures(90, 100, 90, 100),
)
ALL = Gates(
    min_rows=10,
    max_rows=1000,
    min_fill={"close_cny_per_t": 0.9},
    min_trading_days=0.9,
    min_kept=0.98,
    max_grown=1.5,
    min_unrevised=0.9,
    min_accepted=0.8,
    min_taken=0.98,
)


def verdicts(results: list[Result]) -> dict[str, str]:
    return {result.name: result.verdict for result in results}


def test_a_good_table_passes_every_gate() -> None:
    results = judge("seee_quotes", ALL, GOOD)
    assert set(verdicts(results).values()) == {"pass"}
    assert set(verdicts(results)) == {
        "gate_min_rows",
        "gate_max_rows",
        "gate_min_fill",
        "gate_min_trading_days",
        "gate_min_kept",
        "gate_max_grown",
        "gate_min_unrevised",
        "gate_min_accepted",
        "gate_min_taken",
    }


@pytest.mark.parametrize(
    ("gate", "verdict", "found", "measures"),
    [
        ("gate_min_rows", "fail", "9", replace(GOOD, rows=9, released_rows=9)),
        ("gate_max_rows", "warn", "1001", replace(GOOD, rows=1001, released_rows=1000)),
        ("gate_min_fill", "fail", "0.88", replace(GOOD, filled={"close_cny_per_t": 44})),
        (
            "gate_min_trading_days",
            "fail",
            "0.88",
            replace(GOOD, missing=tuple(date(2025, 3, day) for day in range(3, 9))),
        ),
        ("gate_min_kept", "fail", "0.5", replace(GOOD, rows=50, released_rows=100)),
        ("gate_max_grown", "warn", "2", replace(GOOD, rows=200, released_rows=100)),
        ("gate_min_unrevised", "fail", "0.8888", replace(GOOD, revised=11)),
        ("gate_min_accepted", "fail", "0.25", replace(GOOD, accepted=1, refused=3)),
        ("gate_min_taken", "fail", "0.9666", replace(GOOD, taken=TakenFigures(87, 100, 90, 100))),
        ("gate_min_taken", "fail", "0", replace(GOOD, taken=TakenFigures(0, 0, 90, 100))),
    ],
)
def test_min_blocks_and_max_warns(gate: str, verdict: str, found: str, measures: Measures) -> None:
    results = judge("seee_quotes", ALL, measures)
    (broken,) = [result for result in results if result.verdict != "pass"]
    assert (broken.name, broken.verdict, broken.found) == (gate, verdict, found)
    assert broken.scope.split(".")[0] == "seee_quotes"
    assert broken.evidence


def test_a_gate_at_its_very_limit_passes() -> None:
    edge = replace(GOOD, rows=98, released_rows=100, filled={"close_cny_per_t": 45}, revised=10)
    assert set(verdicts(judge("seee_quotes", ALL, edge)).values()) == {"pass"}


def test_a_share_just_below_its_gate_is_not_shown_as_the_gate() -> None:
    results = judge("seee_quotes", ALL, replace(GOOD, rows=97_999, released_rows=100_000))
    (kept,) = [result for result in results if result.name == "gate_min_kept"]
    assert (kept.verdict, kept.expected, kept.found) == ("fail", ">= 0.98", "0.9799")


def test_before_the_first_release_only_absolute_gates_speak() -> None:
    told = verdicts(judge("seee_quotes", ALL, replace(GOOD, released_rows=None)))
    assert told.keys().isdisjoint({"gate_min_kept", "gate_max_grown", "gate_min_unrevised"})
    assert "gate_min_rows" in told
    empty = replace(GOOD, rows=0, released_rows=None, fill_rows=0, filled={}, days=0)
    assert verdicts(judge("seee_quotes", ALL, empty))["gate_min_rows"] == "fail"


@pytest.mark.parametrize(("refused", "verdict"), [(2, "pass"), (3, "fail")])
def test_two_refused_records_hold_nothing_back(refused: int, verdict: str) -> None:
    told = verdicts(judge("seee_quotes", ALL, replace(GOOD, accepted=0, refused=refused)))
    assert told["gate_min_accepted"] == verdict


@pytest.mark.parametrize(
    "taken",
    [
        TakenFigures(88, 100, 90, 100),  # two by accident
        TakenFigures(45, 50, 90, 100),  # the same share of fewer figures
        TakenFigures(0, 30, 0, 30),
        TakenFigures(0, 0, 0, 0),
    ],
)
def test_a_reading_that_takes_the_same_share_passes(taken: TakenFigures) -> None:
    results = judge("mee_prose", ALL, replace(GOOD, taken=taken))
    assert verdicts(results)["gate_min_taken"] == "pass"


def test_every_ledger_of_prose_has_the_gate_of_taken_figures() -> None:
    held = declared().tables
    assert all((held[n].min_taken is not None) is is_ledger(TABLES[n]) for n in held)


def test_every_core_table_has_gates() -> None:
    assert declared().tables.keys() == {t.name for t in TABLES.values() if not t.is_log}
    for name, gates in declared().tables.items():
        assert gates.min_rows is not None, name
        assert gates.min_fill, name


def test_a_file_of_ones_own_replaces_whole_tables(tmp_path: Path) -> None:
    file = tmp_path / "gates.yml"
    file.write_text("seee_quotes: {min_rows: 7}\n")
    assert declared(file).tables["seee_quotes"] == Gates(min_rows=7)
    assert declared(file).tables["seee_bulletins"] == declared().tables["seee_bulletins"]


def test_accepted_failures_are_named_by_check_and_scope_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "gates.yml"
    file.write_text("known_failures: {some_check: {2023-05-04: never published}}\n")
    assert declared(file).known_failures["some_check"] == {"2023-05-04": "never published"}
    assert declared(file).known_failures["coverage"] == declared().known_failures["coverage"]
    assert declared(file).tables == declared().tables


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seee_quote: {min_rows: 7}", "no such table"),
        ("seee_quotes: {least_rows: 7}", "no such gate: least_rows"),
        ("seee_quotes: {min_rows: many}", "min_rows, line 1: 'many': not a number"),
        ("seee_quotes: {min_rows: yes}", "min_rows, line 1: 'yes': not a number"),
        ("seee_quotes: {min_rows: 1_000}", "'1_000': not a number"),
        ("seee_quotes: {min_rows: 10.5}", "without decimals"),
        ("seee_quotes: {min_rows: 1:30}", "'1:30': not a number"),
        ("seee_quotes: {min_kept: -1}", "min_kept, line 1: '-1': a number of at least 0"),
        ("seee_quotes: {min_kept: .nan}", "'.nan': not a number"),
        ("seee_quotes: {min_kept: 95}", "'95': a share is of 1: 0.95, not 95"),
        ("seee_quotes: {min_kept: 1, min_kept: 0}", "'min_kept' stands twice"),
        ("seee_quotes: {min_fill: {close: 0.5}}", "no column of seee_quotes: close"),
        ("seee_quotes: {min_fill: {close_cny_per_t: all}}", "close_cny_per_t, line 1: 'all'"),
        ("seee_quotes: {where: {item: COMCEA}}", "no column of seee_quotes: item"),
        ("seee_bulletins: {where: {period: hour}}", "'hour': none of day"),
        ("seee_quotes: 7", "fields with values"),
        ("known_failures: [some_check]", "fields with values"),
        ("known_failures: {some_check: {2023-05-04: }}", "2023-05-04, line 1: is empty"),
        ("- seee_quotes", "fields with values"),
        ("seee_quotes: {", "not YAML"),
    ],
)
def test_a_file_that_says_what_no_gate_understands_is_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "gates.yml"
    file.write_text(text)
    with pytest.raises(GateError, match=told) as caught:
        declared(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
