"""The facts of a brief laid out for its page: tables of text, charts, citations."""

from __future__ import annotations

from typing import Any

from flows.brief import period_of, rows_of, title_of
from flows.brief_facts import Facts
from flows.brief_numbers import Lang
from flows.brief_tables import Market, Papers
from flows.brief_text import Writer, of_days
from flows.brief_upkeep import Upkeep
from transforms.marts.figures.names import FIGURES

_SECTION = {figure.id: figure.section for figure in FIGURES}
_ORDER = {figure.id: number for number, figure in enumerate(FIGURES)}


def view(facts: Facts, lang: Lang, reproduce: str) -> dict[str, Any]:
    """What the template is given."""
    return View(facts, lang).document(reproduce)


class View(Market, Papers, Upkeep):
    """One page in the making."""

    def document(self, reproduce: str) -> dict[str, Any]:
        facts, w = self.facts, self.w
        is_year = facts.span.quarter is None
        told = Writer(facts, self.lang).sentences() if is_year else []
        claims = self._claims() if is_year else []
        sections = ["summary", "figures", "chart", "years", "comparison", "rules", "expansion"]
        sections += ["climate", *(["claims"] if claims else []), "findings", "changes", "freshness"]
        document = {
            "lang": self.lang,
            "w": w,
            "title": title_of(facts, self.lang),
            "period": period_of(facts, self.lang),
            "stamp": f"{facts.stamp:%Y-%m-%d %H:%M:%S UTC}" if facts.stamp else "-",
            "release": facts.release,
            "is_sample": facts.is_sample,
            "contents": [(name, w[name]) for name in sections],
            "sentences": told or of_days(facts, self.lang),
            "figures": self._figures() if is_year else [],
            "chart": self._chart(),
            "span_table": self._months() if is_year else self._days(),
            "years_chart": self._years_chart(),
            "years_table": self._years(),
            "comparison": self._comparison(),
            "penalties": self._penalties(),
            "notices": self._notices(),
            "expansion": self._expansion(),
            "events": self._events(),
            "stats": self._stats(),
            "claims": claims,
            "findings": self._findings(),
            "changes": self._changes(),
            "freshness": self._freshness(),
            "checks": self._checks(),
            "reproduce": reproduce,
        }
        return {**document, "sources": list(self.sources.values())}

    def _figures(self) -> list[dict[str, Any]]:
        rows = [
            {**self._figure(row), "others": [self._figure(other) for other in row["others"]]}
            for row in rows_of(self.facts.figures, self.period)
            if _SECTION[row["figure_id"]] in ("market", "coverage")
        ]
        return sorted(rows, key=lambda row: _ORDER[row["figure_id"]])

    def _expansion(self) -> dict[str, Any]:
        """What the sources say of coverage up to the period's end, and of the expansion."""
        last = f"{self.facts.span.last}~"
        rows = [
            row
            for row in self.facts.figures
            if _SECTION[row["figure_id"]] == "expansion"
            or (_SECTION[row["figure_id"]] == "coverage" and row["period"] <= last)
        ]
        rows.sort(key=lambda row: (_ORDER[row["figure_id"]], row["period"], row["source"]))
        told = [self._figure(row) for row in rows]
        return self._grid(
            ("figure", "date", "value", "source", "quote"),
            (
                self._line(
                    (f["label"], f["period"], f["told"], self.w[f["source"]]), f["citations"]
                )
                for f in told
            ),
        )
