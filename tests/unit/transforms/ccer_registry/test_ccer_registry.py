"""Answers of the voluntary market's registry: ids, tabs, details, methodologies."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from extractors.ccer_registry.source import DETAIL, HOST, METHODOLOGIES, SOURCE, TAB
from extractors.model import LayoutError, Page, Record, Signal
from transforms.ccer_registry.transform import transform
from transforms.model import Refused

APPLY, PROJECT = "1526163848812433408", "1467848714323365888"
REDUCTION, CREDITS = "1467848714323365999", "1467848714323366001"
SHOWN = {"projectName": "某造林碳汇项目", "orgCustomerName": "某公司", "projectType": "A0102"}


def page_of(answer: object, target: str, asked: object = None) -> Page:
    body = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return Page(
        source="ccer_registry",
        kind="answer",
        url=f"https://{HOST}{target}",
        status=200,
        headers={"content-type": "application/json"},
        body=body.encode(),
        fetch_id="a",
        run_id="a",
        retrieved_at=datetime(2026, 7, 19, 17, tzinfo=UTC),
        payload_sha256="0" * 64,
        request_body=None if asked is None else json.dumps(asked),
    )


def read(page: Page) -> tuple[list[dict[str, Any]], list[Signal]]:
    """Values of the rows, and signals. Raises `LayoutError`, `Refused`."""
    items = list(SOURCE.parse(page))
    rows = [row.values for item in items if isinstance(item, Record) for row in transform(item)]
    return rows, [item for item in items if isinstance(item, Signal)]


def tab(data_type: str, *items: dict[str, Any], total: object = 0) -> Page:
    answer = {"successful": True, "msg": None, "total": total or len(items), "dataInfo": items}
    return page_of(answer, TAB, {"pageNumber": 1, "pageSize": 50, "dataType": data_type})


def detail(data_type: str, ids: dict[str, str], **fields: Any) -> Page:
    answer = {"successful": True, "msg": None, "dataInfo": fields}
    return page_of(answer, DETAIL, ids | {"dataType": data_type})


def test_an_application_is_a_row_of_each_tab_and_of_each_thing_that_is_listed() -> None:
    ids = {"applyId": APPLY, "projectInfoId": PROJECT, "certificationId": REDUCTION}
    issued = [ids | SHOWN | {"ccerId": str(int(CREDITS) + n)} for n in range(2)]
    found = [read(tab("3", ids | SHOWN))[0], read(tab("4", ids | SHOWN))[0]]
    found.append(read(tab("5", *issued))[0])
    keys = [(r["apply_id"], r["data_type"], r["secondary_id"]) for rows in found for r in rows[1:]]
    assert keys == [
        (APPLY, "3", REDUCTION),
        (APPLY, "4", REDUCTION),
        (APPLY, "5", CREDITS),
        (APPLY, "5", str(int(CREDITS) + 1)),
    ]


def test_a_page_of_a_tab_is_a_dated_snapshot() -> None:
    """By the day in Shanghai, where it was the 20th already."""
    snapshot = read(tab("1", {"applyId": APPLY} | SHOWN, total=7))[0][0]
    assert json.loads(snapshot.pop("items")) == [[APPLY, ""]]
    assert snapshot == {
        "data_type": "1",
        "page_number": 1,
        "total_items": 7,
        "shown_items": 1,
        "published_on": date(2026, 7, 20),
    }


def test_ids_are_texts_and_keep_all_their_digits() -> None:
    answer = tab("1", {"applyId": 4711} | SHOWN)
    whole = read(
        page_of(
            answer.body.decode().replace("4711", APPLY),
            TAB,
            {"dataType": "1", "pageNumber": 1, "pageSize": 50},
        )
    )
    assert [row.get("apply_id") for row in whole[0][1:]] == [APPLY]
    for lost in ("1.5261638488124334e18", f"{float(APPLY)}", '"1526163848812433e3"', "null", "17"):
        spoilt = answer.body.decode().replace("4711", lost)
        with pytest.raises(Refused, match="bad_id"):
            read(page_of(spoilt, TAB, {"dataType": "1", "pageNumber": 1, "pageSize": 50}))


@pytest.mark.parametrize("data_type", ["2", "4", "5"])
def test_what_is_registered_or_issued_has_an_id_of_its_own(data_type: str) -> None:
    with pytest.raises(Refused, match="bad_id"):
        read(tab(data_type, {"applyId": APPLY} | SHOWN))


@pytest.mark.parametrize("data_type", ["1", "2", "3", "4", "5", "6", "7"])
def test_only_tabs_of_what_is_passing_may_be_empty(data_type: str) -> None:
    rows, signals = read(tab(data_type))
    is_lasting = data_type in ("2", "4", "5")
    assert [signal.rule for signal in signals] == ["empty_list"] * is_lasting
    assert [row["shown_items"] for row in rows] == [0] * (not is_lasting)


def test_a_detail_is_of_the_item_that_was_asked_for() -> None:
    ids = {"applyId": APPLY, "projectInfoId": PROJECT, "ccerId": CREDITS}
    fields = {"expectYearNum": 804345, "certifiedNum": "225714", "publicStartDate": None}
    more = {"methodologyNum": "CCER-01-002-V01", "provinceName": "广东省"}
    ((row,), _) = read(detail("5", ids, **fields, **more))
    assert (row["apply_id"], row["data_type"], row["secondary_id"]) == (APPLY, "5", CREDITS)
    assert (row["expected_reduction_t_a"], row["certified_reduction_t"]) == (804345, 225714)
    assert (row["display_from"], row["methodology_num"]) == (None, "CCER-01-002-V01")
    shown = {"publicStartDate": "20260717", "publicEndDate": "20260813"}
    ((row,), _) = read(detail("1", {"applyId": APPLY}, **shown))
    assert (row["display_from"], row["display_until"]) == (date(2026, 7, 17), date(2026, 8, 13))
    assert row["certified_reduction_t"] is None


def test_a_detail_of_another_application_is_no_good_page() -> None:
    (kind,) = SOURCE.kinds
    assert kind.stated is not None
    page = detail("1", {"applyId": APPLY}, applyId=PROJECT)
    assert PROJECT in kind.stated(page.url, page.request_body, page.body)
    page = detail("1", {"applyId": APPLY}, applyId=APPLY)
    assert kind.stated(page.url, page.request_body, page.body) == ""


def test_an_excuse_is_told_and_is_no_detail() -> None:
    excuse = {"successful": False, "msg": "公示编号为空", "dataInfo": None}
    asked = {"applyId": APPLY, "dataType": "2"}
    rows, (signal,) = read(page_of(excuse, DETAIL, asked))
    assert (rows, signal.rule, signal.detail) == ([], "no_detail", "公示编号为空")
    assert APPLY in signal.value


def test_methodologies_have_numbers_and_days() -> None:
    stated = {"methodologyNum": "CCER-14-001-V01", "methodologyName": "造林碳汇"}
    answer = {"successful": True, "dataInfo": [stated | {"publishDatetime": "2023-10-24 09:00:00"}]}
    ((row,), signals) = read(page_of(answer, METHODOLOGIES))
    assert (row["methodology_num"], row["published_on"]) == ("CCER-14-001-V01", date(2023, 10, 24))
    assert signals == []
    answer["dataInfo"] *= 20  # type: ignore[operator]
    assert [signal.rule for signal in read(page_of(answer, METHODOLOGIES))[1]] == ["list_truncated"]


@pytest.mark.parametrize(
    "answer", ["[]", "{}", '{"successful": false, "dataInfo": null}', '{"dataInfo": []}', "<html>"]
)
def test_what_is_no_answer_of_the_registry_is_refused(answer: str) -> None:
    with pytest.raises(LayoutError):
        read(page_of(answer, TAB, {"dataType": "1", "pageNumber": 1, "pageSize": 50}))


@pytest.mark.parametrize("asked", [None, "", {}, {"dataType": "8"}, {"dataType": 1}, []])
def test_of_an_answer_to_an_unknown_question_nothing_is_taken(asked: object) -> None:
    answer = {"successful": True, "total": 0, "dataInfo": []}
    with pytest.raises(LayoutError, match="not known what was asked"):
        read(page_of(answer, TAB, asked))


@pytest.mark.parametrize("asked", [{"pageSize": 10}, {"pageSize": None}, {"pageNumber": "2"}])
def test_a_page_of_another_size_does_not_stand_for_one_that_is_asked(asked: dict[str, Any]) -> None:
    """What a tab lists is told by its pages of fifty."""
    good = {"pageNumber": 2, "pageSize": 50, "dataType": "2"}
    answer: dict[str, Any] = {"successful": True, "msg": None, "total": 51, "dataInfo": []}
    assert len(read(page_of(answer, TAB, good))[0]) == 1
    with pytest.raises(LayoutError, match="not a page of 50 items"):
        read(page_of(answer, TAB, good | asked))
