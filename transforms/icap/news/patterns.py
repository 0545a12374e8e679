"""How a pattern reads a sentence: each free match is claimed, and gives facts."""

from __future__ import annotations

import re
from collections.abc import Callable

from transforms.icap.news.sentences import NewsFact, Sentence
from transforms.model import Refused, Remark
from transforms.text.qualifiers import bound_of

Reader = Callable[[Sentence, "re.Match[str]"], "list[NewsFact] | None"]
Reads = Callable[[Sentence], None]


def each(pattern: re.Pattern[str]) -> Callable[[Reader], Reads]:
    """Call a reader for each match of a pattern that nothing has claimed yet.

    What it gives is booked and its match claimed; None leaves the match to others. A
    figure that it refuses is claimed too, and told as a remark.
    """

    def wrap(read: Reader) -> Reads:
        def reads(sentence: Sentence) -> None:
            for found in sentence.claimed.free(pattern, sentence.plain):
                try:
                    facts = read(sentence, found)
                except Refused as refused:
                    sentence.remarks.append(told(refused))
                    facts = []
                if facts is not None:
                    sentence.facts += facts
                    sentence.claimed.claim(*found.span())

        return reads

    return wrap


def told(refused: Refused) -> Remark:
    """A refused figure as a remark; one that can't even be read is a signal."""
    is_signal = refused.rule in ("bad_number", "bad_date")
    return Remark(refused.rule, refused.value, refused.detail, is_signal)


def qualifier(found: re.Match[str]) -> str:
    """The qualifier of a match in one word for each meaning."""
    return bound_of(found["q"]).value if found["q"] else ""


def years_after(sentence: Sentence, end: int) -> str:
    """The year or years that follow a figure (` by 2030`, ` for 2026-2030`), claimed with it."""
    found = re.match(r" (?:by|for|in) (\d{4}(?:-\d{4})?)\b", sentence.plain[end:])
    if not found:
        return ""
    sentence.claimed.claim(end, end + found.end())
    return found[1]


def is_year(found: re.Match[str]) -> bool:
    """Whether a bare `2024` before a noun is a year ("for 2024 allowances are ...")."""
    is_bare = not found["q"] and not found["s"]
    return is_bare and re.fullmatch(r"(?:19|20)\d\d", found["n"]) is not None
