"""Documents of the ministry: number, key, dates, stage, relevance, penalties; property tests."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Record
from schemas.sources.mee.metrics import METRICS
from transforms.mee.document import lifecycle, relevance
from transforms.mee.facts.reading import read_text
from transforms.mee.transform import transform
from transforms.mee.words import (
    document_number,
    document_numbers,
    matter,
    number_in_lines,
    value_of,
)
from transforms.model import Refused
from transforms.text.frames.paragraphs import paragraphs
from transforms.text.plain import prose

TITLE = "全国碳排放权交易市场"
URL = "https://www.mee.gov.cn/xxgk2018/xxgk/xxgk06/202504/t20250415_1106700.html"
LAW = "https://www.mee.gov.cn/zcwj/gwywj/202402/t20240205_1065850.shtml"


def record(url: str = URL, kind: str = "notice", **fields: Any) -> Record:
    text = {
        "template": "formal",
        "title": "关于做好碳市场工作的通知",
        "published": "",
        "generated": "2025-04-15",
        "issuer": "生态环境部办公厅",
        "category": "应对气候变化",
        "subject_words": "",
        "document_number": "环办气候函〔2025〕140号",
        "index_number": "000014672/2025-00154",
        "text": "各单位：做好碳市场工作。\n2025年4月11日\n（此件社会公开）\n抄送：样例。",
        "files": [],
    }
    return Record(
        source="mee",
        kind=kind,
        url=url,
        fetch_id="f",
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        payload_sha256=hashlib.sha256(b"").hexdigest(),
        is_simulated=False,
        fields=text | fields,
    )


def notice(**fields: Any) -> dict[str, Any]:
    url = fields.pop("url", URL)
    return transform(record(url, **fields))[0].values


BRACKETS = ["〔〕", "[]", "()", "（）", "【】", "［］", "﹝﹞"]


@given(
    st.sampled_from(BRACKETS),
    st.sampled_from(["国环规气候", "环办气候函", "环办便函", "环气候", "环办气候", "发改办气候"]),
    st.integers(2011, 2030),
    st.integers(1, 9999),
    st.sampled_from(["", " ", "\u3000", "\u200b"]),
)
def test_a_document_number_is_one_whatever_its_brackets(
    brackets: str, series: str, year: int, no: int, blank: str
) -> None:
    printed = f"{series}{brackets[0]}{blank}{year}{brackets[1]}{blank}{no}{blank} 号"
    wanted = f"{series}〔{year}〕{no}号"
    if blank == "\u200b":
        printed = printed.replace("\u200b", "")
    assert document_number(printed) == wanted
    assert number_in_lines([printed, "正文"]) == wanted
    cited = [
        n for n, _, _ in document_numbers(f"根据{series}{brackets[0]}{year}{brackets[1]}{no}号")
    ]
    assert cited in ([wanted], []) or brackets in ("（）", "［］")


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("生态环境部公告2021年第21号", "公告2021年第21号"),
        ("公告 2025年 第47号", "公告2025年第47号"),
        ("中华人民共和国国务院令 第775号", "国务院令第775号"),
        ("生态环境部令第19号", "部令第19号"),
        ("部令 第 19 号", "部令第19号"),
        ("生态环境部 市场监管总局令第31号", "部令第31号"),
        ("发改气候规〔2017〕2191号", "发改气候规〔2017〕2191号"),
        ("国家发展改革委令第17号", "发展改革委令第17号"),
        ("环环评〔2022〕40号", "环环评〔2022〕40号"),
        ("环境影响评价", None),
        ("第3期", None),
    ],
)
def test_orders_and_announcements_have_numbers_too(printed: str, wanted: str | None) -> None:
    assert document_number(printed) == wanted


def test_a_number_inside_a_sentence_is_cited_and_not_the_documents_own() -> None:
    assert number_in_lines(["根据国环规气候〔2025〕2号的要求，做好工作。"]) is None
    assert number_in_lines(["关于印发环气候〔2025〕23号"]) is None
    assert number_in_lines(["中华人民共和国国务院令", "第775号", "正文"]) == "国务院令第775号"


def test_the_key_is_the_number_else_the_index_else_title_and_day() -> None:
    assert notice()["document_key"] == "环办气候函〔2025〕140号"
    assert notice(document_number="")["document_key"] == "000014672/2025-00154"
    bare = notice(document_number="", index_number="")
    assert bare["document_key"] == "关于做好碳市场工作的通知|2025-04-11"


def test_three_dates_are_kept_apart() -> None:
    values = notice(published="2025-04-14 09:30:00")
    assert values["signed_on"] == date(2025, 4, 11)
    assert values["published_on"] == date(2025, 4, 14)
    assert values["generated_on"] == date(2025, 4, 15)
    assert values["url_dated_on"] == date(2025, 4, 15)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"document_number": "第12期"}, "bad_document_number"),
        ({"index_number": "0000/25"}, "bad_index_number"),
        ({"generated": "昨天"}, "bad_date"),
        ({"generated": "2025-02-30"}, "bad_date"),
        ({"text": "正文。\n2025年13月1日"}, "bad_date"),
        ({"text": 7}, "record_shape"),
        ({"files": None}, "record_shape"),
        ({"url": "https://www.mee.gov.cn/new/202504/t20250415_1.html"}, "unknown_channel"),
        ({"text": "2024年，成交量1,8.9万吨。"}, "bad_number"),
    ],
)
def test_what_can_not_be_read_refuses_the_document(fields: dict[str, Any], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        notice(**fields)
    assert refused.value.rule == rule
    assert refused.value.table == "mee_notices"
    assert any("mee: https://" in note for note in refused.value.__notes__)


@pytest.mark.parametrize(
    ("title", "text", "category", "wanted"),
    [
        ("碳排放权交易配额分配", "", "", True),
        ("关于核发氢氟碳化物配额的通知", "氢氟碳化物配额，温室气体", "", False),
        ("排污权配额", "排污许可", "", False),
        ("关于配额的通知", "配额分配", "", False),
        ("关于配额的通知", "配额按碳排放核算", "", True),
        ("某通知", "内容", "应对气候变化", True),
        ("某通知", "核证自愿减排量", "", True),
        ("某通知", "内容", "大气环境管理", False),
    ],
)
def test_quota_alone_is_not_the_carbon_market(
    title: str, text: str, category: str, wanted: bool
) -> None:
    is_relevant, why = relevance(title, text, category)
    assert is_relevant is wanted
    assert why


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("关于公开征求《方案（征求意见稿）》意见的通知", "consultation"),
        ("部务会议原则通过《方案》", "adopted_in_principle"),
        ("关于印发《方案》的通知", "issued"),
        ("关于更新指南有关技术要求的通知", "amended"),
        ("关于废止部分规章的决定", "repealed"),
    ],
)
def test_the_title_says_the_stage(title: str, stage: str) -> None:
    assert lifecycle(title, is_own=True) == stage


def test_a_draft_and_its_final_have_one_matter() -> None:
    draft = matter("关于公开征求《2025年度配额方案（征求意见稿）》意见的通知")
    assert draft == matter("关于印发《2025年度配额方案》的通知") == "2025年度配额方案"
    assert matter("《碳排放权交易管理办法（试行）》") == matter("碳排放权交易管理办法")


@given(st.decimals("0.01", "9999999", places=2), st.sampled_from(["", "万", "亿"]))
def test_scales_are_exact(value: Decimal, scale: str) -> None:
    printed = f"{value:,}"
    assert value_of(printed, scale) == value * {"": 1, "万": 10**4, "亿": 10**8}[scale]


@given(
    st.decimals("0.01", "99999", places=2),
    st.sampled_from([("万", 10**4), ("亿", 10**8), ("", 1)]),
    st.sampled_from(["", "为", "约", "约为", "超过", "达到", "共计"]),
    st.sampled_from(["", " ", "\u3000", "\n"]),
)
def test_a_volume_is_read_in_any_scale_qualified_and_broken(
    value: Decimal, scale: tuple[str, int], word: str, blank: str
) -> None:
    text = f"2024年，成交量{word}{blank}{value}{blank}{scale[0]}吨。"
    (fact,) = read_text(text, title=TITLE).claims
    assert (fact.metric, fact.period) == ("annual_volume", "2024")
    assert fact.value == value * scale[1]
    assert fact.quote == "".join(text.split())


@given(
    st.decimals("1", "500", places=2),
    st.decimals("1", "500", places=2),
    st.sampled_from(["-", "—", "–", "～", "至", "到", "~"]),
)
def test_a_range_has_its_two_ends_whatever_its_dash(low: Decimal, high: Decimal, dash: str) -> None:
    read = read_text(f"2024年，收盘价在{low}{dash}{high}元/吨之间。", title=TITLE)
    told = [(f.metric, f.value) for f in read.claims]
    assert told == ([("price_low", low), ("price_high", high)] if low <= high else [])
    assert (read.figures[-1].fate == "doubted") == (low > high)


@given(
    st.dates(date(2021, 1, 1), date(2030, 12, 31)), st.dates(date(2021, 1, 1), date(2030, 12, 31))
)
def test_a_later_deadline_inherits_the_year_of_the_last_full_date(one: date, other: date) -> None:
    text = f"{one.year}年{one.month}月{one.day}日前，完成核查；"
    try:
        wanted = other.replace(year=one.year)
    except ValueError:
        wanted = None
    text += f"{other.month}月{other.day}日前，完成清缴。"
    facts = [(f.metric, f.due_on) for f in read_text(text, title=TITLE).claims]
    second = [("deadline_surrender", wanted)] if wanted else []
    assert facts == [("deadline_verification", one), *second]


@given(st.decimals("0", "100", places=2), st.integers(2021, 2030))
def test_a_rate_is_of_its_emission_year(rate: Decimal, year: int) -> None:
    (fact,) = read_text(f"{year}年度配额清缴完成率约{rate}%。", title=TITLE).claims
    assert (fact.value, fact.period, fact.qualifier) == (rate, str(year), "约")


WORDS = st.sampled_from(
    [
        "2024年",
        "截至",
        "12月31日",
        "前",
        "累计",
        "成交量",
        "1.89",
        "亿",
        "吨",
        "元",
        "，",
        "。",
        "其中",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map("".join)))
def test_every_digit_of_any_text_has_a_fate(text: str) -> None:
    with suppress(Refused):
        read = read_text(text, title=text[:20])
        assert {fact.metric for fact in read.claims} <= METRICS.keys()
        told = sum(c in "0123456789" for figure in read.figures for c in figure.printed)
        assert told == sum(
            c in "0123456789" for _, paragraph in paragraphs(text) for c in prose(paragraph).plain
        )


@pytest.mark.parametrize(
    ("text", "adopted", "effective"),
    [
        (
            "已经2024年1月5日国务院会议通过，现予公布，自2024年5月1日起施行。\n"
            "第三十三条 本条例自2024年5月1日起施行。",
            date(2024, 1, 5),
            date(2024, 5, 1),
        ),
        ("已经2023年9月15日部务会议审议通过，自公布之日起施行。", date(2023, 9, 15), None),
        ("自2024年5月1日起施行。旧办法自2021年2月1日起施行。", None, None),
    ],
)
def test_adoption_and_entry_into_force_are_what_the_text_says_once(
    text: str, adopted: date | None, effective: date | None
) -> None:
    values = notice(text=f"碳排放权交易，{text}")
    assert (values["adopted_on"], values["effective_on"]) == (adopted, effective)


def test_each_file_of_an_announcement_is_a_row_in_its_place() -> None:
    folder = URL.rsplit("/", 1)[0]
    files = [
        {"url": f"{folder}/W02021051940000063356{n}.pdf", "text": f"附件{n}"} for n in range(3)
    ]
    rows = [r.values for r in transform(record(files=files)) if "file_url" in r.values]
    assert [(row["position"], row["link_text"]) for row in rows] == [
        (1, "附件0"),
        (2, "附件1"),
        (3, "附件2"),
    ]
    assert notice(files=files)["attachments"].count("; ") == 2


def rules(text: str, number: str = "国务院令\n第775号\n") -> list[dict[str, Any]]:
    rows = transform(
        record(
            LAW,
            template="library",
            title="碳排放权交易管理暂行条例",
            published="2024-02-05",
            generated="",
            document_number="",
            index_number="",
            text=f"{number}自2024年5月1日起施行。\n{text}",
        )
    )
    return [row.values for row in rows if row.table == "mee_penalties"]


def test_a_penal_article_gives_every_bound() -> None:
    (rule,) = rules(
        "第二十二条 重点排放单位有下列情形之一的，由主管部门责令改正，没收违法所得，"
        "并处违法所得5倍以上10倍以下的罚款；没有违法所得或者违法所得不足50万元的，"
        "处50万元以上200万元以下的罚款；对其直接负责的主管人员处5万元以上20万元以下的罚款；"
        "拒不改正的，按照50%以上100%以下的比例核减其下一年度碳排放配额，可以责令停产整治：\n"
        "（一）瞒报；\n（二）虚报。"
    )
    wanted = {
        "regulation": "国务院令第775号",
        "article": 22,
        "item": 1,
        "offender": "重点排放单位",
        "conduct": "(一)瞒报; (二)虚报。",
        "fine_min_cny": 500_000,
        "fine_max_cny": 2_000_000,
        "gains_multiple_min": 5,
        "gains_multiple_max": 10,
        "gains_floor_cny": 500_000,
        "persons_fine_min_cny": 50_000,
        "persons_fine_max_cny": 200_000,
        "allowance_cut_min_pct": 50,
        "allowance_cut_max_pct": 100,
        "is_cut_by_shortfall": False,
        "other_measures": "责令改正; 没收违法所得; 责令停产整治",
        "valid_from": date(2024, 5, 1),
        "valid_to": None,
        "market_multiple_min": None,
    }
    assert {name: rule[name] for name in wanted} == wanted


def test_the_cut_for_what_was_not_surrendered_ends_by_itself() -> None:
    fine, cut = rules(
        "第二十四条 重点排放单位未按照规定清缴其碳排放配额的，"
        "处清缴时限前1个月市场交易平均成交价格5倍以上10倍以下的罚款；"
        "拒不改正的，按照未清缴的碳排放配额等量核减其下一年度碳排放配额。"
    )
    assert (fine["market_multiple_min"], fine["market_multiple_max"]) == (5, 10)
    assert (fine["fine_max_cny"], fine["allowance_cut_max_pct"], fine["valid_to"]) == (None,) * 3
    assert (cut["is_cut_by_shortfall"], cut["valid_to"]) == (True, date(2026, 8, 14))
    assert (fine["item"], cut["item"]) == (1, 2)


def test_fines_in_chinese_numerals_are_those_of_order_19() -> None:
    (rule,) = rules(
        "第三十九条 重点排放单位虚报排放报告的，处一万元以上三万元以下的罚款。", "部令第19号\n"
    )
    assert (rule["fine_min_cny"], rule["fine_max_cny"]) == (10_000, 30_000)
    assert (rule["regulation"], rule["valid_to"]) == ("部令第19号", date(2024, 4, 30))


def test_a_fine_of_no_known_form_is_a_signal_and_no_row() -> None:
    rows = transform(
        record(
            LAW, template="library", title="暂行条例", published="2024-02-05", document_number="",
            text="国务院令第775号\n第二十条 某人违反规定的，处以巨额罚款。",
        )
    )  # fmt: skip
    assert [row.table for row in rows if row.table == "mee_penalties"] == []
    assert [(r.rule, r.is_signal) for r in rows[0].remarks] == [("unknown_penalty", True)]
