"""Figures in ICAP's news as typed facts, each with qualifier, scope and quote.

Patterns claim their figures one after the other, the most telling first; what is left over
at the end is a signal. "An additional 1,500 companies" and "approximately 3,700 covered
entities" are different things (new ones, all of them): `scope` keeps them apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from transforms.icap_deadlines import claim_dates
from transforms.icap_money import read_money
from transforms.icap_sentences import (
    NUMBER,
    QUALIFIER,
    QUALIFIERS,
    SCALE,
    SPELLED,
    Fact,
    Sentence,
    sentences,
    value_of,
)
from transforms.model import Refused, Remark

MAX_ALLOWANCES = Decimal(20 * 10**9)
"""One page prints "1,777 billion allowances" for 1.777 billion; no market has so many."""

_Q = rf"(?:(?P<q>{QUALIFIER})\s*)?"
_PERCENT_RANGE = re.compile(
    rf"from (?:the (?P<top>top) )?(?P<a>{NUMBER})%(?: in (?P<ya>\d{{4}}))? to (?:the top )?"
    rf"(?P<b>{NUMBER})%(?: in (?P<yb>\d{{4}}))?|(?P<c>{NUMBER})%\s*-\s*(?P<d>{NUMBER})%"
)
_PERCENT = re.compile(
    rf"{_Q}(?P<n>{NUMBER})%(?: of (?P<of>[^,;.()]*?)(?=,|;|\.(?:\s|$)|\(| and | in \d| across |$))?"
)
_TONNES = re.compile(
    rf"{_Q}(?P<n>{NUMBER})(?: (?P<s>{SCALE}))?\s?(?:(?P<u>(?:M|G|k)?t)(?:CO2e?)?|"
    r"(?P<w>tonnes|tons)(?: of)?(?: CO2e?)?)\b(?: (?P<after>(?:of )?(?:annual emissions|allowances|"
    r"credits)))?"
)
_UNITS = {"t": 1, "kt": 10**3, "Mt": 10**6, "Gt": 10**9}
_ALLOWANCES = re.compile(
    rf"{_Q}(?P<n>{NUMBER})(?: (?P<s>{SCALE}))? (?P<noun>allowances|KAUs?|credits|CCERs?)\b"
)
_NOUNS = (
    r"companies|entities|enterprises|plants|installations|participants|facilities|units|emitters|"
    r"ETSs|sectors|vessels|benchmark classes"
)
_ENTITIES = re.compile(
    rf"(?:(?P<more>an additional|additional)\s+)?{_Q}(?P<n>{NUMBER}|{SPELLED})"
    rf"(?: (?P<s>{SCALE}))? (?P<words>(?:[A-Za-z][\w-]* ){{0,4}}?)(?P<noun>{_NOUNS})\b"
    r"(?P<new> are new| of them)?",
    re.IGNORECASE,
)
_RISE = re.compile(rf"\bup from (?P<n>{NUMBER})(?: before)?")
_SIZE = re.compile(rf"{_Q}(?P<n>{NUMBER}) (?P<u>MW|GT)\b")
_TIMES = re.compile(rf"(?P<n>{NUMBER}) times(?: (?P<what>[a-z ]+?)(?= of|\.|,|$))?")
_IGNORED = re.compile(
    r"\bNo\. ?\d+|\b(?:CO|CF|CH|N|SF|NF)\d(?:[A-Z]\d?)?e?\b|\bC2F6\b|\bN2O\b|\bArticle \d+(?:\.\d+)?"
    r"|\b[Pp]hases? \d\b",
)
_REDUCING = re.compile(r"(?i)reduction|\bcut|\bfall|\blower|tighten|decreas")


def read_facts(blocks: Iterable[str]) -> tuple[list[Fact], list[Remark]]:
    """The facts of an article's text in their order, and what was odd about it."""
    facts: list[Fact] = []
    remarks: list[Remark] = []
    left: list[str] = []
    for block in blocks:
        for sentence in sentences(block):
            for read in _READERS:
                read(sentence)
            facts += sentence.facts
            remarks += sentence.remarks
            if figures := sentence.left():
                left.append(f"{', '.join(figures)} in {sentence.printed!r}")
    if left:
        told = f"{len(left)} sentences have figures that no pattern claims"
        remarks.append(Remark("unclaimed_figure", "; ".join(left)[:1000], told, is_signal=True))
    return facts, remarks


