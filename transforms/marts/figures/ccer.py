"""The figures of the voluntary market (CCER) and of the regional pilot markets.

Of CCER's years that are over and of which no day is missing; of a pilot market's years the sum of
the days that are held, which says so. What the registry lists is of its newest snapshot.
"""

from __future__ import annotations

from transforms.marts.figures.sql import cite, words

_DAY, _PILOT_DAY = ("trade_date",), ("pilot", "trade_date", "product", "method")
_TAB = ("data_type", "page_number", "published_on")
_LISTED = {"2": "projects_registered", "4": "reductions_registered", "5": "reductions_issued"}


def _row(figure: str, source: str, value: str, formula: str, cited: str) -> str:
    return (
        f"{figure} as figure_id, '{source}' as source, ({value})::decimal(28, 6) as value, "
        f"null::varchar as value_text, null::varchar as qualifier, null::varchar as printed, "
        f"{formula} as formula, {cited} as citations, false as own_conflict"
    )


def _cited(*rows: tuple[str, str]) -> str:
    """Citations of days (alias, column) of the exchange's bulletins."""
    listed = ", ".join(
        cite(row, "ccer_bulletins", _DAY, words(row, column)) for row, column in rows
    )
    return f"[{listed}]"


def _of_year(figure: str, column: str, formula: str, cited: str, where: str) -> str:
    told = _row(f"'ccer_{figure}'", "ccer", f"a.{column}", f"'{formula}'", cited)
    return f"select {told}, year::varchar as period, a.is_simulated from years where {where}"  # noqa: S608


def _ends(column: str) -> str:
    """The first and the last day of the year, which may be one."""
    one, both = _cited(("l", column)), _cited(("f", column), ("l", column))
    return f"case when a.trading_days = 1 then {one} else {both} end"


_ENDS = {amount: _ends(f"total_{amount}") for amount in ("volume_t", "turnover_cny")}
_BOTH = _cited(("l", "total_volume_t"), ("l", "total_turnover_cny"))
_AVERAGE = "average_cny_per_t"
_CCER = (
    *(
        _of_year(
            name,
            f"total_{amount}",
            "sum of the days, of which none is missing",
            _ENDS[amount],
            f"a.total_{amount} is not null",
        )
        for name, amount in (("volume", "volume_t"), ("turnover", "turnover_cny"))
    ),
    *(
        _of_year(
            f"{name}_growth",
            f"{name}_yoy_pct",
            f"{name} / {name} of the year before - 1",
            _ENDS[amount],
            f"a.{name}_yoy_pct is not null",
        )
        for name, amount in (("volume", "volume_t"), ("turnover", "turnover_cny"))
    ),
    *(
        _of_year(
            f"cumulative_{name}",
            f"cumulative_{amount}",
            "launch day and all days since",
            _cited(("l", f"total_{amount}")),
            f"a.cumulative_{amount} is not null and a.missing_days = 0",
        )
        for name, amount in (("volume", "volume_t"), ("turnover", "turnover_cny"))
    ),
    _of_year(
        "mean_price",
        "mean_price_cny_per_t",
        "turnover / volume of the year",
        _BOTH,
        "a.missing_days = 0",
    ),
    *(
        _of_year(
            f"{name}_average",
            f"{name}_average_cny_per_t",
            "of its day",
            _cited((name, _AVERAGE)),
            f"a.missing_days = 0 and {name}.trade_date is not null",
        )
        for name in ("high", "low")
    ),
    *(
        _of_year(name, name, formula, _ends("variety"), "a.missing_days = 0")
        for name, formula in (
            ("trading_days", "count of days that are stated"),
            ("no_trade_days", "count of days without a trade"),
        )
    ),
)
_YEARS = """
  select a.year, a, f, l, high, low
  from mart_ccer_annual a
  left join ccer_bulletins f on f.trade_date = a.first_trade_date
  left join ccer_bulletins l on l.trade_date = a.last_trade_date
  left join ccer_bulletins high on high.trade_date = a.high_average_on
  left join ccer_bulletins low on low.trade_date = a.low_average_on
  where a.is_ended
"""

_OF_TAB = " ".join(f"when '{tab}' then 'ccer_{name}'" for tab, name in _LISTED.items())
_REGISTRY = f"""
select {
    _row(
        f"case data_type {_OF_TAB} end",
        "ccer_registry",
        "total_items",
        "'as the registry counts them'",
        f"[{cite('t', 'ccer_tabs', _TAB, words('t', 'total_items'))}]",
    )
}, published_on::varchar as period, is_simulated
from ccer_tabs t where data_type in ({", ".join(f"'{tab}'" for tab in _LISTED)})
  and total_items is not null
qualify row_number() over (partition by data_type order by published_on desc, page_number) = 1
"""  # noqa: S608 - all names are ours

_PILOT_DAYS = """
  select pilot, trade_date,
    arg_min(d, row(product <> product_family, product, method)) as r
  from pilot_daily d where product_family is not null group by pilot, trade_date
"""
_PRICED = """
  select pilot, year(trade_date) as year, max(trade_date) as trade_date,
    arg_max(price_concept, trade_date) as concept
  from mart_pilot_daily where price_cny_per_t is not null group by all
"""


def _pilot(row: str) -> str:
    return cite(f"{row}.r", "pilot_daily", _PILOT_DAY, words(f"{row}.r", "volume_t"))


def _of_pilot(figure: str, value: str, formula: str, cited: str) -> str:
    told = _row(f"y.pilot || '_{figure}'", "pilots", value, formula, cited)
    return f"""
select {told}, y.year::varchar as period, y.is_simulated
from mart_pilot_annual y
left join pilot_days f on f.pilot = y.pilot and f.trade_date = y.first_trade_date
left join pilot_days l on l.pilot = y.pilot and l.trade_date = y.last_trade_date
left join priced p on p.pilot = y.pilot and p.year = y.year
left join pilot_days d on d.pilot = y.pilot and d.trade_date = p.trade_date
where {value} is not null and y.year < (select max(year(trade_date)) from pilot_daily)
"""  # noqa: S608 - all names are ours


_PILOTS = (
    _of_pilot(
        "held_volume",
        "y.held_volume_t",
        "'sum of the days that are held'",
        f"[{_pilot('f')}, {_pilot('l')}]",
    ),
    _of_pilot(
        "last_price",
        "y.last_price_cny_per_t",
        "p.concept || ' of the last day with a price'",
        f"[{_pilot('d')}]",
    ),
)

CCER_SQL = (
    f"with years as ({_YEARS}), pilot_days as ({_PILOT_DAYS}), priced as ({_PRICED}) "  # noqa: S608
    + " union all by name ".join(f"select * from ({b})" for b in (*_CCER, _REGISTRY, *_PILOTS))  # noqa: S608
)
"""The figures of the voluntary and the regional markets, one row each."""
