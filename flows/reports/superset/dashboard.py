"""The dashboard: its charts, row by row, as declarations."""

from __future__ import annotations

from dataclasses import dataclass

from flows.reports.superset.assets.charts import Bars, Chart, Counts, Figure, Lines, Listing
from flows.reports.superset.assets.queries import LARGE

TITLE = "China's national carbon market"
METHODS = ("listed", "block", "auction")
COLOURS = {
    "sum_listed_volume_t": "#1f5f99",
    "sum_block_volume_t": "#8fb4d6",
    "sum_auction_volume_t": "#e0a030",
    "sum_listed_turnover_cny": "#1f5f99",
    "sum_block_turnover_cny": "#8fb4d6",
    "sum_auction_turnover_cny": "#e0a030",
    "max_cumulative_volume_t": "#8fb4d6",
    "max_cumulative_turnover_cny": "#1f5f99",
    "avg_close_cny_per_t": "#c0392b",
    "max_high_cny_per_t": "#7f8c8d",
    "min_low_cny_per_t": "#b8c0c2",
}
"""Of metrics: the same method has the same colour on every chart, and the price one of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """Charts side by side, each as wide as its share of `widths` of 12; height in 8 pixels."""

    height: int
    charts: tuple[Chart, ...]
    widths: tuple[int, ...]
    is_of_time: bool = True
    """Whether the dashboard's filter on time applies."""


def _by_method(what: str) -> tuple[str, ...]:
    return tuple(f"sum_{method}_{what}" for method in METHODS)


ROWS: tuple[Row, ...] = (
    Row(
        22,
        (
            Figure(
                "Close",
                "national_market_daily",
                "CNY/t, latest trade date",
                "avg_close_cny_per_t",
                is_latest=True,
                number_format=",.2f",
            ),
            Figure(
                "Cumulative volume",
                "national_market_daily",
                "t since the launch on 2021-07-16",
                "max_cumulative_volume_t",
            ),
            Figure(
                "Cumulative turnover",
                "national_market_daily",
                "CNY since the launch on 2021-07-16",
                "max_cumulative_turnover_cny",
            ),
            Figure(
                "Highest price",
                "national_market_daily",
                "CNY/t, highest of all trade dates",
                "max_high_cny_per_t",
                number_format=",.2f",
            ),
        ),
        (3, 3, 3, 3),
    ),
    Row(
        58,
        (
            Bars(
                "Monthly volume by trade method, and close",
                "national_market_monthly",
                "Bars: volume of listed, block and auction trades. Line: last close of the month",
                _by_method("volume_t"),
                "P1M",
                line=("avg_close_cny_per_t",),
            ),
        ),
        (12,),
    ),
    Row(
        50,
        (
            Bars(
                "Yearly volume by trade method",
                "national_market_annual",
                "Volume of listed, block and auction trades",
                _by_method("volume_t"),
                "P1Y",
                time_format="%Y",
            ),
            Bars(
                "Yearly turnover by trade method",
                "national_market_annual",
                "Turnover of listed, block and auction trades",
                _by_method("turnover_cny"),
                "P1Y",
                time_format="%Y",
            ),
        ),
        (6, 6),
    ),
    Row(
        44,
        (
            Listing(
                "Years in figures",
                "national_market_annual",
                "Totals, range and last close of each year",
                (
                    "year",
                    "total_volume_t",
                    "total_turnover_cny",
                    "high_cny_per_t",
                    "low_cny_per_t",
                    "close_cny_per_t",
                ),
                ("-year",),
                time_format="%Y",
            ),
            Bars(
                "Volume and turnover since the launch",
                "national_market_monthly",
                "Bars: cumulative volume at the end of each month. Line: cumulative turnover",
                ("max_cumulative_volume_t",),
                "P1M",
                line=("max_cumulative_turnover_cny",),
                line_format=LARGE,
            ),
        ),
        (6, 6),
    ),
    Row(
        50,
        (
            Lines(
                "Price by day",
                "national_market_daily",
                "Close, high and low of each trade date",
                ("avg_close_cny_per_t", "max_high_cny_per_t", "min_low_cny_per_t"),
                "P1D",
                number_format=",.2f",
            ),
            Lines(
                "Close by vintage",
                "seee_quotes",
                "Close of each product; COMCEA is the composite over vintages",
                ("max_close_cny_per_t",),
                "P1D",
                group_by="product",
                number_format=",.2f",
            ),
        ),
        (6, 6),
    ),
    Row(
        50,
        (
            Listing(
                "Key figures",
                "mart_key_figures",
                "Figures of the market report by publisher, with how each follows",
                (
                    "figure_id",
                    "period",
                    "label_en",
                    "label_zh",
                    "value",
                    "unit",
                    "qualifier",
                    "source",
                    "agreement",
                    "formula",
                ),
                ("figure_id", "period", "source"),
            ),
        ),
        (12,),
        is_of_time=False,
    ),
    Row(
        50,
        (
            Listing(
                "Core Climate events",
                "core_climate_events",
                "Hong Kong's voluntary credit market: each event with the sentence that says so",
                ("event_date", "kind", "parties", "qualifier", "tonnes", "quote", "source_url"),
                ("-event_date", "kind"),
            ),
        ),
        (12,),
        is_of_time=False,
    ),
    Row(
        44,
        (
            Listing(
                "Freshness of tables",
                "freshness",
                "Tables of the current release; a stale one keeps its last good version",
                ("table_name", "source", "row_count", "status", "known_until", "reason"),
                ("source", "table_name"),
                time_format="%Y-%m-%d %H:%M",
            ),
            Counts(
                "Checks by verdict",
                "ops_checks",
                "All findings of checks, by name and verdict",
                ("verdict", "name"),
                ("count",),
            ),
        ),
        (7, 5),
        is_of_time=False,
    ),
    Row(
        32,
        (
            Listing(
                "Runs and outcomes",
                "ops_runs",
                "The latest runs, one row per run and source",
                (
                    "started_at",
                    "source",
                    "job",
                    "outcome",
                    "cause",
                    "fetched",
                    "accepted",
                    "quarantined",
                    "new",
                    "revised",
                    "seconds",
                ),
                ("-started_at", "source"),
                limit=200,
                time_format="%Y-%m-%d %H:%M",
            ),
        ),
        (12,),
        is_of_time=False,
    ),
)
