"""The penal articles of a regulation as rows: who, what for, which fine, which further measure.

Grammar of Order 775 (articles 20 to 26) and of the ministry's Order 19: ranges in 万元, in
digits or Chinese numerals; multiples of gains with a floor; persons; cuts of allowances.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.sources.mee.tables import MEE_PENALTIES
from transforms.mee.document import MinistryDocument
from transforms.model import Refused, Remark, Row
from transforms.text.numbers import NUMERAL, chinese_number
from transforms.text.plain import without_blanks

_ARTICLE = re.compile(rf"第({NUMERAL})条")
_CHAPTER = re.compile(rf"第{NUMERAL}章")
_LISTED = re.compile(rf"\(({NUMERAL})\)")
_RANGE = re.compile(rf"处(?:以)?({NUMERAL})(万)?元以上({NUMERAL})(万)?元以下的?罚款")
_GAINS = re.compile(rf"违法所得({NUMERAL})倍以上({NUMERAL})倍以下的?罚款")
_MARKET = re.compile(rf"平均成交价格({NUMERAL})倍以上({NUMERAL})倍以下的?罚款")
_FLOOR = re.compile(rf"违法所得不足({NUMERAL})(万)?元")
_CUT = re.compile(rf"按照?({NUMERAL})%以上({NUMERAL})%以下的比例核减")
_SAME_CUT = re.compile(r"等量核减")
_VALUE_OF_TRADE = re.compile(r"(?:等值|交易价值|交易额)(?:以下)?的?罚款")
_PERSONS = re.compile(r"直接负责的?主管人员|直接责任人员|责任人员")
_MEASURES = re.compile(
    r"没收违法所得|责令停产整治|(?:取消|撤销|吊销)[^,;。]{0,12}资质[^,;。]{0,6}"
    rf"|(?:{NUMERAL}年内)?禁止[^,;。]{{2,24}}|终身(?:不得|禁止)[^,;。]{{2,20}}|给予警告|责令改正"
)
_OFFENDER = re.compile(
    r"(?:违反本(?:条例|办法)规定,)?(?P<who>[^,。;:]{2,80}?)"
    r"(?=有(?:下列|前述|前款|上述)|未按|未依|违反|操纵|通过|扰乱|拒绝|阻挠|虚报|瞒报|弄虚作假|出具|参与|买卖|存在|不按|提供)"
)
_VERBS = re.compile("拒绝|阻挠|操纵|扰乱|违反|未按")
_ANYBODY = "任何单位和个人"

ENDS: dict[tuple[str, int | None, str], date] = {
    # The draft allocation plan of July 2026: once the Environmental Code is in force
    # (2026-08-15) no new cut is decided for allowances that were not surrendered.
    ("国务院令第775号", 24, "cut"): date(2026, 8, 15) - timedelta(days=1),
    # Order 775 took the place of the ministry's penal articles when it came into force.
    ("部令第19号", None, ""): date(2024, 5, 1) - timedelta(days=1),
}
"""Regulation, article (None: all), part of the rule (`cut`: that of the allowances) -> last day."""
_YUAN = Decimal("0.01")
_EMPTY = dict.fromkeys(column.name for column in MEE_PENALTIES.own)


@dataclass
class _Rule:
    """A paragraph of a penal article, in plain text, with the list that follows it."""

    article: int
    plain: str
    printed: str
    listed: list[str] = field(default_factory=list)


def penalties(document: MinistryDocument, text: str) -> tuple[list[Row], list[Remark]]:
    """The rows of a regulation's text, and a signal for each penal paragraph not understood."""
    rows: list[Row] = []
    remarks: list[Remark] = []
    counts: dict[int, int] = {}
    for rule in _rules(text):
        try:
            parts = list(_parts(rule, document))
        except Refused as refused:
            remarks.append(Remark(refused.rule, refused.value, refused.detail, is_signal=True))
            continue
        for values in parts:
            counts[rule.article] = counts.get(rule.article, 0) + 1
            values["item"] = counts[rule.article]
            evidence = {
                name: rule.printed
                for name, value in values.items()
                if value is not None and name in _QUOTED
            }
            rows.append(Row(MEE_PENALTIES.name, values, evidence))
    return rows, remarks


