"""ICAP's prose against sentences whose figures are known: what is told, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.english_truth import NONE, SAME, TOLD, Told, dressed, figures
from transforms.icap.news.reading import read_text
from transforms.text.frames.model import Fate

KOREA = ["KR"]
Fact = tuple[str, Decimal | None, str, str]


def facts(texts: list[str]) -> list[Fact]:
    return [(f.metric, f.value, f.unit, f.scope) for f in read_text(texts, KOREA).facts]


def scope(told: Told, text: str) -> str:
    """The scope as the sentence's own words give it, where it begins in another way."""
    return told.scope if told.scope in text else told.scope[:1].lower() + told.scope[1:]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.text)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_is_told_is_taken_and_nothing_beside_it(told: Told, data: st.DataObject) -> None:
    printed, value = data.draw(figures(told))
    other = data.draw(st.integers(2, 98))
    text = dressed(data.draw(st.sampled_from(SAME)), told.text.replace("{n}", printed), other)
    wanted = told.scope if told.metric != "reduction" else scope(told, text)
    assert facts([text]) == [(told.metric, value, told.unit, wanted)]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.text)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_is_no_longer_or_not_so_or_of_others_is_not_taken(
    told: Told, data: st.DataObject
) -> None:
    printed, _ = data.draw(figures(told))
    text = dressed(data.draw(st.sampled_from(NONE)), told.text.replace("{n}", printed), 7)
    read = read_text([text], KOREA)
    assert read.facts == []
    assert Fate.TAKEN not in {figure.fate for figure in read.figures}
    assert not [remark for remark in read.remarks if remark.is_signal]


@given(year=st.integers(1900, 2099))
def test_a_bare_number_that_reads_as_a_year_is_nobodys_count(year: int) -> None:
    assert facts([f"The system covers {year} companies."]) == []
    assert [f[1] for f in facts([f"The system covers {year:,} companies."])] == [Decimal(year)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(TOLD).flatmap(lambda t: st.tuples(st.just(t), figures(t)))))
def test_a_text_says_what_its_sentences_say(drawn: list[tuple[Told, tuple[str, Decimal]]]) -> None:
    texts = [told.text.replace("{n}", printed) for told, (printed, _) in drawn]
    alone = [fact for text in texts for fact in facts([text])]
    assert facts(texts) == facts([" ".join(texts)] if texts else []) == alone
    assert [fact[1] for fact in alone] == [value for _, (_, value) in drawn]
