"""Bulletins that say they correct (更正) an earlier one: which words do, which refuse a page."""

from __future__ import annotations

import pytest

from tests.unit.transforms.seee.seee_texts import TEXTS, bulletin, refusal
from transforms.seee.transform import transform

TITLE, TEXT = TEXTS["D3-ytd"]
DAY = f"{int(TITLE[-4:-2])}月{int(TITLE[-2:])}日"
SENTENCES = (
    f"更正：{TITLE[-8:-4]}年{DAY}每日综合价格行情及成交信息中最高价有误，现更正如下：",
    f"现将{DAY}发布的《{TITLE}》更正如下：",
    "更正说明：原公告最高价和总成交量有误，以本公告为准。",
    f"因工作人员录入错误，{DAY}公布的最高价有误，特此更正。",
    "本公告为更正公告。",
    "（更正）",
    "更正公告：",
)


@pytest.mark.parametrize("said", SENTENCES)
def test_a_sentence_that_corrects_is_read_and_kept_as_evidence(said: str) -> None:
    (plain,) = transform(bulletin(TITLE, TEXT))
    (row,) = transform(bulletin(TITLE, said + TEXT))
    assert row.values == plain.values, "it hides no figure of the text"
    assert row.evidence == plain.evidence | {"title": said.removesuffix("。")}


def test_a_title_that_corrects_is_evidence_too() -> None:
    (row,) = transform(bulletin(TITLE + "（更正）", TEXT))
    assert row.evidence["title"] == TITLE + "（更正）"
    assert "title" not in transform(bulletin(TITLE, TEXT))[0].evidence


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("如有更正，以更正公告为准。", "unknown_correction"),
        ("本信息未经更正。", "unknown_correction"),
        ("原最高价93.38元/吨更正为94.50元/吨。", "unknown_correction"),
        ("更正：2021年7月19日的最高价有误。", "date_mismatch"),
        ("现将《全国碳市场每日成交数据20210719》更正如下：", "date_mismatch"),
    ],
)
def test_any_other_sentence_with_the_word_refuses_the_page(said: str, rule: str) -> None:
    assert refusal(TITLE, said + TEXT).rule == rule
