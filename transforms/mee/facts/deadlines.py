"""Last days in the ministry's prose: what is due, by the verb and object behind the day.

Words before the last 的 of a clause tell who or which (暂未纳入名录的企业), what something is
based on (基于核查结果) is not due, and 向…报告 only tells to whom: none of them decides. Of what is
left the last known word counts, and two clauses that name two things leave the day unclaimed.
Where the words behind a day say only that something is handed in or made public, it is what the
words before the day name last (编制排放报告，并于每年3月31日前报…).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from transforms.text.frames.model import Around
from transforms.text.frames.periods import Settled
from transforms.text.frames.reading import Due
from transforms.text.matching import one_of

_DUE = {
    "deadline_surrender": ("清缴", "履约", "清缴配额", "清缴义务"),
    "deadline_preallocation": ("预分配", "预分配配额", "预发放"),
    "deadline_verification": ("核查", "核查工作", "核查报告", "核查结果"),
    "deadline_allocation": ("核定", "发放", "分配", "配额量", "发放配额", "核定配额"),
    "deadline_list": ("名录", "名单"),
    "deadline_comment": ("意见", "反馈", "意见建议"),
    "deadline_report": ("排放报告", "年度报告", "报告", "填报", "报告申报", "排放报告申报"),
    "deadline_other": (
        *("评估", "检查", "抽查", "复核", "存证", "备案", "整改", "总结", "培训", "申报", "申请"),
        *("质量控制方案", "数据质量控制方案", "评估报告", "工作方案", "信息公开"),
    ),
    "deadline_carry_over": ("结转", "结转申请", "配额结转", "配额结转申请"),
}
_KINDS = {word: metric for metric, words in _DUE.items() for word in words}
_WORD = re.compile(rf"(?:{one_of(_KINDS)})(?!机构|技术服务|人员|指南|费|系统|平台)")
_BASED_ON = re.compile(
    r"(?:基于|根据|按照|依据|参照|结合|对照)[^,;]{1,40}?(?:,|$|(?=核定|报送|完成|组织|确定|发放|开展))"
)
_TO_WHOM = re.compile("(?:书面)?向[^,的]{2,24}(?:书面)?报告")
_HANDED_IN = re.compile(
    r"(?:[之以]?前)?,?(?:向|在|通过)?[^,]{0,40}?(?:报送|提交|上报|公布|公开)|(?:[之以]?前)?,?报(?!告|名|价)"
)
_OBJECT = re.compile("排放报告|名录|名单")
_SECTORS = "发电|钢铁|水泥|铝冶炼|铝电解|石化|化工|建材|有色|造纸|航空|民航"
_NOTE = re.compile(r"\([^()]{0,20}\)")
_NAMED_BEFORE = re.compile("(?:上述|前述|该|其余|其他)[^,;。]{0,4}行业")
_URGED = re.compile("鼓励|力争|争取|建议|倡导")
_SECTOR = re.compile(rf"((?:(?:{_SECTORS})[、与和及]){{0,9}}(?:{_SECTORS}))等?(?:行业|产业|业)")
_MONTH = re.compile("[0-9]{1,2}月")
_AND = re.compile("[及和与并、]")
_DONE = re.compile("(?:(?:制定|编制|报送|提交|申报|更新|修订)[和及与、]?){1,3}")
"""What is done with the thing that stands before the 的: 方案的制定."""
_YEARS = re.compile(r"((?:19|20)\d\d)(?:年?度?[、和-]((?:19|20)\d\d))?年度")
_YEAR = re.compile("(?<![0-9])20[0-9]{2}(?![0-9])")
_ALLOWANCES = re.compile("(?:碳排放)?配额")
_ALL = re.compile("(?:全部|所有)重点排放单位")
_ENDS = re.compile("[。;]")


def due_under(title: str) -> Callable[[Around, Settled], Due | None]:
    """What is due by a day in a text of this title. Of a title that names several emission years,
    none is lent from one day of a sentence to the next."""
    is_of_several = len(set(_YEAR.findall(title))) > 1
    return partial(_due_by, lends_year=not is_of_several)


def _due_by(item: Around, _: Settled, *, lends_year: bool) -> Due | None:
    """What is due by a day; None where nothing known is, or two things are."""
    if _URGED.search(re.split("[。;,]", item.before)[-1]):
        return None
    due = _BASED_ON.sub("", _ENDS.split(item.behind)[0])
    kinds = [kind for clause in due.split(",") if (kind := _kind(clause))]
    said = item.behind
    if not kinds:
        said = re.split("[。;,]", item.before)[-1]
        kinds = [kind] if (kind := _kind(said)) else []
    if not kinds and _HANDED_IN.match(due):
        objects = _OBJECT.findall(re.split("[。;]", item.before)[-1])
        kinds = [_KINDS[objects[-1]]] if objects else []
    certain = [kind for kind in kinds if kind != "deadline_other"] or kinds
    if len(set(certain)) != 1:
        return None
    before = item.before if lends_year else _MONTH.split(item.before)[0]
    years = _YEARS.search(said) or next(iter([*_YEARS.finditer(before)][-1:]), None)
    period = "" if years is None else years[1] + (f"-{years[2]}" if years[2] else "")
    whole = Decimal(100) if _ALL.search(item.behind) else None
    sector = _sector(item)
    clause = re.split("[。;,]", item.before)[-1]
    if _NAMED_BEFORE.search(clause) or (not sector and _NAMED_BEFORE.search(item.behind)):
        return None
    return Due(certain[0], sector, period, whole)


def _kind(clause: str) -> str:
    """What a clause says is to be done; empty for nothing known."""
    who, _, main = _TO_WHOM.sub("", clause).rpartition("的")
    if _ALLOWANCES.fullmatch(main) or _DONE.fullmatch(main):
        main = who  # 清缴2020年度的碳排放配额: the verb stands before
    found = [words[-1] for part in _AND.split(main) if (words := _WORD.findall(part))]
    kinds = {_KINDS[word] for word in found}
    for lesser in ({"deadline_other"}, {_KINDS[word] for word in found if word == "填报"}):
        kinds = kinds - lesser or kinds
    return kinds.pop() if len(kinds) == 1 else ""


def _sector(item: Around) -> str:
    """The sectors that a day is for: those behind it, those of its clause, or those that the
    sentence begins with, before any day."""
    part = _NOTE.sub("", re.split("[。;]", item.before)[-1])
    places = (_NOTE.sub("", item.behind), part.rsplit(",", 1)[-1], _MONTH.split(part)[0])
    found = next((found for place in places if (found := _SECTOR.search(place))), None)
    return _AND.sub("、", found[1]) if found else ""
