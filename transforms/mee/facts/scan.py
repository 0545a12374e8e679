"""One walk over a text of the ministry: every clause with a figure, in its market, year and place.

A sentence leans on what came before: the year that was named, the day of 截至, the emission
year of a surrender, the market of the heading. `其中` and a year switch from figures since the
launch to figures of the year. What leans on something that nobody said is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.mee.facts.meaning import factor_row, facts_of
from transforms.mee.facts.patterns import FACTOR_UNIT, PATTERNS, TABLE_ROW, Pattern
from transforms.mee.facts.state import Scan, ScanState, StatedFact
from transforms.mee.words import document_numbers
from transforms.model import Refused, Remark
from transforms.text.matching import Claimed, Span
from transforms.text.plain import PlainText, squeezed, without_blanks
from transforms.text.sentences import STOPS_ZH, clause_before, spans

__all__ = ["Scan", "StatedFact", "paragraphs", "scan"]

LONGEST = 1500
"""Characters after which a paragraph is cut at the next line: a table has no sentences."""
_CEA = re.compile(r"碳排放权交易市场|强制碳市场|碳排放配额|配额|重点排放单位|清缴|CEA")
_CCER = re.compile(r"自愿减排|CCER|核证自愿减排量")
_SAYS = re.compile(r"\d|履约周期")
"""What a sentence with a figure, or one that another leans on, holds."""
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十]+[章节部分]+|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d{1,2}[.、](?!\d))"
)
_FIGURE = re.compile(
    r"(?<![\d.,])\d[\d,]{0,20}(?:\.\d{1,12})?(?:余|多)?(?:万|亿)?(?:吨|元/吨|元|家|%|个交易日|场)"
)
_COMMA = re.compile(",")
_MARKET = re.compile(r"成交|收盘|清缴|重点排放单位|覆盖|均价")
_CORE = re.compile(r"成交总?[量额]|收盘价|清缴完成率|应清缴")
_PENAL = re.compile(r"罚款|违法所得")
_YEAR = re.compile(r"(?<![-\u2010-\u2015~、\d])((?:19|20)\d{2})年(?!度?[、-])")


def scan(text: str, *, title: str = "", own_number: str | None = None) -> Scan:
    """Every figure of a text (lines; positions are offsets of lines in it).

    Raises `Refused` (`bad_number`, `bad_date`) for a figure that is none.
    """
    found = Scan()
    plain_title = squeezed(title)
    is_voluntary = bool(_CCER.search(plain_title)) and not _CEA.search(plain_title)
    base = "CCER" if is_voluntary else "CEA"
    state = ScanState(base)
    if named := _YEAR.search(plain_title):
        state.year = state.title_year = int(named[1])
    unit = re.search(FACTOR_UNIT, squeezed(text))
    for position, paragraph in paragraphs(text):
        reading = without_blanks(paragraph)
        if _is_heading(reading.plain):
            base = _scope_of(reading.plain, base)
        state.scope, state.day, state.cycle = base, None, ""
        if unit and (row := TABLE_ROW.fullmatch(reading.plain)):
            found.facts.append(factor_row(row, reading, position, state, unit[0], plain_title))
            continue
        for sentence in spans(reading.plain, STOPS_ZH):
            _sentence(reading, sentence, position, state, found, own_number)
    return found


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs with their offset: lines, where one broken in mid-sentence goes on in the next.

    A heading stands alone. A line of digits alone is a page's number.
    """
    start, parts = 0, list[str]()
    offset = length = 0
    for line in text.splitlines(keepends=True):
        plain = squeezed(line)
        is_alone = (
            bool(_HEADING.match(plain)) and len(plain) <= 32 and not re.search("[。;,]", plain)
        )
        is_row = bool(TABLE_ROW.fullmatch(plain))
        if (is_alone or is_row) and parts:
            yield start, "".join(parts)
            parts, length = [], 0
        if plain and not re.fullmatch(r"[-\u2014\u2013]*\d{1,4}[-\u2014\u2013]*", plain):
            if not parts:
                start = offset
            parts.append(line)
            length += len(plain)
            if is_alone or is_row or plain[-1] in "。;!?:" or length > LONGEST:
                yield start, "".join(parts)
                parts, length = [], 0
        offset += len(line)
    if parts:
        yield start, "".join(parts)


def _is_heading(plain: str) -> bool:
    return len(plain) <= 40 and not re.search(r"[。;]", plain)


def _scope_of(plain: str, otherwise: str) -> str:
    """The market whose words stand last in a text."""
    at = {"CEA": -1, "CCER": -1}
    for scope, words in (("CEA", _CEA), ("CCER", _CCER)):
        for found in words.finditer(plain):
            at[scope] = found.end()
    if at["CEA"] == at["CCER"]:
        return otherwise
    return max(at, key=lambda scope: at[scope])


def _sentence(
    reading: PlainText,
    sentence: Span,
    position: int,
    state: ScanState,
    found: Scan,
    own_number: str | None,
) -> None:
    plain = reading.plain[slice(*sentence)]
    if not _SAYS.search(plain):
        return
    quote = reading.quote(*sentence)
    state.is_cumulative, state.last = False, ""
    claims = list(_claims(plain))
    for pattern, match in claims:
        before = plain[: match.end()]
        state.scope = pattern.scope or _scope_of(before, state.scope)
        try:
            found.facts += [
                replace(fact, quote=quote, position=position)
                for fact in facts_of(pattern, match, plain, state, claims, found)
            ]
        except Refused as refused:
            if refused.rule not in ("no_year", "no_period"):
                raise
            found.remarks.append(Remark(refused.rule, match[0], refused.detail))
    for number, _, _ in document_numbers(plain):
        if number != own_number:
            cited = StatedFact("cites_document", None, "", number, quote, position, state.scope)
            found.facts.append(cited)
    _leftovers(plain, quote, claims, found)


def _claims(plain: str) -> list[tuple[Pattern, re.Match[str]]]:
    """The clauses of a sentence: the leftmost first, of two at one place the earlier pattern.

    A match that begins inside a clause is sought again behind it: `年底收盘价` still holds a
    close where `2024年` is a clause of its own.
    """
    taken: list[tuple[Pattern, re.Match[str]]] = []
    ahead = {p: match for p in PATTERNS if (match := p.regex.search(plain))}
    while ahead:
        pattern = min(ahead, key=lambda p: ahead[p].start())  # the first of equals
        match = ahead[pattern]
        taken.append((pattern, match))
        end = max(match.end(), match.start() + 1)
        for each in [p for p, found in ahead.items() if found.start() < end]:
            again = each.regex.search(plain, end)
            if again is None:
                del ahead[each]
            else:
                ahead[each] = again
    return taken


def _leftovers(
    plain: str, quote: str, claims: list[tuple[Pattern, re.Match[str]]], found: Scan
) -> None:
    """Figures in a sentence on the market that no pattern claimed are kept, and told of."""
    if not _MARKET.search(plain) or _PENAL.search(plain):
        return
    claimed = Claimed([match.span() for _, match in claims])
    has_deadline = any(pattern.name == "deadline" for pattern, _ in claims)
    for figure in claimed.free(_FIGURE, plain):
        if has_deadline and re.match("的?重点排放单位", plain[figure.end() :]):
            continue  # the share that the deadline holds for
        if quote not in found.unclaimed:
            found.unclaimed.append(quote)
        clause = clause_before(plain, figure.start(), _COMMA) + figure[0]
        if _CORE.search(clause):
            told = "a figure of the market that no known clause holds"
            found.remarks.append(Remark("unclaimed_figure", clause[-80:], told, is_signal=True))
