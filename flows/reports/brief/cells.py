"""How a brief writes single figures and their citations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flows.core.sources import whole
from flows.reports.brief.facts import Facts, Row, anchor
from flows.reports.brief.words import FORMULAS, WORDS, Lang, amount, plain, rounded


class Cells:
    """Figures, citations and amounts as text of one language; citations are numbered."""

    def __init__(self, facts: Facts, lang: Lang) -> None:
        sources = whole()
        named = {name: source.short_names[lang] for name, source in sources.items()}
        stop = "。" if lang == "zh" else ". "
        credits = "".join(source.credit[lang] + stop for source in sources.values())
        self.facts, self.lang = facts, lang
        self.w = WORDS[lang] | named | {"credit": credits + WORDS[lang]["uncredited"]}
        self.period = str(facts.span.year)
        self.sources: dict[tuple[str, str | None], dict[str, Any]] = {}

    def _figure(self, row: Row) -> dict[str, Any]:
        value = row["value"]
        told = (
            row["value_text"]
            if value is None
            else amount(value, row["unit"], self.lang, row["qualifier"])
        )
        return {
            **row,
            "anchor": anchor(row),
            "label": row[f"label_{self.lang}"],
            "told": told,
            "exact": "" if value is None else f"{plain(value)} {row['unit']}".strip(),
            "formula": self._formula(row["formula"]),
            "citations": self._citations(row["citations"]),
        }

    def _formula(self, told: str) -> str:
        if days := re.fullmatch(r"sum of (\d+) days", told):
            return self.w["sum_of_days"].format(days[1])
        return FORMULAS[self.lang].get(told, told)

    def _citations(self, text: str) -> list[dict[str, Any]]:
        return [self._citation(one) for one in json.loads(text)]

    def _citation(self, one: dict[str, Any]) -> dict[str, Any]:
        """A citation laid out; each has a number, by which it is listed in print."""
        key = " ".join(str(part) for part in dict.fromkeys(one["key"].values()))
        known = self.sources.setdefault((one["url"], one["quote"]), {"n": len(self.sources) + 1})
        known.update(one)
        return {
            **one,
            "number": known["n"],
            "key_told": key,
            "is_link": str(one["url"]).startswith(("https://", "http://")),
        }

    def _cited(self, row: Row, table: str, key: Sequence[str], quote: str | None) -> dict[str, Any]:
        """A citation of a core table's row."""
        return self._citation(
            {
                "source": row["source"],
                "url": row["source_url"],
                "quote": quote,
                "retrieved_at": f"{row['retrieved_at']:%Y-%m-%dT%H:%M:%SZ}",
                "payload_sha256": row["payload_sha256"],
                "table": table,
                "key": {name: row[name] for name in key},
                "is_simulated": row["is_simulated"],
            }
        )

    def _grid(self, heads: Sequence[str], lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
        return {"heads": [self.w[head] for head in heads], "rows": list(lines)}

    def _line(
        self, cells: Sequence[str], row: Row, citations: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """A line of a table out of a row, marked where that is simulated or what it cites is."""
        simulated = row["is_simulated"] or any(one["is_simulated"] for one in citations or ())
        line = {"cells": cells, "is_simulated": simulated}
        return line if citations is None else {**line, "citations": citations}

    def _amount(self, value: Any, unit: str, qualifier: str | None = None) -> str:
        return "-" if value is None else amount(Decimal(value), unit, self.lang, qualifier)

    def _basis(self, told: str | None) -> str:
        text = told or "-"
        return text.replace("listed", self.w["listed"]).replace("composite", self.w["composite"])


def distinct(citations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(c["url"], c["quote"]): c for c in citations}.values())


def millions(value: Any) -> float | None:
    return None if value is None else float(rounded(Decimal(value) / 10**6, 3))


def as_float(value: Decimal | None) -> float | None:
    return None if value is None else float(rounded(value))


def price_of(value: Decimal | None) -> str:
    return "-" if value is None else plain(value, 2)


def text_of(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    return "-" if value is None else str(value)


def title_of(facts: Facts, lang: Lang) -> str:
    """`全国碳市场简报：2024年`."""
    words = WORDS[lang]
    return f"{words['title']}{'：' if lang == 'zh' else ': '}{period_of(facts, lang)}"


def period_of(facts: Facts, lang: Lang) -> str:
    """The period in words."""
    span = facts.span
    name = "quarter" if span.quarter else "year"
    return WORDS[lang][name].format(year=span.year, quarter=span.quarter)