def _rules(text: str) -> Iterator[_Rule]:
    """The paragraphs that speak of a fine or a cut, with their articles."""
    article, last = 0, None
    rules: list[_Rule] = []
    for line in text.splitlines():
        paragraph = without_blanks(line)
        plain = paragraph.plain
        if _CHAPTER.match(plain):
            last = None
            continue
        if found := _ARTICLE.match(plain):
            article, last = chinese_number(found[1]), None
            plain = plain[found.end() :]
        if not article or not plain:
            continue
        if _LISTED.match(plain):
            if last is not None:
                last.listed.append(plain)
            continue
        last = None
        if re.search(r"罚款|核减", plain):
            last = _Rule(article, plain, paragraph.printed)
            rules.append(last)
    return iter(rules)


def _parts(rule: _Rule, document: MinistryDocument) -> Iterator[dict[str, Any]]:
    """The row of a rule; a cut by the quantity not surrendered is a row of its own, since it
    ends by itself. Raises `Refused("unknown_penalty")`."""
    values = _common(rule, document)
    measures: dict[str, None] = {}
    is_understood = False
    has_same_cut = False
    for clause in re.split("[;。]", rule.plain):
        measures.update(dict.fromkeys(found[0] for found in _MEASURES.finditer(clause)))
        is_understood |= _fines(clause, values)
        if found := _CUT.search(clause):
            for end, printed in zip(("min", "max"), found.groups(), strict=True):
                values[f"allowance_cut_{end}_pct"] = Decimal(chinese_number(printed))
            is_understood = True
        has_same_cut |= bool(_SAME_CUT.search(clause))
        if "罚款" in clause and not is_understood:
            raise Refused("unknown_penalty", clause[:120], "a fine of no known form")
    if not (is_understood or has_same_cut):
        raise Refused("unknown_penalty", rule.plain[:120], "a fine or a cut of no known form")
    values["other_measures"] = "; ".join(measures) or None
    if is_understood:
        yield values
    if has_same_cut:
        ends = _end(document.key, rule.article, "cut") or values["valid_to"]
        yield _common(rule, document) | {"is_cut_by_shortfall": True, "valid_to": ends}


def _common(rule: _Rule, document: MinistryDocument) -> dict[str, Any]:
    who, conduct = _who_and_what(rule)
    return {
        **_EMPTY,
        "regulation": document.key,
        "article": rule.article,
        "offender": who,
        "conduct": conduct,
        "is_cut_by_shortfall": False,
        "is_fine_value_of_trade": False,
        "valid_from": document.effective_on,
        "valid_to": _end(document.key, rule.article, ""),
        "quote": rule.printed,
        "rank": document.rank,
    }


def _fines(clause: str, values: dict[str, Any]) -> bool:
    """Write down the fine of a clause; whether there was one."""
    found = False
    for pattern, name in ((_GAINS, "gains_multiple"), (_MARKET, "market_multiple")):
        if match := pattern.search(clause):
            values[f"{name}_min"] = Decimal(chinese_number(match[1]))
            values[f"{name}_max"] = Decimal(chinese_number(match[2]))
            found = True
    if floor := _FLOOR.search(clause):
        values["gains_floor_cny"] = _yuan(floor[1], floor[2])
    if match := _RANGE.search(clause):
        name = "persons_fine" if _PERSONS.search(clause) else "fine"
        if values[f"{name}_min_cny"] is not None:
            raise Refused("unknown_penalty", clause[:120], f"a second {name} in one rule")
        values[f"{name}_min_cny"] = _yuan(match[1], match[2] or match[4])
        values[f"{name}_max_cny"] = _yuan(match[3], match[4])
        found = True
    if _VALUE_OF_TRADE.search(clause):
        values["is_fine_value_of_trade"] = found = True
    return found


def _yuan(printed: str, scale: str | None) -> Decimal:
    return (Decimal(chinese_number(printed)) * (10_000 if scale else 1)).quantize(_YUAN)


def _who_and_what(rule: _Rule) -> tuple[str, str]:
    """Who the rule is for and what it is for: its list where it has one, else its first clause."""
    head = re.split("的,", rule.plain, maxsplit=1)[0]
    found = _OFFENDER.match(head)
    is_named = found is not None and not _VERBS.match(found["who"])
    who = found["who"] if found and is_named else _ANYBODY
    conduct = head[found.end("who") :] if found and is_named else head
    return who, " ".join(rule.listed) or conduct


def _end(regulation: str, article: int, part: str) -> date | None:
    return ENDS.get((regulation, article, part)) or ENDS.get((regulation, None, part))


_QUOTED = frozenset(
    c.name
    for c in MEE_PENALTIES.own
    if c.name.endswith(("_cny", "_pct", "_min", "_max")) or c.name.startswith(("other", "is_"))
) - {"is_cut_by_shortfall", "is_fine_value_of_trade"}
