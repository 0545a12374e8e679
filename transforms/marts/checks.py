"""Checks between sources, and of the marts against what they follow from.

The checks of one source alone stand with that source; these ask what only several tables
together can tell.
"""

from __future__ import annotations

from transforms.checks import Check
from transforms.marts.price_comparison import TOLERANCE

MARKET = "seee"
"""The source by whose trading days these are due: the national market's exchange."""

_D, _M, _Y = "mart_market_daily", "mart_market_monthly", "mart_market_annual"
_P, _K = "mart_price_comparison", "mart_key_figures"
_FIGURES = ("volume_t", "turnover_cny")


def _legs(table: str, key: str, figure: str) -> Check:
    return Check(
        f"{table}_legs_add_up_{figure}",
        f"total = listed + block + auction, {figure}, in {table}",
        f"""
        select {key} as scope, total_{figure} as expected,
               listed_{figure} + block_{figure} + coalesce(auction_{figure}, 0) as found,
               found - expected as difference, derived_from as evidence
        from {table}
        where listed_{figure} + block_{figure} + coalesce(auction_{figure}, 0) <> total_{figure}
        """,  # noqa: S608 - all names are ours
        (table,),
    )


def _days(table: str, key: str, figure: str) -> Check:
    return Check(
        f"{table}_days_add_up_{figure}",
        f"total {figure} of {table} is the sum of its days, where all are held",
        f"""
        select {key} as scope, total_{figure} as expected, days_total_{figure} as found,
               days_total_{figure} - total_{figure} as difference,
               totals_from || '; ' || trading_days || ' days' as evidence
        from {table}
        where is_ended and missing_days = 0 and days_total_{figure} <> total_{figure}
        """,  # noqa: S608 - all names are ours
        (table,),
    )


MART_CHECKS: tuple[Check, ...] = (
    *(
        _legs(table, key, figure)
        for table, key in ((_D, "trade_date"), (_M, "month"), (_Y, "year"))
        for figure in _FIGURES
    ),
    *(_days(table, key, f) for table, key in ((_M, "month"), (_Y, "year")) for f in _FIGURES),
    Check(
        "ministry_agrees_with_exchange",
        "the ministry's rounded figures are the exchange's exact ones at the printed precision",
        """
        select k.figure_id || ' ' || k.period as scope, s.value as expected, k.value as found,
               k.value - s.value as difference,
               coalesce(k.printed, '') || '; ' || (k.citations->0->>'url') || ' and '
                 || (s.citations->0->>'url') as evidence
        from mart_key_figures k
        join mart_key_figures s using (figure_id, period)
        where k.source = 'mee' and s.source = 'seee' and k.agreement = 'conflicts'
        """,
        (_K,),
        tolerance="half of the last printed digit",
        is_hard=False,
    ),
    Check(
        "icap_equals_a_price",
        "ICAP's value of a trading day is the close, the listed or the total mean price",
        """
        select trade_date as scope,
               concat_ws(', ', 'close ' || close_cny_per_t, 'listed '
                 || round(listed_vwap_cny_per_t, 2), 'total ' || round(total_vwap_cny_per_t, 2))
                 as expected,
               icap_cny_per_t as found, icap_minus_close_cny_per_t as difference,
               quarter || ': ' || quarter_concept as evidence
        from mart_price_comparison
        where icap_equals = 'none' and is_trading_day and close_cny_per_t is not null
          and trade_date >= $since
        """,
        (_P,),
        tolerance=TOLERANCE,
        is_hard=False,
    ),
    Check(
        "icap_has_no_price_of_a_closed_day",
        "ICAP dates no price on a day on which the exchange was closed",
        """
        select trade_date as scope, 'no price' as expected, icap_cny_per_t as found,
               null as difference, 'trading calendar' as evidence
        from mart_price_comparison
        where icap_cny_per_t is not null and trade_date >= $since and trade_date in
          (select day from trading_calendar where not is_trading and not is_derived)
        """,
        (_P,),
        is_hard=False,
    ),
    Check(
        "key_figures_are_cited",
        "every key figure names source, address, time and digest",
        """
        select figure_id || ' ' || period || ' ' || source as scope, 'a citation' as expected,
               citations as found, null as difference, formula as evidence
        from mart_key_figures
        where coalesce(json_array_length(citations), 0) = 0
           or coalesce(citations->0->>'url', '') = ''
           or length(coalesce(citations->0->>'payload_sha256', '')) <> 64
        """,
        (_K,),
    ),
)
