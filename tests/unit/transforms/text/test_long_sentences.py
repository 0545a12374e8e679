"""A long sentence is scanned whole, and no digit of it is left out."""

from __future__ import annotations

import pytest

from transforms.text.figures.zh import scan

WORDS = (" ", "1", "1,", "碳", "一", "2024年")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("word", WORDS)
def test_a_long_sentence_is_scanned_and_no_digit_left_out(word: str) -> None:
    text = word * (20_000 // len(word))
    digits = sum(c in "0123456789" for f in scan(text) for c in text[f.start : f.end])
    assert digits == sum(c in "0123456789" for c in text)
