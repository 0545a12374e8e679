"""Words that qualify a figure: "about", "more than", 约, 超过, and what each of them means.

A source lists the words that its prose has (`qualifiers`): one that it does not list stays a
word of the sentence. What a word means is said here once, for every source.
"""

from __future__ import annotations

from enum import StrEnum

from transforms.text.matching import one_of


class Bound(StrEnum):
    """What a qualifier says of its figure."""

    ABOUT = "about"
    ALMOST = "almost"
    MORE = "more than"
    LEAST = "at least"
    MOST = "up to"
    LESS = "less than"

    @property
    def sign(self) -> str:
        """The bound as a sign: `~`, `>=` (above, or not below), `<=` (below, or not above)."""
        return _SIGNS[self]


_SIGNS = {
    Bound.ABOUT: "~",
    Bound.ALMOST: "~",
    Bound.MORE: ">=",
    Bound.LEAST: ">=",
    Bound.MOST: "<=",
    Bound.LESS: "<=",
}
_WORDS = {
    Bound.ABOUT: (
        "approx|approx.|circa|ca.|approximately|around|about|roughly|some|close to|~"
        "|約|约|大約|大约|约为"
    ),
    Bound.ALMOST: "nearly|almost|將近|将近|接近|近",
    Bound.MORE: (
        "just over|well over|slightly over|little over|just above|well above|slightly above"
        "|greater than|higher than|larger than|more than|over|exceeding|in excess of|above|>"
        "|超過|超过|超|逾|多於|多于|高於|高于"
    ),
    Bound.LEAST: (
        "at least|no fewer than|no less than|not less than|a minimum of|≥"
        "|至少|不少於|不少于|达到|达|多|餘|余|以上|+"
    ),
    Bound.MOST: (
        "up to|at most|no more than|not more than|a maximum of|≤|多達|多达|最多|不超過|不超过"
    ),
    Bound.LESS: (
        "just under|well under|slightly under|little under|just below|well below|slightly below"
        "|lower than|smaller than|fewer than|less than|below|under|<"
    ),
}
_BOUNDS = {word: bound for bound, words in _WORDS.items() for word in words.split("|")}


def bound_of(words: str) -> Bound:
    """What a qualifier that is known means, in whatever case. Raises `KeyError` for another."""
    return _BOUNDS[words.lower()]


def qualifiers(words: str) -> str:
    """The words, `|` between them, as alternatives of a pattern (约为 before 约).

    Raises `KeyError` for one that has no meaning here.
    """
    return one_of(word for word in words.split("|") if bound_of(word))
