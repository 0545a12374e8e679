"""No pattern of the product is slower than linear in its text's length, whatever the text.

What is quadratic is found by its growth, in CPU time of the thread, long before 200 kB.
"""

from __future__ import annotations

import re
import time

import pytest

from tests.support.patterns import ROOMS, Pattern, near_matches, patterns

SIZES = (3_125, 25_000, 200_000)
"""Bytes; each is eight times the one before."""
MOST = 24
"""So many times the time of an eighth a text may take: three times what is linear; what is
quadratic takes 64 times."""
TOO_SHORT_S = 0.01
"""What is measured in less says nothing."""
WORDS = (" ", "1", "1,", "a", "碳")


def seconds(pattern: Pattern, text: str) -> float:
    """CPU time to find all that the pattern matches."""
    given = text if isinstance(pattern.pattern, str) else text.encode()
    began = time.thread_time()
    for _ in pattern.finditer(given):  # type: ignore[arg-type] # text or bytes, as the pattern is
        pass
    return time.thread_time() - began


def is_slow(pattern: Pattern, word: str) -> bool:
    """Whether a size takes longer than the one before allows, up to the first that does."""
    before = None
    for size in SIZES:
        text = word * (size // len(word.encode()))
        taken = seconds(pattern, text)
        if before is not None and taken > MOST * before + TOO_SHORT_S:
            limit = MOST * before + TOO_SHORT_S
            # A machine that is busy elsewhere may stumble once.
            return taken > 2 * limit or seconds(pattern, text) > limit
        before = taken
    return False


FOUND = patterns()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("room", ROOMS)
def test_a_text_costs_what_it_is_long(room: str) -> None:
    slow = {
        (place, word)
        for pattern, place in FOUND.items()
        if place.startswith(room)
        for word in dict.fromkeys((*WORDS, *near_matches(pattern)))
        if is_slow(pattern, word)
    }
    assert slow == set()


def test_the_patterns_are_those_of_the_product() -> None:
    """Of modules, of tuples in them, of and written where they are used."""
    places = " ".join(FOUND.values())
    for place in (
        "extractors.seee.lists._PAGE_BAR",
        "transforms.text.frames.zh._DUE",
        "transforms.calendar.holidays._FORMS",
        "transforms.text.plain",
        "transforms/mee/words.py:",
    ):
        assert place in places
    assert len(FOUND) > 400


@pytest.mark.parametrize(
    ("pattern", "word"),
    [(r"\d+x", "1"), (r"<[^>]*>", "<"), (r"\s*,", " "), (r"(?:ab)+c", "ab")],
)
def test_a_quadratic_one_is_found(pattern: str, word: str) -> None:
    assert is_slow(re.compile(pattern), word)
