"""Deadlines and milestones in ICAP's prose; every other date of a sentence is context."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from transforms.icap.news.dates import DAY_MONTH_YEAR, MONTH_DAY_YEAR, english_day, month_of
from transforms.icap.news.sentences import NewsFact, Sentence
from transforms.model import Refused, Remark
from transforms.text.figures import FigureKind, PrintedFigure
from transforms.text.prose_dates import FULL_MONTH
from transforms.text.sentences import clause_before

_YEAR = r"(?:19|20)\d{2}"
_DATE = re.compile(
    rf"(?P<full>{DAY_MONTH_YEAR}|{MONTH_DAY_YEAR})"
    rf"|(?P<month>(?:mid-)?(?:{FULL_MONTH}) {_YEAR})"
    rf"|(?P<day>\d{{1,2}} (?:{FULL_MONTH}))"
    rf"|(?P<range>{_YEAR}\s?-\s?(?:{_YEAR}|\d{{2}}))\b"
    rf"|(?P<year>(?:mid-)?{_YEAR})\b"
)
_LISTED = re.compile(r",? (?:and )?|, ")
_DEADLINE = re.compile(
    r"(?i)(?:deadline\b[^.;]*\bis(?: the)?|\buntil|\bbefore|\bby|\bdue about)"
    r"(?: the)?(?: end of)? ?$"
)
_MILESTONE = re.compile(
    r"(?i)(?:\b(?:second|covered|follows|applies|apply|runs?|starts?|begins?) from|\bby|\bbefore"
    r"|\b(?:begins|starts|follows|launch|launches) in|\bto the end of|\brun|\bruns"
    r"|\b(?:to|will|would) (?:begin|start|commence|launch|be launched|be introduced"
    r"|become operational|be operational) (?:in|on|from|as of)"
    r"|\bended for|\bapply for the fiscal year)(?: the)?(?: end of)? ?$"
)
_EFFECT = re.compile(
    r"(?i)\b(?:takes?|took|taking|comes?|came|coming|enters?|entered|entering|be)"
    r" (?:into )?(?:effect|force|in force)(?:[a-z ]{0,20}? (?:on|from|as of|in|at)"
    r"(?: the)?(?: (?:end|beginning|start) of)?)? $"
)
_EFFECTIVE = re.compile(r"(?i)\beffective(?: on| from| as of| as from| since)? $")
_NOT_SO = re.compile(
    r"(?i)\b(?:not|never|no longer|neither|nor|could|might|may|originally|initially|previously"
    r"|instead of|rather than|(?:was|were|had been) (?:to|due|expected|planned|scheduled|supposed)"
    r"|postponed|would have|should have|n't)\b"
)
"""Words of a clause that make a day one on which it was not, or is not sure."""
_RELATIVE = re.compile(r"(?i) of (?:the|each|every) (?:\w+ )?year|,? each year|,? every year")
"""A day of a year that depends on something else, or of every year."""
_PAST = re.compile(
    r"(?i)\b(?:amounted|had reached|reached|totall?ed|cumulative|accumulated|declined|delayed)\b"
)
"""Words of what was counted up to a date: no date of a plan."""
_WAS = re.compile(r"(?i)\b(?:were|was|had|has been|have been|has|have)\b")
_AHEAD = re.compile(
    r"(?i)\b(?:will|would|must|shall|should|to (?:be|become|begin|start|launch|run|apply)|plans?"
    r"|planned|expected|scheduled|set to|targets?|goals?|aims?|committed|pledged|until|deadline)\b"
)
"""What was so by a year is no plan; what was to be is one."""
_DUE = re.compile(
    r"(?i)\b(?:due|deadline|submi\w+|surrender\w*|compl[yi]\w*|comments?|consultation|open|allocated?"
    r"|verif\w+|hand in|publish\w*|adopt\w*|finali[sz]\w+|register\w*|report\w*|appl(?:y|ications?)"
    r"|approv\w+|decide\w*|feedback|notif\w+)\b"
)
"""Words of what can be due: a plant that was built before a day owes nothing by it."""


def dates_due(
    sentence: Sentence, figures: Sequence[PrintedFigure], periods: Container[int] = ()
) -> dict[int, NewsFact | Remark]:
    """The facts of the dates that something is due, begins or ends by, by where each stands; a
    day that the calendar does not have is a remark. `periods`: places of dates that say of which
    time another figure is.

    One that only follows another ("2023-2024, 2025-2027 and 2028-2030") is what that one is.
    """
    due: dict[int, NewsFact | Remark] = {}
    metric, ended = "", -1
    for figure in figures:
        text = sentence.plain[figure.start : figure.end]
        found = _DATE.search(text) if figure.kind is FigureKind.DATE else None
        if found is None or figure.start in periods:
            continue
        before = sentence.plain[: figure.start + found.start()]
        if ended < 0 or not _LISTED.fullmatch(sentence.plain[ended : figure.start]):
            metric = _metric(sentence, before, found)
        ended = figure.end
        if metric:
            try:
                due[figure.start] = _fact(metric, sentence, found, before)
            except Refused as refused:
                due[figure.start] = told(refused)
    return due


def _metric(sentence: Sentence, before: str, found: re.Match[str]) -> str:
    """Deadline, day of taking effect, milestone, or nothing to keep, by the words before a date."""
    is_event = not before.strip() or re.fullmatch(r"(?:On|In) ", before) is not None
    words = before[-60:]
    clause = clause_before(sentence.plain, len(before))
    if is_event or "article was" in before or _NOT_SO.search(clause):
        return ""
    if not found["full"] and _RELATIVE.match(sentence.plain, len(before) + len(found[0])):
        return ""
    if _EFFECT.search(words) or _EFFECTIVE.search(words):
        return "effective"
    if _is_deadline(words, found) and _DUE.search(sentence.plain):
        return "deadline"
    is_past = _PAST.search(sentence.plain) or (_WAS.search(clause) and not _AHEAD.search(clause))
    is_told = _MILESTONE.search(words) and not is_past
    return "milestone" if is_told else ""


def _is_deadline(words: str, found: re.Match[str]) -> bool:
    """A day by which something is due. "By 2027" alone is a milestone, not a deadline."""
    if not _DEADLINE.search(words):
        return False
    return bool(found["full"] or found["day"] or re.search(r"(?i)deadline|due", words))


def _fact(metric: str, sentence: Sentence, found: re.Match[str], before: str) -> NewsFact:
    on = english_day(found["full"]).isoformat() if found["full"] else ""
    printed = found[0]
    period = month_of(printed.removeprefix("mid-")) or printed
    end_of = re.search(r"(?i)end of ?$", before)
    qualifier = "end of" if end_of else "mid" if printed.startswith("mid-") else ""
    if by := re.search(r"(?i)\b(by|before|until|from|about)(?: the)?(?: end of)? ?$", before):
        qualifier = f"{by[1].lower()} {qualifier}".strip()
    return NewsFact(
        metric,
        None,
        "date",
        printed,
        sentence.printed,
        qualifier,
        "",
        subject=_subject(sentence, found, before),
        period=period,
        on=on,
    )


def told(refused: Refused) -> Remark:
    """A date that is none, as a signal."""
    return Remark(refused.rule, refused.value, refused.detail, is_signal=True)


def _subject(sentence: Sentence, found: re.Match[str], before: str) -> str:
    """What is due: the words before the date, or those after it where it opens the sentence."""
    words = clause_before(sentence.plain, len(before))
    if len(words.split()) < 2:
        words = sentence.plain[found.end() :].strip(" ,.")
    return words[:120]
