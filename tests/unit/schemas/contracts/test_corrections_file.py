"""The corrections file is read strictly: whatever is not as it has to be names its line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contracts.corrections import CorrectionError, read_corrections
from schemas.contracts.strict_yaml import number

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
        ("reason:", "raeson:", "stanza 1, raeson, line 7: unknown field 'raeson'"),
        ("  reason: digits swapped\n", "", "line 2: missing: reason"),
        ("digits swapped", "", "reason, line 7: is empty"),
        ("digits swapped", "[a, b]", "reason, line 7: a single value"),
        ("table: seee_bulletins", "table: seee_bulletin", "line 2: no table 'seee_bulletin'"),
        ("table: seee_bulletins", "table: ops_runs", "line 2: no table 'ops_runs' to correct"),
        ("column: high", "column: hihg", "line 4: seee_bulletins has no column 'hihg_cny_per_t'"),
        ("column: high_cny_per_t", "column: period_end", "line 4: seee_bulletins has no column"),
        ("column: high_cny_per_t", "column: source_url", "line 4: seee_bulletins has no column"),
        ("period: day, ", "", "line 3: the key of seee_bulletins is period, period_start"),
        ("{period: day", "{product: COMCEA, period: day", "line 3: the key of seee_bulletins"),
        ("{period: day", "{period: hour", "key, period, line 3: 'hour': none of day, week"),
        (
            "period_start: 2024-06-25",
            "period_start: 25.6.2024",
            "period_start, line 3: '25.6.2024'",
        ),
        ("period_start: 2024-06-25", "period_start: 20240625", "not a day as YYYY-MM-DD"),
        ("expect: 99.9", "expect: much", "expect, high_cny_per_t, line 5: 'much': not a number"),
        ("expect: 99.9", "expect: 99.999", "line 5: '99.999': has more than 2"),
        ("expect: 99.9", "expect: .nan", "high_cny_per_t, line 5"),
        ("expect: 99.9", "expect: [1]", "high_cny_per_t, line 5: a single value"),
        ("value: 90.99", "value: 99.90", "line 6: value equals expect"),
        ("value: 90.99", "value: 93,93", "stanza 1, value, high_cny_per_t, line 6: '93,93': not a"),
        ("value: 90.99", "value: 93_93", "'93_93': not a number"),
        ("value: 90.99", "value: 1:30", "'1:30': not a number"),
        ("value: 90.99", "value: 1e2", "'1e2': not a number"),
        ("value: 90.99", "value: +1", "'+1': not a number"),
        ("value: 90.99", "value: -1", "stanza 1, value, high_cny_per_t, line 6: '-1': below 0"),
        ("value: 90.99", "value: 1,2345.00", "'1,2345.00': not a number"),
        ("value: 90.99", "value: ９0.99", "not a number"),
        ("date: 2024-07-01", "date: yesterday", "date, line 9: 'yesterday': not a day"),
        ("date: 2024-07-01", "date: 9999-07-01", "stanza 1, date, line 9: '9999-07-01': a day of"),
        ("  value: 90.99\n", "  value: 90.99\n  value: 90.98\n", "line 7: 'value' stands twice"),
        ("- table", "table: x\n- table", "not YAML"),
        ("  source: http", "  source: !!python/object/apply:os.system [id] #", "line 10"),
        ("# reviewed by two people", "- 5", "stanza 1, line 1: fields with values"),
    ],
)
def test_what_is_wrong_is_told_with_stanza_field_line_and_value(
    old: str, new: str, told: str
) -> None:
    assert old in GOOD
    with pytest.raises(CorrectionError) as caught:
        read_corrections(GOOD.replace(old, new, 1), "corrections.yml")
    assert str(caught.value).startswith("corrections.yml, ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_day_that_has_been_is_corrected_to_one_that_is_to_come() -> None:
    def of_day(table: str, key: str, column: str, value: str) -> str:
        told = GOOD.replace("seee_bulletins", table).replace("high_cny_per_t", column)
        told = told.replace("period: day, period_start: 2024-06-25, period_end: 2024-06-25", key)
        return told.replace("99.9\n", "2024-01-02\n").replace("90.99", value)

    for table, key, column in (
        ("mee_notices", "document_key: a", "published_on"),
        ("mee_notices", "document_key: a", "effective_on"),
        ("icap_news", "article_key: a", "published_on"),
    ):
        (made,) = read_corrections(of_day(table, key, column, "2024-01-03"), "c.yml")
        assert made.value == date(2024, 1, 3)
        with pytest.raises(CorrectionError, match="'2099-01-03': a day of the future"):
            read_corrections(of_day(table, key, column, "2099-01-03"), "c.yml")
    soon = f"{datetime.now(UTC).date() + timedelta(days=400)}"
    assert read_corrections(of_day("mee_notices", "document_key: a", "effective_on", soon), "c.yml")
    key = "trade_date: 2099-01-03, product: CEA25"
    with pytest.raises(CorrectionError, match="trade_date, line 3: '2099-01-03': a day of the f"):
        read_corrections(
            GOOD.replace("seee_bulletins", "seee_quotes").replace(
                "period: day, period_start: 2024-06-25, period_end: 2024-06-25", key
            ),
            "c.yml",
        )


def test_what_was_published_may_be_out_of_range() -> None:
    (made,) = read_corrections(GOOD.replace("expect: 99.9", "expect: -99.9"), "c.yml")
    assert made.expect == Decimal("-99.90")


def test_a_kept_file_that_would_be_refused_today_corrects_nothing() -> None:
    again = GOOD.partition("\n")[2].replace("2024-06-25", "2024-06-26")
    refused: list[str] = []
    (made,) = read_corrections(GOOD.replace("90.99", "93,93") + again, "c.yml", refused=refused)
    assert made.key[1] == date(2024, 6, 26)
    assert "'93,93'" in refused[0]


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_is_read_as_tables_print_it(value: Decimal) -> None:
    assert number(f"{value:,}") == number(str(value)) == value


@given(st.text("0123456789,._-+e: ", min_size=1, max_size=12))
def test_a_number_is_what_it_looks_like_or_refused(text: str) -> None:
    try:
        found = number(text)
    except ValueError:
        return
    assert text in (f"{found:,f}", f"{found:f}") or text.lstrip("-").startswith("0")


def test_a_cell_is_corrected_once() -> None:
    again = GOOD.partition("\n")[2].replace("90.99", "90.98")
    with pytest.raises(
        CorrectionError, match=r"stanza 2, line 11: high_cny_per_t .* in line 2 already"
    ):
        read_corrections(GOOD + again, "c.yml")


def test_a_mapping_or_a_bomb_is_no_list_of_corrections() -> None:
    with pytest.raises(CorrectionError, match="line 1: a list is wanted"):
        read_corrections("table: seee_bulletins\n", "c.yml")
    bomb = "a: &a [x,x]\n" + "\n".join(
        f"{c}: &{c} [*{p},*{p}]" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(CorrectionError, match="a list is wanted"):
        read_corrections(bomb, "c.yml")
    with pytest.raises(CorrectionError):
        read_corrections("[" * 100_000, "c.yml")
