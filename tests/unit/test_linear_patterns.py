"""Patterns over whole pages take a time that grows with the page's length alone."""

from __future__ import annotations

import re

import pytest

from extractors.seee import lists

PATTERNS = {"pages of a list": lists._PAGE_BAR}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", PATTERNS)
def test_a_long_run_of_one_thing_costs_what_it_is_long(name: str) -> None:
    """What is quadratic in any of these takes hours, not seconds."""
    pattern: re.Pattern[str] = PATTERNS[name]
    for word in (" ", "1", "1,", "1.", "1 ", "第", "$ ", "a", "配"):
        assert sum(1 for _ in pattern.finditer(word * (200_000 // len(word)))) <= 200_000
