"""What a page says is shown on Prefect's pages, and never obeyed there."""

from __future__ import annotations

import pytest

from flows.core.outcome import Issue, Outcome, Tally
from flows.core.result import SourceResult
from flows.jobs.report.report import as_artifact
from flows.jobs.report.result import RunReport
from tests.support.rows import RETRIEVED_AT

HOSTILE = ("<script>alert(1)</script>", "![x](https://x.example/1.gif)", "[a](javascript:alert(1))")


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_of_a_page_is_shown_as_it_is(text: str) -> None:
    tally = Tally("seee", failures=[Issue("layout", "https://x.example/", text, text)])
    report = RunReport("run", "refresh", "/home", False)
    report.runs.append(SourceResult("seee", Outcome.PARTIAL, None, tally, RETRIEVED_AT, 1.0, []))
    told = as_artifact(report)
    assert "<script" not in told
    assert "](" not in told.replace("&#91;", "") or "[" not in told
    assert "alert(1)" in told or "1.gif" in told, "it is told all the same"
