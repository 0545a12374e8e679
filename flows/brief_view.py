"""The facts of a brief laid out for its page: tables of text, charts, citations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flows.brief import period_of, rows_of, title_of
from flows.brief_charts import volume_and_price
from flows.brief_facts import Facts, Row
from flows.brief_numbers import Lang, amount, change, day, month, plain, rounded
from flows.brief_text import Writer, anchor, of_days
from flows.brief_words import CONCEPTS, EVENTS, FORMULAS_ZH, OUTCOMES_ZH, WORDS
from transforms.figure_names import FIGURES

_SECTION = {figure.id: figure.section for figure in FIGURES}
_ORDER = {figure.id: number for number, figure in enumerate(FIGURES)}
_SHOWN_CHANGES = 40
_TABLES = {"mart_key_figures", "mart_market_annual", "mart_market_monthly"}


def view(facts: Facts, lang: Lang, reproduce: str) -> dict[str, Any]:
    """What the template is given."""
    return View(facts, lang).document(reproduce)


class View:
    """One page in the making."""

    def __init__(self, facts: Facts, lang: Lang) -> None:
        self.facts, self.lang, self.w = facts, lang, WORDS[lang]
        self.period = str(facts.span.year)
        self.sources: dict[tuple[str, str | None], dict[str, Any]] = {}

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

    # Figures

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
        if self.lang == "en":
            return told
        days = re.fullmatch(r"sum of (\d+) days", told)
        return f"{days[1]}个交易日之和" if days else FORMULAS_ZH.get(told, told)

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

    # The period and all years

    def _chart(self) -> str:
        from markupsafe import Markup

        is_year = self.facts.span.quarter is None
        rows = self.facts.months if is_year else self.facts.days
        points = [
            {
                "label": self._label(row["month"] if is_year else row["trade_date"]),
                "volume": _millions(row["total_volume_t"]),
                "price": _float(row["close_cny_per_t"]),
            }
            for row in rows
        ]
        return Markup(self._drawn(points, "price_axis", self.w["chart"], "chart-span"))  # noqa: S704

    def _years_chart(self) -> str:
        from markupsafe import Markup

        points = [
            {
                "label": str(row["year"]),
                "volume": _millions(row["total_volume_t"]),
                "price": _float(row["mean_price_cny_per_t"]),
            }
            for row in self.facts.years
        ]
        return Markup(self._drawn(points, "mean_axis", self.w["years"], "chart-years"))  # noqa: S704

    def _drawn(self, points: list[dict[str, Any]], axis: str, name: str, slug: str) -> str:
        told = "; ".join(
            f"{p['label']}: {p['volume']:g} {self.w['volume_unit']}, "
            f"{'-' if p['price'] is None else format(p['price'], '.2f')}"
            for p in points
        )
        return volume_and_price(
            points,
            volume_title=self.w["volume_axis"],
            price_title=self.w[axis],
            title=f"{name}, {period_of(self.facts, self.lang)}",
            description=told,
            slug=slug,
        )

    def _label(self, on: date) -> str:
        if self.facts.span.quarter is not None:
            return f"{on:%m-%d}"
        return f"{on.month}月" if self.lang == "zh" else f"{on:%b}"

    def _months(self) -> dict[str, Any]:
        heads = ("month", "volume", "turnover", "yoy", "close", "range", "mean", "days", "basis")
        lines = []
        for row in self.facts.months:
            bulletin = self.facts.bulletins.get(f"{row['last_trade_date']:%Y-%m}")
            cells = (
                month(row["month"], self.lang),
                *self._traded(row),
                str(row["trading_days"]),
                self._basis(row["price_basis"]),
            )
            lines.append(self._line(cells, self._bulletin(bulletin)))
        return self._grid((*heads, "source"), lines)

    def _years(self) -> dict[str, Any]:
        heads = ("year_head", "volume", "turnover", "yoy", "close", "range", "mean", "days")
        lines = []
        for row in self.facts.years:
            cells = (str(row["year"]), *self._traded(row), str(row["trading_days"]))
            names = ("annual_volume", "annual_turnover", "year_end_close")
            cited = [self.facts.figure(name, str(row["year"])) for name in names]
            citations = [c for one in cited if one for c in self._citations(one["citations"])]
            told = self._amount(row["cumulative_volume_t"], "t")
            lines.append(self._line((*cells, told), _distinct(citations)))
        return self._grid((*heads, "cumulative", "source"), lines)

    def _traded(self, row: Row) -> tuple[str, ...]:
        low, high = row["low_close_cny_per_t"], row["high_close_cny_per_t"]
        yoy = row["volume_yoy_pct"]
        return (
            self._amount(row["total_volume_t"], "t"),
            self._amount(row["total_turnover_cny"], "CNY"),
            "-" if yoy is None else change(yoy, self.lang),
            _price(row["close_cny_per_t"]),
            "-" if low is None else f"{_price(low)}–{_price(high)}",
            _price(row["mean_price_cny_per_t"]),
        )

    def _bulletin(self, row: Row | None) -> list[dict[str, Any]]:
        if row is None:
            return []
        quote = json.loads(row["evidence"] or "{}").get("total_volume_t")
        key = ("period", "period_start", "period_end")
        return [self._cited(row, "seee_bulletins", key, quote)]

    def _days(self) -> dict[str, Any]:
        heads = ("date", "volume", "turnover", "close", "high", "low", "mean", "basis")
        return self._grid(
            heads,
            (
                {
                    "cells": (
                        day(row["trade_date"], self.lang),
                        self._amount(row["total_volume_t"], "t"),
                        self._amount(row["total_turnover_cny"], "CNY"),
                        _price(row["close_cny_per_t"]),
                        _price(row["high_cny_per_t"]),
                        _price(row["low_cny_per_t"]),
                        _price(row["mean_price_cny_per_t"]),
                        self._basis(row["price_basis"]),
                    )
                }
                for row in self.facts.days
            ),
        )

    def _comparison(self) -> dict[str, Any]:
        heads = ("quarter_head", "concept", "compared_days", "unlike", "gap")
        lines = [
            {
                "cells": (
                    row["quarter"],
                    self._concept(row["concept"]),
                    str(row["days"]),
                    str(row["unlike"]),
                    self._amount(row["greatest_gap"], "CNY/t"),
                )
            }
            for row in self.facts.quarters
        ]
        return self._grid(heads, lines)

    def _concept(self, told: str | None) -> str:
        text = told or "-"
        for name, words in CONCEPTS[self.lang].items():
            text = text.replace(name, words)
        if self.lang == "zh":
            text = text.replace(" of ", "/").replace(" days", "天").replace("none", "无")
        return text

    # Rules, documents, Hong Kong

    def _penalties(self) -> dict[str, Any]:
        heads = ("article", "offender", "conduct", "fine", "cut", "in_force", "source")
        key = ("regulation", "article", "item")
        return self._grid(
            heads,
            (
                self._line(
                    (
                        str(row["article"]),
                        row["offender"],
                        row["conduct"],
                        self._fine(row),
                        self._cut(row),
                        day(row["valid_from"], self.lang) if row["valid_from"] else "-",
                    ),
                    [self._cited(row, "mee_penalties", key, row["quote"])],
                )
                for row in self.facts.penalties
            ),
        )

    def _fine(self, row: Row) -> str:
        w, parts = self.w, []
        if row["fine_max_cny"] is not None:
            parts.append(self._range(row["fine_min_cny"], row["fine_max_cny"], "CNY"))
        for name, words in (("gains", "times_gains"), ("market", "times_market")):
            low, high = row[f"{name}_multiple_min"], row[f"{name}_multiple_max"]
            if high is not None:
                parts.append(w[words].format(a=plain(low or Decimal(0)), b=plain(high)))
        if row["is_fine_value_of_trade"]:
            parts.append(w["value_of_trade"])
        if row["persons_fine_max_cny"] is not None:
            least, most = row["persons_fine_min_cny"], row["persons_fine_max_cny"]
            parts.append(f"{w['persons']} {self._range(least, most, 'CNY')}")
        return ("；" if self.lang == "zh" else "; ").join(parts) or "-"

    def _cut(self, row: Row) -> str:
        if row["allowance_cut_max_pct"] is not None:
            return self._range(row["allowance_cut_min_pct"], row["allowance_cut_max_pct"], "%")
        return self.w["by_shortfall"] if row["is_cut_by_shortfall"] else "-"

    def _range(self, low: Decimal | None, high: Decimal, unit: str) -> str:
        if low is None:
            return amount(high, unit, self.lang, "<=")
        return f"{amount(low, unit, self.lang)}–{amount(high, unit, self.lang)}"

    def _notices(self) -> dict[str, Any]:
        documents = [
            (
                row["published_on"],
                self._line(
                    (
                        day(row["published_on"], self.lang),
                        row["title"],
                        row["document_number"] or "-",
                    ),
                    [self._cited(row, "mee_notices", ("document_key",), row["title"])],
                ),
            )
            for row in self.facts.notices
        ]
        documents += [
            (
                on,
                self._line(
                    (day(on, self.lang), row["title"], "ICAP"),
                    [self._cited(row, "icap_news", ("article_key",), row["lead"])],
                ),
            )
            for row in self.facts.news
            if (on := row["event_on"] or row["published_on"])
        ]
        documents.sort(key=lambda one: one[0])
        return self._grid(("date", "name", "number", "source"), (line for _, line in documents))

    def _events(self) -> dict[str, Any]:
        key = ("release_id", "kind", "event_no")
        return self._grid(
            ("date", "event", "parties", "tonnes", "source"),
            (
                self._line(
                    (
                        day(row["event_date"], self.lang),
                        EVENTS[self.lang].get(row["kind"]) or str(row["kind"]),
                        row["parties"] or "-",
                        self._amount(row["tonnes"], "t", row["qualifier"]),
                    ),
                    [self._cited(row, "core_climate_events", key, row["quote"])],
                )
                for row in self.facts.events
            ),
        )

    def _stats(self) -> dict[str, Any]:
        return self._grid(
            ("date", "metric", "value", "source"),
            (
                self._line(
                    (
                        day(row["at_"], self.lang),
                        self.w.get(f"{row['metric']}_m") or str(row["metric"]),
                        self._amount(
                            row["value"],
                            "t" if row["metric"] == "cumulative_tonnes" else "count",
                            row["qualifier"],
                        ),
                    ),
                    [
                        self._cited(
                            row, "core_climate_stats", ("release_id", "metric"), row["quote"]
                        )
                    ],
                )
                for row in self.facts.stats
            ),
        )

    # Claims, conflicts, changes, upkeep

    def _claims(self) -> list[dict[str, Any]]:
        from flows.claims import compare
        from transforms.report_claims import REPORT_YEAR

        if self.facts.span.year != REPORT_YEAR:
            return []
        found = []
        for one in compare(self.facts.figures):
            claim, rows = one.claim, one.found
            told = "-"
            if rows:
                figure = self._figure(rows[0])
                told = f"{figure['label']} {figure['period']}: {figure['told']}"
                text = figure["value_text"]
                told += f" ({text})" if text and text != figure["told"] else ""
            citations = [self._citation(c) for c in one.citations]
            found.append(
                {
                    "says": claim.says_zh if self.lang == "zh" else claim.says_en,
                    "found": told,
                    "note": claim.note_zh if self.lang == "zh" else claim.note_en,
                    "verdict": one.verdict,
                    "citations": citations,
                }
            )
        return found

    def _findings(self) -> list[dict[str, Any]]:
        """Figures on which publishers differ, and what the report of the year has otherwise."""
        found = []
        for row in self.facts.figures:
            if row["agreement"] != "conflicts" or row["period"][:4] != self.period:
                continue
            best = self.facts.figure(row["figure_id"], row["period"])
            both = [self._figure(one) for one in (best, row) if one]
            told = "; ".join(
                f"{f['label']} {f['period']}, {self.w[f['source']]}: "
                f"{f['printed'] or f['told']} ({f['exact']})"
                for f in both
            )
            citations = [c for f in both for c in f["citations"]]
            found.append({"told": told, "citations": _distinct(citations)})
        for claim in self._claims() if self.facts.span.quarter is None else []:
            if claim["verdict"] == "differs":
                colon = "：" if self.lang == "zh" else ": "
                stop = "；" if self.lang == "zh" else "; "
                told = f"{self.w['claim']}{colon}{claim['says']}{stop}{self.w['table_says']}{colon}"
                told += f"{claim['found']}{'。' if self.lang == 'zh' else '.'} {claim['note']}"
                found.append({"told": told, "citations": claim["citations"]})
        return found

    def _changes(self) -> dict[str, Any]:
        facts, w = self.facts, self.w
        if facts.before is None:
            return {"says": w["first_brief"], "lines": []}
        release = facts.before["release_id"]
        lines = [line for one in facts.changes if (line := self._change(one))]
        if not lines:
            return {"says": w["no_changes"].format(release=release), "lines": []}
        more = len(lines) - _SHOWN_CHANGES
        shown = lines[:_SHOWN_CHANGES] + ([f"… +{more}"] if more > 0 else [])
        return {"says": w["since"].format(release=release), "lines": shown}

    def _change(self, one: Row) -> str:
        """A change that a reader of this brief may care for; citations alone are none."""
        changed = {n: pair for n, pair in one["changed"].items() if n != "citations"}
        if one["action"] == "MOD" and not changed:
            return ""
        key = " ".join(str(part) for part in one["key"].values())
        cells = ", ".join(f"{name} {_text(a)} → {_text(b)}" for name, (a, b) in changed.items())
        return f"{self.w[one['action']]}: {key}" + (f" ({cells})" if cells else "")

    def _freshness(self) -> dict[str, Any]:
        runs = {row["source"]: row for row in self.facts.runs}
        newest = {row["source"]: row["newest"] for row in self.facts.newest}
        return self._grid(
            ("source", "newest", "outcome"),
            (
                {
                    "cells": (
                        self.w[name],
                        str(newest.get(name) or "-"),
                        f"{self._outcome(runs[name]['outcome'])}, "
                        f"{runs[name]['started_at']:%Y-%m-%d %H:%M}Z"
                        if name in runs
                        else "-",
                    )
                }
                for name in ("seee", "mee", "hkex", "icap")
            ),
        )

    def _outcome(self, outcome: str) -> str:
        return OUTCOMES_ZH.get(outcome, outcome) if self.lang == "zh" else outcome

    def _checks(self) -> dict[str, Any]:
        says = ", ".join(f"{row['names']} {self.w[row['verdict']]}" for row in self.facts.checks)
        lines = [
            f"{row['name']} {row['scope']}: {self.w['expected']} {row['expected']}, "
            f"{self.w['found']} {row['found']} ({self.w[row['verdict']]})"
            for row in self.facts.failed
        ]
        return {"says": says or self.w["none"], "failed": lines}

    # Small things

    def _grid(self, heads: Sequence[str], lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
        names = {"year_head": "年份" if self.lang == "zh" else "Year"}
        return {"heads": [names.get(h) or self.w[h] for h in heads], "rows": list(lines)}

    def _line(self, cells: Sequence[str], citations: list[dict[str, Any]]) -> dict[str, Any]:
        return {"cells": cells, "citations": citations}

    def _amount(self, value: Any, unit: str, qualifier: str | None = None) -> str:
        return "-" if value is None else amount(Decimal(value), unit, self.lang, qualifier)

    def _basis(self, told: str | None) -> str:
        text = told or "-"
        return text.replace("listed", self.w["listed"]).replace("composite", self.w["composite"])


def _distinct(citations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(c["url"], c["quote"]): c for c in citations}.values())


def _millions(value: Any) -> float:
    return float(rounded(Decimal(value or 0) / 10**6, 3))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(rounded(value))


def _price(value: Decimal | None) -> str:
    return "-" if value is None else plain(value, 2)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    return "-" if value is None else str(value)
