"""Percentages in ICAP's prose: shares, reductions, limits; single ones and ranges."""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.icap.news.patterns import each, qualifier, years_after
from transforms.icap.news.sentences import QUALIFIER, NewsFact, Sentence, value_of
from transforms.model import Refused
from transforms.text.numbers import NUMBER
from transforms.text.sentences import clause_before

_RANGE = re.compile(
    rf"from (?:the (?P<top>top) )?(?P<a>{NUMBER})%(?: in (?P<ya>\d{{4}}))? to (?:the top )?"
    rf"(?P<b>{NUMBER})%(?: in (?P<yb>\d{{4}}))?|(?P<c>{NUMBER})%\s*-\s*(?P<d>{NUMBER})%"
)
_SINGLE = re.compile(
    rf"(?:(?P<q>{QUALIFIER})\s*)?(?P<n>{NUMBER})%(?: of (?P<of>[^,;.()%]*?)"
    r"(?= will | are | stay| bring| cause| before| and | in \d| across | over |[,;.(]|$))?"
)
_REDUCING = re.compile(r"(?i)reduction|\bcuts?\b|\bfalls?\b|\blower|tighten|decreas")
_VERBS = re.compile(
    r"(?i),? ?\b(?:sees?|faces?|falls?|foresees?|with)?\b ?(?:emissions )?reductions?\b.*$"
)


@each(_RANGE)
def read_ranges(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """`from 6.5% to 18.8%` is one fact with two ends; with a year at each end, two shares."""
    low, high = _share(found["a"] or found["c"]), _share(found["b"] or found["d"])
    words, quote = clause_before(sentence.plain, found.start()), sentence.printed
    if found["ya"] and found["yb"]:
        ends = ((low, found["ya"]), (high, found["yb"]))
        return [
            NewsFact("share", value, "%", found[0], quote, subject=words, period=year)
            for value, year in ends
        ]
    metric = "benchmark_level" if found["top"] else "change"
    if metric == "change" and _REDUCING.search(sentence.plain):
        metric = "reduction"
    subject = _subject(sentence, words)
    period = years_after(sentence, found.end())
    return [
        NewsFact(
            metric, low, "%", found[0], quote, "", subject, words, value_to=high, period=period
        )
    ]


@each(_SINGLE)
def read_shares(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """`about 5% of global emissions`: a share of what, in `scope`."""
    value = _share(found["n"])
    scope = re.sub(r"^(?:the|annual|their) ", "", (found["of"] or "").strip())
    before, after = clause_before(sentence.plain, found.start()), sentence.plain[found.end() :]
    metric = _metric(scope, before, after, sentence)
    if metric == "reduction":
        scope = _subject(sentence, before)
    printed, quote, period = found[0].strip(), sentence.printed, ""
    if not re.match(r" in \d{4} to ", after):
        period = years_after(sentence, found.end())
    return [
        NewsFact(metric, value, "%", printed, quote, qualifier(found), scope, before, period=period)
    ]


def _metric(scope: str, before: str, after: str, sentence: Sentence) -> str:
    if re.match(r" (?:stays? )?free\b", after):
        return "free_allocation_share"
    if "verified emissions" in scope:
        return "offset_limit"
    if scope.endswith("emissions"):
        return "emissions_share"
    if re.search(r"(?i)reductions?\b", before):
        return "reduction"
    is_auction = re.search(r"(?i)\bauction", f"{before} {scope} {after[:40]}")
    is_other_share = before.startswith("that of ") and "auction share" in sentence.plain
    return "auction_share" if is_auction or is_other_share else "share"


def _subject(sentence: Sentence, words: str) -> str:
    """What is reduced: the words before, without the verbs of the phrase."""
    subject = _VERBS.sub("", words).strip(" ,")
    return subject or _VERBS.sub("", re.split(r",(?!\d)", sentence.plain)[0]).strip(" ,.")


def _share(printed: str) -> Decimal:
    value = value_of(printed)
    if value > 100:
        raise Refused("share_above_100", f"{printed}%", "no share is above 100 %")
    return value
