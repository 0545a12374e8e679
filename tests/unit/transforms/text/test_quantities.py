"""Scale words, units and qualifiers, and what patterns over a text share."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.model import Refused
from transforms.text.matching import Claimed, one_of
from transforms.text.qualifiers import Bound, bound_of, qualifiers
from transforms.text.quantities import SCALES, scaled, unit_factor

POWERS = {
    "百": 2, "千": 3, "万": 4, "萬": 4, "百万": 6, "亿": 8, "億": 8,
    "k": 3, "thousand": 3, "m": 6, "million": 6, "billion": 9, "": 0,
}  # fmt: skip
SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=5).map(
    lambda drawn: [(start, start + length) for start, length in drawn]
)


@given(st.decimals(0, 10**9, places=3), st.sampled_from(sorted(POWERS)), st.booleans())
def test_a_scaled_figure_is_exact(value: Decimal, word: str, is_loud: bool) -> None:
    assert POWERS.keys() == SCALES.keys()
    shown = word.upper() if is_loud else word
    assert scaled(f"{value:,.3f}", shown) == value.scaleb(POWERS[word])
    assert scaled(f"{value:.3f}", None) == value


@pytest.mark.parametrize(("printed", "word"), [("5", "dozen"), ("5", "万万"), ("5,00", "万")])
def test_other_scales_and_numbers_are_refused(printed: str, word: str) -> None:
    with pytest.raises(Refused, match="bad_number"):
        scaled(printed, word)


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [("吨", "t", 1), ("万吨", "t", 10**4), ("亿吨", "t", 10**8), ("亿元", "cny", 10**8)],
)
def test_units(unit: str, base: str, factor: int) -> None:
    assert unit_factor(unit, base) == factor


@pytest.mark.parametrize(("unit", "base"), [("元", "t"), ("亿吨", "cny"), ("千吨", "t"), ("", "t")])
def test_units_of_the_other_kind_are_refused(unit: str, base: str) -> None:
    with pytest.raises(Refused, match="wrong_unit"):
        unit_factor(unit, base)


@pytest.mark.parametrize(
    ("words", "bound", "sign"),
    [
        ("about", Bound.ABOUT, "~"),
        ("Approximately", Bound.ABOUT, "~"),
        ("nearly", Bound.ALMOST, "~"),
        ("约为", Bound.ABOUT, "~"),
        ("MORE THAN", Bound.MORE, ">="),
        ("逾", Bound.MORE, ">="),
        ("at least", Bound.LEAST, ">="),
        ("不少於", Bound.LEAST, ">="),
        ("up to", Bound.MOST, "<="),
        ("不超过", Bound.MOST, "<="),
        ("fewer than", Bound.LESS, "<="),
    ],
)
def test_what_a_qualifier_means(words: str, bound: Bound, sign: str) -> None:
    assert (bound_of(words), bound_of(words).sign) == (bound, sign)


@pytest.mark.parametrize("words", ["about|perhaps", "", "约|大概"])
def test_a_qualifier_without_a_meaning_is_none(words: str) -> None:
    with pytest.raises(KeyError):
        qualifiers(words)


@pytest.mark.parametrize(
    ("pattern", "text", "word"),
    [],
)
def test_the_longest_qualifier_of_a_source_is_taken(pattern: str, text: str, word: str) -> None:
    found = re.match(pattern, text)
    assert found is not None
    assert found["q"] == word


@given(st.permutations(["不超过", "超过", "超", "10.5", "10", "a|b", "a"]))
def test_the_longest_word_is_found_however_they_are_listed(words: list[str]) -> None:
    pattern = re.compile(one_of(words))
    for word in words:
        found = pattern.match(word)
        assert found is not None
        assert found[0] == word
    assert not pattern.fullmatch("1005")


@given(SPANS, st.text("ab12 ", max_size=20))
def test_what_is_free_touches_nothing_claimed(spans: list[tuple[int, int]], text: str) -> None:
    claimed = Claimed()
    for start, end in spans:
        claimed.claim(start, end)
    taken = {place for start, end in spans for place in range(start, end)}
    free = [found.span() for found in claimed.free(re.compile(r"\w+"), text)]
    words = [found.span() for found in re.finditer(r"\w+", text)]
    assert free == [(a, b) for a, b in words if taken.isdisjoint(range(a, b))]


def test_what_is_claimed_on_the_way_is_free_no_more() -> None:
    claimed = Claimed()
    seen = []
    for found in claimed.free(re.compile("[a-d]"), "abcd"):
        seen.append(found[0])
        claimed.claim(found.start(), found.end() + 1)
    assert seen == ["a", "c"]
