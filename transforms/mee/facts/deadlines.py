"""Last days in the ministry's prose: what is due, from whom, how many of them, at which hour."""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.mee.facts.patterns import Pattern
from transforms.mee.facts.state import ScanState, StatedFact
from transforms.mee.words import SECTORS, value_of
from transforms.model import Refused
from transforms.text.dates import day
from transforms.text.sentences import clause_before

_SECTOR = re.compile(rf"((?:(?:{SECTORS})、)*(?:{SECTORS}))行业")
_CLAUSE_END = re.compile("[;。]")
_ACTIONS = (
    ("deadline_surrender", r"清缴|履约"),
    ("deadline_preallocation", r"预分配"),
    ("deadline_verification", r"核查"),
    ("deadline_allocation", r"核定|发放|分配"),
    ("deadline_list", r"名录|名单"),
    ("deadline_comment", r"意见|反馈"),
    ("deadline_report", r"报告|报送|上报|填报"),
)


def deadline(
    name: str,
    match: re.Match[str],
    plain: str,
    state: ScanState,
    claims: list[tuple[Pattern, re.Match[str]]],
) -> StatedFact:
    """A last day: what is due by its clause's words, from whom, and how many of them."""
    later = [m.start() for p, m in claims if p.name == name and m.start() > match.start()]
    stop = min(
        (plain.find(mark, match.end()) for mark in ";。" if mark in plain[match.end() :]),
        default=len(plain),
    )
    clause = plain[match.end() : min([stop, *later])]
    before = clause_before(plain, match.start(), _CLAUSE_END)
    metric = next((m for m, words in _ACTIONS if re.search(words, clause)), "")
    metric = metric or next(
        (m for m, words in _ACTIONS if re.search(words, before)), "deadline_other"
    )
    sector = _SECTOR.search(clause) or _SECTOR.search(before)
    share = re.search(r"(\d[\d.]*)%(?:的)?重点排放单位|(?:全部|所有)重点排放单位", clause)
    value = None if share is None else (value_of(share[1]) if share[1] else Decimal(100))
    group = match.groupdict()
    due, period = None, state.emission
    if name == "yearly_deadline":
        period = "yearly"
    else:
        year = int(group["y"]) if group["y"] else state.dated_year
        if year is None:
            raise Refused("no_year", match[0], "no full date before it to take the year from")
        due = day(year, group["m"] or "", group["d"] or "")
        state.dated_year = year
    stated = re.search(r"(\d{4})年度", clause)
    return StatedFact(
        metric,
        value,
        "percent" if value is not None else "",
        match[0],
        "",
        match.start(),
        state.scope,
        sector[1] if sector else "",
        stated[1] if stated and due else period,
        None,
        None,
        due,
        int(group["h"]) if group.get("h") else None,
    )
