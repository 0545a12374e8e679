"""Figures in ICAP's news as typed facts, each with qualifier, scope and quote.

Patterns claim their figures one after the other, the most telling first; what is left over
at the end is a signal. "An additional 1,500 companies" and "approximately 3,700 covered
entities" are different things (new ones, all of them): `scope` keeps them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from transforms.icap_amounts import read_allowances, read_multiples, read_sizes, read_tonnes
from transforms.icap_deadlines import read_dates
from transforms.icap_money import read_money
from transforms.icap_reading import Reads, each, is_year, qualifier
from transforms.icap_sentences import (
    NUMBER,
    QUALIFIER,
    SCALE,
    SPELLED,
    Fact,
    Sentence,
    sentences,
    value_of,
)
from transforms.icap_shares import read_ranges, read_shares
from transforms.model import Remark

_NOUNS = (
    "companies|entities|enterprises|plants|installations|participants|facilities|units|emitters|"
    "ETSs|sectors|vessels|benchmark classes"
)
_ENTITIES = re.compile(
    rf"(?:(?P<more>(?:an )?additional)\s+)?(?:(?P<q>{QUALIFIER})\s*)?(?P<n>{NUMBER}|\b{SPELLED})"
    rf"(?: (?P<s>{SCALE}))? (?P<words>(?:[A-Za-z][\w-]* ){{0,4}}?)(?P<noun>{_NOUNS})\b"
    r"(?P<more_words> are new| of them)?",
    re.IGNORECASE,
)
_METRICS = {"sectors": "sectors", "etss": "systems", "benchmark classes": "classes"}
_RISE = re.compile(rf"\bup from (?P<n>{NUMBER})(?: before)?")
_IGNORED = re.compile(r"\bNo\. ?\d+|\bArticle \d+(?:\.\d+)?|\b[Pp]hases? \d\b")


def read_facts(blocks: Iterable[str]) -> tuple[list[Fact], list[Remark]]:
    """The facts of a text, and what was odd about it: refused figures, unclaimed ones."""
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


@each(_IGNORED)
def _ignore(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    """Numbers of laws, articles and phases are no figures."""
    return []


@each(_ENTITIES)
def read_counts(sentence: Sentence, found: re.Match[str]) -> list[Fact] | None:
    """How many companies, plants, sectors: all of them, additional ones, or a part."""
    if is_year(found):
        return None
    before = sentence.plain[: found.start()].lower()
    more = (found["more_words"] or "").strip()
    scope = "total"
    if found["more"] or more == "are new":
        scope = "additional"
    elif more == "of them" or before.endswith("of which "):
        scope = "of which"
    elif re.match(r"[\w ]{0,30}\bonce\b", sentence.plain[found.end() :]):
        scope = "planned"
    metric = _METRICS.get(found["noun"].lower(), "entities")
    value = value_of(found["n"], found["s"] or "")
    subject = f"{found['words'] or ''}{found['noun']}".strip()
    printed, quote = found[0].strip(), sentence.printed
    return [Fact(metric, value, metric, printed, quote, qualifier(found), scope, subject)]


@each(_RISE)
def _read_rises(sentence: Sentence, found: re.Match[str]) -> list[Fact]:
    value = value_of(found["n"])
    return [Fact("entities", value, "entities", found[0], sentence.printed, "", "before")]


_READERS: tuple[Reads, ...] = (
    _ignore,
    read_money,
    read_ranges,
    read_shares,
    read_allowances,
    read_tonnes,
    read_sizes,
    read_multiples,
    read_counts,
    _read_rises,
    read_dates,
)
