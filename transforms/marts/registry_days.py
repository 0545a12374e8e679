"""The national market's days as its registry states them, for those that the exchange lacks."""

from __future__ import annotations

_AMOUNTS = ("volume_t", "turnover_cny")
# A dash in the registry's table is none traded, and what its total has beside listed and block
# trades are auctions. Where there is a report alone, its legs are added up.
_TABLED = ",\n    ".join(
    f"case when t.trade_date is null then r.{leg}_{amount} else {tabled} end as {leg}_{amount}"
    for amount in _AMOUNTS
    for leg, tabled in (
        *((leg, f"coalesce(t.{leg}_{amount}, 0)") for leg in ("listed", "block", "total")),
        (
            "auction",
            f"case when trade_date >= date '2025-07-16' then coalesce(t.total_{amount}, 0) "
            f"- coalesce(t.listed_{amount}, 0) - coalesce(t.block_{amount}, 0) end",
        ),
    )
)
_REPORTED = ",\n    ".join(
    f"sum(coalesce(day_{amount}, 0)) filter ({which}) as {leg}_{amount}"
    for amount in _AMOUNTS
    for leg, which in (
        *((leg, f"method = '{leg}'") for leg in ("listed", "block", "auction")),
        ("total", "true"),
    )
)
REGISTRY_SQL = f"""reports as (
  select trade_date, count(*) as legs, bool_or(is_simulated) as is_simulated,
    {_REPORTED}
  from crc_leg_daily where method <> 'total' group by trade_date
),
registry as (
  select trade_date, close_cny_per_t, high_cny_per_t, low_cny_per_t,
    t.trade_date is not null as has_table, coalesce(r.legs, 0) as report_legs,
    {_TABLED},
    coalesce(t.is_simulated, false) or coalesce(r.is_simulated, false) as is_simulated
  from crc_market_daily t full join reports r using (trade_date)
)"""  # noqa: S608 - all names are ours
"""SQL of the steps `reports` and `registry`, a row for each day."""
