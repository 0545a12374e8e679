"""A query that reads the store's tables, and every way round them."""

from __future__ import annotations

import pytest

from flows.core.errors import UsageError
from flows.core.query.only_tables import tables_read

READ = {
    "select 1": [],
    "from seee_quotes": ["seee_quotes"],
    'select * from "SEEE_QUOTES" q join fx_rates__history using (source)': [
        "fx_rates",
        "seee_quotes",
    ],
    "with a as (from seee_quotes), b as (from a) select (select max(year) from mart_market_annual) "
    "from b where exists (from ops_changes)": ["mart_market_annual", "ops_changes", "seee_quotes"],
    "with recursive n as (select 1 i union all select i + 1 from n where i < 5) from n": [],
    "select unnest([1, 2]) from range(3) union all values (1)": [],
    "from seee_quotes pivot (sum(volume_t) for product in ('CEA21'))": ["seee_quotes"],
}
REFUSED = {
    "from read_text('/etc/passwd')": "'read_text'",
    "from '/etc/passwd.csv'": "'/etc/passwd.csv'",
    "from read_parquet('tables/seee_quotes/a.parquet')": "'read_parquet'",
    "select * from seee_quotes where exists (from glob('*'))": "'glob'",
    "select sql from duckdb_views()": "'duckdb_views'",
    "from information_schema.tables": "'tables'",
    "from main.seee_quotes": "'seee_quotes'",
    "from query('from seee_quotes')": "'query'",
    "with \"x.csv\" as (select 1) from 'x.csv'": "'x.csv'",
    "select current_setting('allowed_paths')": "'current_setting'",
    "describe seee_quotes": "describe_table",
    "from (show tables)": "describe_table",
    "drop table seee_quotes": "one SELECT",
    "copy seee_quotes to 'x.csv'": "one SELECT",
    "attach 'x.duckdb'": "one SELECT",
    "set threads = 1": "one SELECT",
    "select 1; select 2": "one SELECT",
    "": "one SELECT",
    "selec 1": "syntax error",
}


@pytest.mark.parametrize("query", READ)
def test_a_query_over_tables_is_known(query: str) -> None:
    assert tables_read(query) == READ[query]


@pytest.mark.parametrize("query", REFUSED)
def test_anything_else_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="SQL") as told:
        tables_read(query)
    assert REFUSED[query] in str(told.value)
