"""The corrections file is read strictly: whatever is not as it has to be names its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from schemas.contracts.corrections import CorrectionError, read_corrections

GOOD = """\
# reviewed by two people
- table: seee_bulletins
  key: {period: day, period_start: 2024-06-25, period_end: 2024-06-25}
  column: high_cny_per_t
  expect: 99.9
  value: 90.99
  reason: digits swapped
  reported_by: A. Analyst
  date: 2024-07-01
  source: https://www.cneeex.com/c/2024-06-28/495105.shtml
"""


def test_a_correction_is_typed_as_its_column() -> None:
    (made,) = read_corrections(GOOD, "corrections.yml")
    assert made.key == ("day", date(2024, 6, 25), date(2024, 6, 25))
    assert made.expect == Decimal("99.90")
    assert str(made.expect) == "99.90", "as the column prints it"
    assert made.value == Decimal("90.99")
    assert made.date == date(2024, 7, 1)
    assert made.line == 2
    assert made.cell == ("seee_bulletins", made.key, "high_cny_per_t")


def test_null_and_thousands_and_quotes() -> None:
    text = GOOD.replace("high_cny_per_t", "total_volume_t").replace("99.9", "null")
    (made,) = read_corrections(text.replace("90.99", '"1,234,567"'), "c.yml")
    assert made.expect is None
    assert made.value == 1_234_567


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "[]\n"])
def test_an_empty_file_corrects_nothing(text: str) -> None:
    assert read_corrections(text, "c.yml") == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("reason:", "raeson:", "line 7: unknown field 'raeson'"),
        ("  reason: digits swapped\n", "", "line 2: missing: reason"),
        ("digits swapped", "", "line 7: reason is empty"),
        ("digits swapped", "[a, b]", "line 7: reason has to be a single value"),
        ("table: seee_bulletins", "table: seee_bulletin", "line 2: no table 'seee_bulletin'"),
        ("table: seee_bulletins", "table: ops_runs", "line 2: no table 'ops_runs' to correct"),
        ("column: high", "column: hihg", "line 4: seee_bulletins has no column 'hihg_cny_per_t'"),
        ("column: high_cny_per_t", "column: period_end", "line 4: seee_bulletins has no column"),
        ("column: high_cny_per_t", "column: source_url", "line 4: seee_bulletins has no column"),
        ("period: day, ", "", "line 3: the key of seee_bulletins is period, period_start"),
        ("{period: day", "{product: COMCEA, period: day", "line 3: the key of seee_bulletins"),
        ("{period: day", "{period: hour", "line 3: period='hour': none of day, week"),
        ("period_start: 2024-06-25", "period_start: 25.6.2024", "line 3: period_start"),
        ("expect: 99.9", "expect: much", "line 5: high_cny_per_t: 'much' is no decimal"),
        ("expect: 99.9", "expect: 99.999", "line 5: high_cny_per_t='99.999': has more than 2"),
        ("expect: 99.9", "expect: .nan", "line 5: high_cny_per_t"),
        ("expect: 99.9", "expect: [1]", "line 5: high_cny_per_t has to be a single value"),
        ("value: 90.99", "value: 99.90", "line 6: value equals expect"),
        ("date: 2024-07-01", "date: yesterday", "line 9: not a date: 'yesterday'"),
        ("  value: 90.99\n", "  value: 90.99\n  value: 90.98\n", "line 7: 'value' stands twice"),
        ("- table", "table: x\n- table", "not YAML"),
        ("  source: http", "  source: !!python/object/apply:os.system [id] #", "line 10"),
        ("# reviewed by two people", "- 5", "line 1: a correction has to be fields"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(CorrectionError) as caught:
        read_corrections(GOOD.replace(old, new, 1), "corrections.yml")
    assert str(caught.value).startswith("corrections.yml, line ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cell_is_corrected_once() -> None:
    again = GOOD.partition("\n")[2].replace("90.99", "90.98")
    with pytest.raises(CorrectionError, match=r"line 11: high_cny_per_t .* in line 2 already"):
        read_corrections(GOOD + again, "c.yml")


def test_a_mapping_or_a_bomb_is_no_list_of_corrections() -> None:
    with pytest.raises(CorrectionError, match="line 1: not a list"):
        read_corrections("table: seee_bulletins\n", "c.yml")
    bomb = "a: &a [x,x]\n" + "\n".join(
        f"{c}: &{c} [*{p},*{p}]" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(CorrectionError, match="not a list"):
        read_corrections(bomb, "c.yml")
    with pytest.raises(CorrectionError):
        read_corrections("[" * 100_000, "c.yml")