def _each(pattern: re.Pattern[str]) -> Callable[[_Reader], Callable[[Sentence], None]]:
    """Calls a reader for each free match of a pattern, and claims what it took."""

    def wrap(read: _Reader) -> Callable[[Sentence], None]:
        def reader(sentence: Sentence) -> None:
            for found in pattern.finditer(sentence.plain):
                if not sentence.is_free(found.start(), found.end()):
                    continue
                try:
                    facts = read(sentence, found)
                except Refused as refused:
                    remark = Remark(refused.rule, refused.value, refused.detail)
                    sentence.remarks.append(remark)
                    facts = []
                if facts is not None:
                    sentence.facts += facts
                    sentence.claim(found.start(), found.end())

        return reader

    return wrap


_Reader = Callable[[Sentence, "re.Match[str]"], "list[Fact] | None"]


def _qualifier(found: re.Match[str]) -> str:
    return QUALIFIERS[found["q"].lower()] if found["q"] else ""


def _clause(sentence: Sentence, position: int) -> str:
    """The words before a figure, back to the last comma or semicolon outside of numbers."""
    return re.split(r"[,;:](?!\d)", sentence.plain[:position])[-1].strip()


@_each(_IGNORED)
def _ignored(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    return []


@_each(_PERCENT_RANGE)
def _percent_range(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    low, high = _share(found["a"] or found["c"]), _share(found["b"] or found["d"])
    subject = _clause(sentence, found.start())
    if found["ya"] and found["yb"]:
        return [
            Fact("share", value, "%", found[0], sentence.printed, "", subject, period=year)
            for value, year in ((low, found["ya"]), (high, found["yb"]))
        ]
    metric = "benchmark_level" if found["top"] else "change"
    if metric == "change" and _REDUCING.search(sentence.plain):
        metric = "reduction"
    by = re.match(r" by (\d{4})", sentence.plain[found.end() :])
    period = by[1] if by else ""
    return [
        Fact(
            metric,
            low,
            "%",
            found[0],
            sentence.printed,
            "",
            _subject(subject),
            value_to=high,
            period=period,
        )
    ]


def _subject(words: str) -> str:
    """What is reduced: the words before, without the verbs of the phrase."""
    pattern = (
        r"(?i),? ?\b(?:sees?|faces?|falls?|foresees?|with)?\b ?(?:emissions )?reductions?\b.*$"
    )
    return re.sub(pattern, "", words).strip(" ,") or words


def _share(printed: str) -> Decimal:
    value = value_of(printed)
    if value > 100:
        raise Refused("share_above_100", f"{printed}%", "no share is above 100 %")
    return value


@_each(_PERCENT)
def _percent(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    value, of = _share(found["n"]), (found["of"] or "").strip()
    before, after = _clause(sentence, found.start()), sentence.plain[found.end() :]
    period = ""
    if by := re.match(r" by (\d{4})", after):
        period = by[1]
    metric, scope = "share", of
    if re.search(r"\bemissions$", of) and not re.search(r"verified|stay free", f"{of}{after[:12]}"):
        metric = "emissions_share"
    elif "verified emissions" in of:
        metric = "offset_limit"
    elif after.startswith(" free") or "stay free" in f"{of}{after}":
        metric = "free_allocation_share"
        scope = re.sub(r" stay free.*", "", of)
    elif re.search(r"auction", sentence.plain) and re.search(
        r"(?i)auction|sectors to$", before + of + after
    ):
        metric = "auction_share"
    elif "reduction" in before:
        metric, scope = "reduction", _subject(before)
    if metric == "emissions_share":
        scope = re.sub(r"^(?:the|annual) ", "", of)
    return [
        Fact(
            metric, value, "%", found[0].strip(), sentence.printed, _qualifier(found), scope,
            subject=before, period=period,
        )
    ]  # fmt: skip


@_each(_TONNES)
def _tonnes(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    unit = _UNITS[found["u"]] if found["u"] else 1
    value = value_of(found["n"], found["s"] or "") * unit
    before, after = sentence.plain[: found.start()].lower(), found["after"] or ""
    following = sentence.plain[found.end() :]
    metric, scope, qualifier = "emissions", "total", _qualifier(found)
    if "allowances" in after:
        metric = "allowances"
    elif "credits" in after or following.startswith((" of credits", " across the scheme")):
        metric, scope = "credits", "issued" if "issued" in following else "scheme"
    elif re.search(r"threshold|more than 0 |in any year", before + following):
        metric, scope = "threshold", _threshold_scope(before)
    elif re.search(r"\bbank\b", before):
        metric, scope = "banking_limit", ""
    elif re.search(r"\bdeal\b", before + following):
        metric, scope = "volume", "first deal"
    elif re.search(r"\bvolume of $", before):
        metric, scope = "volume", "day"
    elif re.search(r"\bcap\b", before):
        metric, scope = "cap", ""
    elif "additional" in before or "raises" in before:
        scope = "additional"
    if metric == "allowances" and value > MAX_ALLOWANCES:
        raise Refused("too_many_allowances", found[0], f"above {MAX_ALLOWANCES:,}")
    if metric == "emissions" and _is_ratio(before, following):
        metric = "threshold"
    return [Fact(metric, value, "t", found[0].strip(), sentence.printed, qualifier, scope)]


def _is_ratio(before: str, following: str) -> bool:
    return "which emitted" in before and "year" in following


def _threshold_scope(before: str) -> str:
    for word in ("compliance", "reporting"):
        if re.search(rf"{word} is $", before):
            return word
    return "before" if re.search(r"\bfrom $", before) else ""


@_each(_ALLOWANCES)
def _allowances(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    value = value_of(found["n"], found["s"] or "")
    if value > MAX_ALLOWANCES:
        told = f"above {MAX_ALLOWANCES:,} allowances: a slip of the page, and nothing is taken"
        raise Refused("too_many_allowances", found[0], told)
    metric = "credits" if found["noun"].startswith(("credit", "CCER")) else "allowances"
    quote = sentence.printed
    return [Fact(metric, value, "allowances", found[0].strip(), quote, _qualifier(found), "total")]


@_each(_ENTITIES)
def _entities(sentence: Sentence, found: re.Match[str]) -> list[Fact] | None:
    noun = found["noun"].lower()
    value = value_of(found["n"], found["s"] or "")
    subject = f"{found['words'] or ''}{found['noun']}".strip()
    before = sentence.plain[: found.start()].lower()
    scope = "total"
    if found["more"] or (found["new"] or "").strip() == "are new":
        scope = "additional"
    elif (found["new"] or "").strip() == "of them" or before.endswith("of which "):
        scope = "of which"
    elif re.search(r"once .*$", sentence.plain[found.end() : found.end() + 40]):
        scope = "planned"
    metric = {"sectors": "sectors", "etss": "systems", "benchmark classes": "classes"}.get(
        noun, "entities"
    )
    quote = sentence.printed
    return [Fact(metric, value, metric, found[0].strip(), quote, _qualifier(found), scope, subject)]


@_each(_RISE)
def _rise(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    value = value_of(found["n"])
    return [Fact("entities", value, "entities", found[0], sentence.printed, "", "before")]


@_each(_SIZE)
def _size(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    value, quote = value_of(found["n"]), sentence.printed
    return [Fact("size_limit", value, found["u"], found[0].strip(), quote, _qualifier(found))]


@_each(_TIMES)
def _times(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    scope = (found["what"] or "").strip()
    return [Fact("multiple", value_of(found["n"]), "1", found[0], sentence.printed, "", scope)]


_READERS: tuple[Callable[[Sentence], None], ...] = (
    _ignored,
    read_money,
    _percent_range,
    _percent,
    _allowances,
    _tonnes,
    _size,
    _times,
    _entities,
    _rise,
    claim_dates,
)
