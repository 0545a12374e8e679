"""Of what a figure is: the words of its sentence that say so, as printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.text.figures import FigureKind
from transforms.text.frames.english import EnglishRow, EnglishToken, InClause, share_of
from transforms.text.plain import PlainText
from transforms.text.sentences import clause_before

_OF = re.compile(r" of (?:the |annual |their |its )*")
_VERBS = re.compile(
    r"(?i),? ?\b(?:sees?|faces?|falls?|foresees?|with)?\b ?(?:emissions )?reductions?\b.*$"
)
_FELL = re.compile(
    r"(?i) (?:(?:has|have|had|were|was) )?(?:been )?(?:(?:also|overall|further) )?"
    r"(?:fell|fallen|dropped|declined|decreased|reduced|down|cut|rose|risen|increased|grew|grown)"
    r"(?: overall)?(?: by)?(?: an?)?$"
)
"""The verb of what has happened; that of what is to happen stays, since it says so."""
_OF_SOME = re.compile(r" (?:of|from|by) (?:the |all |some |its |their )?(?!(?:19|20)\d\d\b)\d")
_TO_COME = re.compile(r"(?i)\b(?:will|would|shall|should|may|might|could|to|be)\b")
_JOINS = re.compile(r"(?i)^(?:while|whereas|and|but) ")
_DUTIES = {"compliance": "compliance", "reporting": "reporting", "report": "reporting"}
_YEARLY = re.compile(r"\b(?:annual|annually|yearly|(?:per|a|each|every) year)\b")
_EVERY_YEAR = re.compile(
    r"\b(?:annually|yearly|(?:per|a|each|every) year|per annum|annual (?=rate))"
)
_SHARES = frozenset(
    {"emissions_share", "auction_share", "free_allocation_share", "offset_limit", "share"}
)
_OF_WHAT = frozenset({"reduction", "change", *_SHARES})
"""Metrics whose scope says of what they are."""
_CHANGING = frozenset(
    {"emissions", "benchmark", "intensity", "cap", "factor", "price", "allowance", "volume"}
    | {"floor", "ceiling", "trigger"}
)
_NO_NAME = re.compile(r"(?i)^(?:this|that|these|those|it|they|which|there)\b|\b(?:a|an)$")
"""Words of a clause that do not say what changes."""
_MOST = re.compile(
    r"(?i)^(?:the )?(?:biggest|largest|greatest|steepest|sharpest|strongest) (?:re|de)"
)
_LONGEST = 60
"""Characters up to which the words of a clause say of what a change is."""
_SHARE_ENDS = frozenset({"emissions", "verified", "allowance", "entity", "capacity", "obligation"})


def scope_of(row: EnglishRow, one: InClause, sentence: PlainText) -> str:
    """That of the row; else of a share, of what it is one; of a threshold, for which duty; of a
    change, of what. What is handed out or capped by the year says so, and so does what is planned,
    expected or proposed and not decided."""
    scope = _scope(row, one, sentence)
    is_fixed = scope in ("", "yearly", row.scope)
    if "planned" not in one.classes or not is_fixed or row.metric in _OF_WHAT:
        return scope
    return "planned" if scope in ("", "total") else f"{scope}, planned"


def _scope(row: EnglishRow, one: InClause, sentence: PlainText) -> str:
    metric = row.metric
    if metric in ("cap", "allowances") and row.scope in ("", "total"):
        words = " ".join(t.text.lower() for t in (*one.head, *one.tail))
        return "yearly" if _YEARLY.search(words) and not one.period else row.scope
    sectors = dict.fromkeys(t.text for t in (*one.head, *one.tail) if t.group == "sector")
    if metric == "emissions" and "amount" in one.classes and sectors:
        return ", ".join(sectors)
    if row.scope:
        return row.scope
    if metric in _SHARES:
        return _share_of(one, sentence)
    if metric == "threshold":
        firsts = [t.text.lower().split()[0] for t in (*one.tail, *reversed(one.head)) if t.word]
        return next((_DUTIES[word] for word in firsts if word in _DUTIES), "")
    if metric == "multiple":
        return next((f"their {t.text}" for t in one.tail if t.name == "net_sales"), "")
    if metric in ("reduction", "change", "benchmark_level"):
        return _what_changes(one, sentence)
    return ""


def _changing(tokens: Sequence[EnglishToken]) -> str:
    """The first of the tokens that names what can change, up to the next figure."""
    for token in tokens:
        if token.figure is not None and token.figure.kind is FigureKind.MEASURE:
            break
        if token.name in _CHANGING:
            return token.text
    return ""


def period_of(row: EnglishRow, one: InClause) -> str:
    """The period as printed; what changes by the year says so."""
    words = " ".join(t.text.lower() for t in (*one.head, *one.tail))
    if row.metric not in ("reduction", "change") or not _EVERY_YEAR.search(words):
        return one.period_text
    return f"{one.period_text}, yearly" if one.period_text else "yearly"


def _share_of(one: InClause, sentence: PlainText) -> str:
    at = one.figure.end
    found = _OF.match(sentence.plain, at)
    if not found:
        named = [t for t in share_of(one) if t.name in _SHARE_ENDS]
        return named[0].text if named else ""
    for token in one.tail:
        is_owner = token.text.endswith(("'s", "s'"))
        if token.name in _SHARE_ENDS and token.start >= found.end() and not is_owner:
            return sentence.plain[found.end() : token.end]
    return ""


def _what_changes(one: InClause, sentence: PlainText) -> str:
    """What is reduced: the words before, without the verbs of the phrase."""
    if factor := [t for t in (*one.head, *one.tail) if t.name == "factor"]:
        return factor[0].text
    words = clause_before(sentence.plain, one.figure.start)
    is_long = len(words) > _LONGEST or re.search(r"[0-9]", words) is not None
    is_no_name = _NO_NAME.search(words) is not None
    if words.endswith((" a", " an")) and (behind := _changing(one.tail)):
        return behind
    if (is_long or is_no_name) and (named := [t for t in one.head if t.name in _CHANGING]):
        return _named_whole(named[-1], one, sentence)
    if is_no_name:
        return _changing(one.tail)
    if _MOST.search(words) and (sectors := [t.text for t in one.head if t.group == "sector"]):
        return ", ".join(dict.fromkeys(sectors))
    subject = _without_verb(_VERBS.sub("", words).strip(" ,"))
    return subject or _VERBS.sub("", re.split(r",(?!\d)", sentence.plain)[0]).strip(" ,.")


def _named_whole(token: EnglishToken, one: InClause, sentence: PlainText) -> str:
    """What changes, with whose it is if a number of them is told: `emissions of the 300 plants`."""
    found = _OF_SOME.match(sentence.plain, token.end, one.figure.start)
    if not found:
        return token.text
    return _without_verb(sentence.plain[token.start : one.figure.start].strip(" ,"))


def _without_verb(words: str) -> str:
    if _TO_COME.search(words):
        return words
    return _JOINS.sub("", _FELL.sub("", words))


def subject_of(metric: str, one: InClause, sentence: PlainText) -> str:
    """What is counted; of a share, the words before it."""
    if one.figure.unit == "count":
        return one.noun_text
    if one.figure.unit == "percent":
        return clause_before(sentence.plain, one.figure.start)
    return ""
