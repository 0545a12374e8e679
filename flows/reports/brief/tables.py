"""A brief's tables and charts: the market, prices, rules, Hong Kong."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from flows.reports.brief.cells import Cells, as_float, distinct, millions, period_of, price_of
from flows.reports.brief.charts import volume_and_price
from flows.reports.brief.facts import Row
from flows.reports.brief.words import CONCEPTS, EVENTS, amount, change, day, month, plain

METHODS = ("listed", "block", "auction")


class Market(Cells):
    """The period, all years, and prices by publisher."""

    def _chart(self) -> str:
        from markupsafe import Markup

        is_year = self.facts.span.quarter is None
        rows = self.facts.months if is_year else self.facts.days
        points = [
            {
                "label": self._label(row["month"] if is_year else row["trade_date"]),
                "volume": millions(row["total_volume_t"]),
                "price": as_float(row["close_cny_per_t"]),
                "is_simulated": row["is_simulated"],
                **{name: millions(row[f"{name}_volume_t"] or 0) for name in METHODS},
            }
            for row in rows
        ]
        # A method that the period did not know is no word of its chart.
        legs = {name: self.w[name] for name in METHODS if any(point[name] for point in points)}
        chart = self._drawn(points, "price_axis", self.w["chart"], "chart-span", legs)
        return Markup(chart)  # noqa: S704

    def _years_chart(self) -> str:
        from markupsafe import Markup

        points = [
            {
                "label": str(row["year"]),
                "volume": millions(row["total_volume_t"]),
                "price": as_float(row["mean_price_cny_per_t"]),
                "is_simulated": row["is_simulated"],
            }
            for row in self.facts.years
        ]
        return Markup(self._drawn(points, "mean_axis", self.w["years"], "chart-years"))  # noqa: S704

    def _drawn(
        self,
        points: list[dict[str, Any]],
        axis: str,
        name: str,
        slug: str,
        legs: dict[str, str] | None = None,
    ) -> str:
        told = "; ".join(
            f"{p['label']}: "
            + ("-" if p["volume"] is None else f"{p['volume']:g} {self.w['volume_unit']}")
            + "".join(f", {word} {p[leg]:g}" for leg, word in (legs or {}).items())
            + f", {'-' if p['price'] is None else format(p['price'], '.2f')}"
            + (f" ({self.w['simulated']})" if p["is_simulated"] else "")
            for p in points
        )
        # On the axes too: a chart goes on without the page around it.
        mark = f" ({self.w['simulated']})" if any(p["is_simulated"] for p in points) else ""
        return volume_and_price(
            points,
            volume_title=self.w["volume_axis"] + mark,
            price_title=self.w[axis] + mark,
            title=f"{name}, {period_of(self.facts, self.lang)}{mark}",
            description=told,
            slug=slug,
            legs=legs,
        )

    def _label(self, on: date) -> str:
        if self.facts.span.quarter is not None:
            return f"{on:%m-%d}"
        return month(on, self.lang, with_year=False)

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
            lines.append(self._line(cells, row, self._bulletin(bulletin)))
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
            lines.append(self._line((*cells, told), row, distinct(citations)))
        return self._grid((*heads, "cumulative", "source"), lines)

    def _traded(self, row: Row) -> tuple[str, ...]:
        low, high = row["low_close_cny_per_t"], row["high_close_cny_per_t"]
        yoy = row["volume_yoy_pct"]
        return (
            self._amount(row["total_volume_t"], "t"),
            self._amount(row["total_turnover_cny"], "CNY"),
            "-" if yoy is None else change(yoy, self.lang),
            price_of(row["close_cny_per_t"]),
            "-" if low is None else f"{price_of(low)}–{price_of(high)}",
            price_of(row["mean_price_cny_per_t"]),
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
                self._line(
                    (
                        day(row["trade_date"], self.lang),
                        self._amount(row["total_volume_t"], "t"),
                        self._amount(row["total_turnover_cny"], "CNY"),
                        price_of(row["close_cny_per_t"]),
                        price_of(row["high_cny_per_t"]),
                        price_of(row["low_cny_per_t"]),
                        price_of(row["mean_price_cny_per_t"]),
                        self._basis(row["price_basis"]),
                    ),
                    row,
                )
                for row in self.facts.days
            ),
        )

    def _comparison(self) -> dict[str, Any]:
        heads = ("quarter_head", "concept", "compared_days", "unlike", "gap")
        lines = [
            self._line(
                (
                    row["quarter"],
                    self._concept(row["concept"]),
                    str(row["days"]),
                    str(row["unlike"]),
                    self._amount(row["greatest_gap"], "CNY/t"),
                ),
                row,
            )
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


class Papers(Cells):
    """Penalties, documents, and what Hong Kong's exchange tells."""

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
                    row,
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
                    row,
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
                    row,
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
                    row,
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
                    row,
                    [
                        self._cited(
                            row, "core_climate_stats", ("release_id", "metric"), row["quote"]
                        )
                    ],
                )
                for row in self.facts.stats
            ),
        )
