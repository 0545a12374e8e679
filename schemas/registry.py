"""All tables by name."""

from __future__ import annotations

from schemas.changes import OPS_CHANGES
from schemas.coverage import OPS_COVERAGE
from schemas.hkex import TABLES as HKEX_TABLES
from schemas.icap import ICAP_PRICES, ICAP_REVENUE, ICAP_SYSTEMS
from schemas.icap_news import ICAP_FACTS, ICAP_NEWS
from schemas.icap_profiles import ICAP_PROFILES
from schemas.incidents import OPS_INCIDENTS
from schemas.marts import MARTS
from schemas.mee import (
    MEE_ALIASES,
    MEE_ATTACHMENT_LINKS,
    MEE_ATTACHMENTS,
    MEE_FACTS,
    MEE_NOTICES,
    MEE_PENALTIES,
)
from schemas.ops import (
    OPS_CHECKS,
    OPS_FETCHES,
    OPS_MARTS,
    OPS_QUARANTINE,
    OPS_RELEASES,
    OPS_RUNS,
)
from schemas.partitions import OPS_PARTITIONS
from schemas.seee import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from schemas.table import Table

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
