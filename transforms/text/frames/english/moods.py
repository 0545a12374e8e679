"""What a whole sentence says of its figures: no longer so, never so, an example, of one sector.

The clause of a figure ends at a comma; an opening as "Before the reform, ..." or "In the cement
sector, ..." and a judgement as "..., a plan that was withdrawn" reach over it.
"""

from __future__ import annotations

import re

_OPENING = re.compile(r"[A-Z][^,;:.]{2,90}, ")
_BEFORE = re.compile(
    r"(?i)(?:previously|formerly|originally|historically|in the past|at the time|earlier|prior to"
    r"|until|before|up to now|(?:under|in|during) (?:the |its |their )?(?:old|previous|former"
    r"|earlier|original|last|preceding|expired)\b)"
)
_AHEAD = re.compile(r"(?i)\b(?:will|would|shall|must|is to|are to|should|plans?)\b")
_SAMPLE = re.compile(
    r"(?i)\b(?:hypothetical\w*|for example|for instance|in (?:an?|the|this) [a-z ]{0,20}example"
    r"|simulat\w+|mock|illustrat\w+|test|trial|scenarios?|without|in the absence of|had it)\b"
)
_ELSEWHERE = re.compile(
    r"(?i)(?:(?:in|by|for) (?:comparison|contrast)|elsewhere"
    r"|(?:in|under|as in|unlike|like) (?:most |many |some |all )?other )"
)
_BUT_FOR = re.compile(r"(?i), (?:but )?(?:excluding|except|not (?:including|counting)|without)\b")
_PLAN = r"(?:bills?|plans?|proposals?|drafts?|laws?|ideas?|motions?|amendments?|rules?|version)"
_ENDED = r"(?:rejected|withdrawn|abandoned|scrapped|shelved|dropped|repealed|annulled|struck down)"
_UNTRUE = re.compile(
    r"(?i)\b(?:not true|(?:not|no longer) the case|incorrect\w*|wrongly|erroneous\w*|mistaken\w*"
    r"|untrue|false\w*|misstated|denie[sd]|denying|rumou?r\w*|outdated|corrected to|in error"
    r"|retracted|(?:claim|alleg|demand|assum|urg|argu|suggest|fear|hop|believ|speculat|suppos)"
    r"[a-z]{0,4} that"
    r"|(?:reject\w*|withdr\w+|abandon\w*|scrap\w*|shelv\w+|drop(?:s|ped)|repeal\w*|annul\w*"
    rf"|struck down|voted down) (?:an?|the|its|this|that|earlier|all|any)\s?[a-z -]{{0,30}}?{_PLAN}"
    rf"|{_PLAN}(?: (?:that|which))? (?:was|were|has been|have been|had been|is|are)"
    rf" (?:later |since )?{_ENDED})\b"
)
_SECTOR = re.compile(
    r"(?i)(?:in|for|within|across|among|as for|regarding) (?:the )?"
    r"(?P<name>[a-z -]{3,40}? (?:sector|industry|subsector))"
)


def untold(sentence: str) -> str:
    """Why none of a plain sentence's figures is told as being so; empty if they may be."""
    if _UNTRUE.search(sentence):
        return "said to be untrue or given up"
    if sentence.endswith("?"):
        return "a question"
    if _BUT_FOR.search(sentence):
        return "but for a part"
    opening = _OPENING.match(sentence)
    if opening and _SAMPLE.search(opening[0]):
        return "an example"
    return "another market" if opening and _ELSEWHERE.match(opening[0]) else ""


def is_of_before(sentence: str) -> bool:
    """Whether a sentence opens with words that put it into the past, and does not look ahead."""
    opening = _OPENING.match(sentence)
    return bool(opening and _BEFORE.match(opening[0]) and not _AHEAD.search(sentence))


def sector_of(sentence: str) -> str:
    """The one sector that a sentence's opening restricts it to."""
    opening = _OPENING.match(sentence)
    found = _SECTOR.match(opening[0]) if opening else None
    return found["name"] if found and " and " not in found["name"] else ""
