"""All tables by name."""

from __future__ import annotations

from schemas.core.table import Table
from schemas.marts.all import MARTS
from schemas.ops.changes import OPS_CHANGES
from schemas.ops.coverage import OPS_COVERAGE
from schemas.ops.tables import (
    OPS_CHECKS,
    OPS_FETCHES,
    OPS_INCIDENTS,
    OPS_MARTS,
    OPS_PARTITIONS,
    OPS_QUARANTINE,
    OPS_RELEASES,
    OPS_RUNS,
)
from schemas.sources.hkex.tables import TABLES as HKEX_TABLES
from schemas.sources.icap.news import ICAP_FACTS, ICAP_NEWS
from schemas.sources.icap.profiles import ICAP_PROFILES
from schemas.sources.icap.tables import ICAP_PRICES, ICAP_REVENUE, ICAP_SYSTEMS
from schemas.sources.mee.tables import (
    MEE_ALIASES,
    MEE_ATTACHMENT_LINKS,
    MEE_ATTACHMENTS,
    MEE_FACTS,
    MEE_NOTICES,
    MEE_PENALTIES,
)
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        SEEE_BULLETINS,
        SEEE_QUOTES,
        SEEE_METHOD_TOTALS,
        MEE_NOTICES,
        MEE_ALIASES,
        MEE_ATTACHMENT_LINKS,
        MEE_ATTACHMENTS,
        MEE_FACTS,
        MEE_PENALTIES,
        *HKEX_TABLES,
        ICAP_PRICES,
        ICAP_REVENUE,
        ICAP_SYSTEMS,
        ICAP_PROFILES,
        ICAP_NEWS,
        ICAP_FACTS,
        *MARTS,
        OPS_RUNS,
        OPS_FETCHES,
        OPS_QUARANTINE,
        OPS_CHECKS,
        OPS_MARTS,
        OPS_RELEASES,
        OPS_PARTITIONS,
        OPS_INCIDENTS,
    )
}

VIEWS: dict[str, Table] = {view.name: view for view in (OPS_CHANGES, OPS_COVERAGE)}
"""What is asked for and published like a table, and stored nowhere: derived from the tables."""


def table(name: str) -> Table:
    """The table of that name; raises `KeyError` that lists the known ones."""
    try:
        return TABLES[name]
    except KeyError:
        raise KeyError(f"no table {name!r}; known: {', '.join(TABLES)}") from None
