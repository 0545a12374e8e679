"""No pattern of the readers of Chinese prose is slower than linear in its text's length."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from transforms.mee.facts import deadlines, forms, reading
from transforms.text import plain
from transforms.text.figures import zh as figures_zh
from transforms.text.figures import zh_dates
from transforms.text.figures.zh import scan
from transforms.text.frames import paragraphs, zh

MODULES = (deadlines, forms, reading, plain, figures_zh, zh_dates, paragraphs, zh)
WORDS = (" ", "1", "1,", "碳", "一", "2024年")


def patterns(module: ModuleType) -> list[re.Pattern[str]]:
    """The compiled patterns of a module, those in its tuples too."""
    held = [
        each
        for value in vars(module).values()
        for many in (value if isinstance(value, tuple) else (value,))
        for each in (many if isinstance(many, tuple) else (many,))
    ]
    return [each for each in held if isinstance(each, re.Pattern) and isinstance(each.pattern, str)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("word", WORDS)
def test_a_long_run_of_one_thing_costs_what_it_is_long(word: str) -> None:
    """200 kB; what is quadratic in any of these takes hours, not seconds."""
    text = word * (200_000 // len(word.encode()))
    for pattern in [each for module in MODULES for each in patterns(module)]:
        assert sum(1 for _ in pattern.finditer(text)) <= len(text) + 1


@pytest.mark.timeout(60)
@pytest.mark.parametrize("word", WORDS)
def test_a_long_sentence_is_scanned_and_no_digit_left_out(word: str) -> None:
    text = word * (20_000 // len(word))
    digits = sum(c in "0123456789" for f in scan(text) for c in text[f.start : f.end])
    assert digits == sum(c in "0123456789" for c in text)
