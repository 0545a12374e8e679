"""The identity between the two publishers, and that auctions go on."""

from __future__ import annotations

from transforms.checks import Check

CBAM, AUCTIONS = "eu_cbam_prices", "eu_auctions"
TOLERANCE = "0.01"
"""EUR/t: the Commission rounds to the cent."""
PAUSE_DAYS = 35
"""So long no pause between two auctions was, that about Christmas included."""

# A mean is one of the whole quarter only where auctions were held at its ends, and no further
# apart than their longest pause: of a part of a workbook there is nothing to compare.
_EQUALS = f"""
with held as (
  select p.period, p.price_eur_per_t, a.auction_date, a.auction_name, a.contract,
    a.price_eur_per_t * a.volume_t as paid, a.volume_t,
    a.auction_date - coalesce(lag(a.auction_date) over w, p.period_start) as pause,
    p.period_end - a.auction_date as to_end
  from {CBAM} p join {AUCTIONS} a
    on a.auction_date between p.period_start and p.period_end
  where p.period_end >= $since
  window w as (partition by p.period order by a.auction_date)
), means as (
  select period, price_eur_per_t as stated,
    round(sum(paid) / sum(volume_t), 2)::decimal(12, 2) as mean,
    count(*) as auctions, max(pause) as pause, min(to_end) as to_end,
    list(concat_ws(' ', '{AUCTIONS}', auction_date, auction_name, contract)
         order by auction_date) as rows
  from held group by all
)
select period as scope, stated as expected, mean as found,
       mean - stated as difference,
       'mean of ' || auctions || ' auctions, weighted by volume' as evidence,
       ['{CBAM} ' || period] || rows as suspects
from means
where greatest(pause, to_end) <= {PAUSE_DAYS} and abs(mean - stated) > {TOLERANCE}::decimal(3, 2)
"""  # noqa: S608 - all names are ours, here and below
_MISSING = f"""
with steps as (
  select period, period_start, lag(period_end) over (order by period_start) as before,
    lag(period) over (order by period_start) as period_before
  from {CBAM}
)
select period as scope, 'the quarter before' as expected, period_before as found,
       null as difference, 'a quarter between two prices has none' as evidence
from steps where period_start <> before + interval 1 day
"""  # noqa: S608
_FRESH = f"""
select contract as scope, $due as expected, max(auction_date) as found, null as difference,
       'no auction for {PAUSE_DAYS} days: the workbook has stopped, or moved' as evidence
from {AUCTIONS} where contract = 'T3PA'
group by contract having max(auction_date) < $due - interval {PAUSE_DAYS} day
"""  # noqa: S608

CHECKS: tuple[Check, ...] = (
    Check(
        "eu_cbam_is_mean_of_auctions",
        "a quarter's CBAM price is the mean of its auctions' clearing prices, weighted by volume",
        _EQUALS,
        (CBAM, AUCTIONS),
        tolerance=TOLERANCE,
    ),
    Check(
        "eu_cbam_quarters_follow",
        "between two CBAM prices no quarter lacks its own",
        _MISSING,
        (CBAM,),
        is_hard=False,
    ),
    Check(
        "eu_auctions_go_on",
        f"the workbook has an auction of the last {PAUSE_DAYS} days",
        _FRESH,
        (AUCTIONS,),
        is_hard=False,
    ),
)
FRESHNESS = frozenset({"eu_auctions_go_on"})
"""Findings of these make the run's outcome stale."""
