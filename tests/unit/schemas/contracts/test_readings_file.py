"""Readings are data of people: strict, and true to the words that they quote."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.contracts.readings import ReadingError, read_readings

GOOD = {
    "source": "mee",
    "text": "环办气候函〔2026〕902号",
    "quote": "全国 共有重点排放单位3,378家参加了演练。",
    "printed": "3378家",
    "metric": "key_emitters",
    "scope": "CEA",
    "value": "3378",
    "unit": "count",
    "period": "2025",
    "read_by": "A. Analyst",
    "date": "2026-11-29",
}


def written(*stanzas: dict[str, Any]) -> str:
    return str(yaml.safe_dump(list(stanzas), allow_unicode=True))


def test_a_reading_has_its_values_as_the_table_holds_them() -> None:
    (one,) = read_readings(written(GOOD | {"quote": "共有3378家。"}), "readings.yml")
    assert dict(one.said) == {
        "metric": "key_emitters",
        "scope": "CEA",
        "value": Decimal("3378"),
        "unit": "count",
        "period": "2025",
    }
    assert (one.read_by, one.date) == ("A. Analyst", date(2026, 11, 29))


def test_yaml_and_json_lines_say_the_same() -> None:
    stanza = GOOD | {"quote": "共有3378家。"}
    (one,) = read_readings(written(stanza), "a.yml")
    (other,) = read_readings(json.dumps(stanza, ensure_ascii=False) + "\n\n", "a.jsonl")
    (again,) = read_readings(one.as_json(), "edition.jsonl")
    assert one.identity == other.identity == again.identity
    assert read_readings("", "a.yml") == ()
    assert len(read_readings("\ufeff" + json.dumps(stanza), "saved by a spreadsheet.jsonl")) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": "33780000"}, "does not stand"),
        ({"value": "33780000", "printed": "3378万家", "quote": "共3378万家"}, None),
        ({"value": "235000000", "printed": "2.35亿吨", "quote": "2.35 亿吨", "unit": "t"}, None),
        ({"value": "3379"}, "does not stand"),
        ({"value": "337"}, "does not stand"),
        ({"value": "3.378"}, "does not stand"),
        ({"printed": "3379家", "value": "3379"}, "does not stand in the quote"),
        ({"metric": "key_emitter"}, "none of"),
        ({"unit": "firms"}, "none of"),
        ({"scope": None}, "null"),
        ({"value": "-3378"}, "does not stand"),
        ({"value": "3378,0"}, "not a number"),
        ({"source": "nobody"}, "no source with facts"),
        ({"date": f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"}, "future"),
        ({"as_of": "2026-06-30"}, None),
        ({"as_of": "2099-06-30"}, "as_of, .*future"),
        ({"as_of": f"{datetime.now(UTC).date() + timedelta(days=90)}"}, "as_of, .*future"),
        ({"as_of": "2027-12-31", "due_on": "2027-12-31", "metric": "deadline_surrender"}, None),
        ({"due_on": "2099-12-31", "metric": "deadline_surrender"}, "future"),
        ({"read_by": ""}, "is empty"),
        ({"why": "x"}, "unknown field"),
        ({"accepts": ""}, "is empty"),
        ({"accepts": "printed so in each copy"}, None),
        ({"value_to": "3378"}, "a range up to 3378"),
        ({"period": "2025; 2026"}, "nor in the quote"),
        ({"period": "2025-13"}, "nor in the quote"),
        ({"period": "共有"}, None),
        ({"period": "2025-Q4"}, None),
        ({"period": "2021-2022"}, None),
        ({"period": ""}, None),
        ({"value": None, "due_on": "2026-12-31"}, "2026-12-31 does not stand"),
    ],
)
def test_what_is_not_in_the_words_or_not_of_the_table_is_refused(
    change: dict[str, Any], told: str | None
) -> None:
    text = written(GOOD | {"quote": "共有3378家。"} | change)
    if told is None:
        assert read_readings(text, "readings.yml")
        return
    with pytest.raises(ReadingError, match=told):
        read_readings(text, "readings.yml")
    refused: list[str] = []
    assert read_readings(text, "readings.yml", refused=refused) == ()
    assert len(refused) == 1


@pytest.mark.parametrize("field", ["source", "text", "quote", "metric", "scope", "read_by", "date"])
def test_what_has_to_be_said_is_missed(field: str) -> None:
    stanza = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(ReadingError, match=f"missing: {field}"):
        read_readings(
            written(stanza | {"quote": "共有3378家。"} if field != "quote" else stanza), "r"
        )


def test_a_figure_is_read_once() -> None:
    one = GOOD | {"quote": "共有3378家。"}
    with pytest.raises(ReadingError, match="is read in line"):
        read_readings(written(one, one | {"metric": "listed_entities"}), "readings.yml")


@given(st.text(max_size=200))
def test_any_other_file_is_told_by_its_name(text: str) -> None:
    told = ""
    try:
        found = read_readings(text, "readings.yml")
    except ReadingError as error:
        found, told = (), str(error)
    assert found == ()
    assert not told or "readings.yml" in told
