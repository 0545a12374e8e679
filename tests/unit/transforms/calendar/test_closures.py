"""The exchange's closure notices, and its file of closed days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from extractors.model import Record
from tests.unit.transforms.calendar.notices import rows_of
from transforms.calendar.transform import transform
from transforms.model import Refused

TITLE = "关于全国碳排放权交易市场2026年全年休市安排的通知"
LINES = [
    "依照国办发明电〔2025〕7号，休市日如下。",
    "一、元旦",
    "1月1日（星期四）至1月3日（星期六）休市，1月5日（星期一）起照常开市。另外，1月4日（星期日）为周末休市。",
    "二、春节",
    "2月13日（星期五）至2月23日（星期一）休市，2月24日（星期二）起照常开市。另外，2月28日（星期六）为周末休市。",
    "三、清明节：4月4日（星期六）至4月6日（星期一）休市，4月7日（星期二）起照常开市。",
    "四、劳动节：5月1日（星期五）至5月5日（星期二）为节假日休市，5月6日（星期三）起照常开市。",
    "五、端午节：6月19日（星期五）至6月21日（星期日）休市，6月22日（星期一）起照常开市。",
    "六、中秋节：9月25日（星期五）至9月27日（星期日）休市，9月28日（星期一）起照常开市。",
    "七、国庆节：10月1日（星期四）至10月7日（星期三）休市，10月8日（星期四）起照常开市。",
]


def test_a_years_closures() -> None:
    values, days = rows_of(TITLE, LINES, "closure", published="2025-12-25")
    assert (values["publisher"], values["is_yearly"]) == ("exchange", True)
    assert values["cites"] == "国办发明电〔2025〕7号"
    assert values["published_on"] == date(2025, 12, 25)
    assert sum(row["is_trading"] for row in days.values()) == 241, "one day fewer than 242"
    assert {row["basis"] for row in days.values()} == {"exchange"}
    assert days[date(2026, 2, 13)]["reason"] == "春节"
    assert days[date(2026, 1, 4)]["reason"] == "working weekend"


def test_one_holiday_says_its_days_alone() -> None:
    title = "关于全国碳排放权交易市场2026年春节休市安排的通知"
    values, days = rows_of(title, LINES[3:5], "closure", published="2026-02-01")
    assert not values["is_yearly"]
    assert len(days) == 12


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (LINES[5].replace("4月7日（星期二）", "4月8日（星期三）"), "reopens_otherwise"),
        (LINES[5].replace("4月7日（星期二）", "4月7日（星期三）"), "wrong_weekday"),
        (LINES[5] + "另外，4月8日（星期三）为周末休市。", "not_a_weekend"),
        (LINES[5] + "另外，4月4日（星期六）为周末休市。", "contradiction"),
        (LINES[5] + "交易时间另行通知。", "unknown_clause"),
        ("三、清明节：4月7日（星期二）起照常开市。", "no_day_off"),
        ("三、清明节：另行通知。", "unknown_line"),
    ],
)
def test_what_is_not_so_refuses_the_notice(line: str, rule: str) -> None:
    lines = [*LINES[:5], line, *LINES[6:]]
    with pytest.raises(Refused) as refused:
        rows_of(TITLE, lines, "closure", published="2025-12-25")
    assert refused.value.rule == rule


def test_a_notice_without_a_holiday_or_a_day_is_refused() -> None:
    for lines, published, rule in (
        (LINES[:5] + LINES[6:], "2025-12-25", "missing_holiday"),
        (LINES, "", "missing_date"),
        (LINES, "2027-01-04", "wrong_year"),
    ):
        with pytest.raises(Refused) as refused:
            rows_of(TITLE, lines, "closure", published=published)
        assert refused.value.rule == rule


@pytest.mark.parametrize("day", ["2026-13-01", "20260101", 20260101, None])
def test_a_closed_day_is_a_date(day: object) -> None:
    record = Record(
        *("calendar", "closed_day", "https://x.example/", "f", datetime(2026, 1, 2, tzinfo=UTC)),
        "d",
        is_simulated=False,
        fields={"day": day},
    )
    with pytest.raises(Refused, match="bad_date"):
        transform(record)
