"""The tables of the International Carbon Action Partnership."""

from __future__ import annotations

from schemas.core.table import Table
from schemas.sources.icap.news import ICAP_FACTS, ICAP_NEWS, ICAP_PROSE
from schemas.sources.icap.prices import (
    ICAP_DOWNLOAD_PRICES,
    ICAP_PRICES,
    ICAP_REVENUE,
    ICAP_SYSTEMS,
)
from schemas.sources.icap.profiles import ICAP_PROFILES

TABLES: tuple[Table, ...] = (
    ICAP_SYSTEMS,
    ICAP_PRICES,
    ICAP_DOWNLOAD_PRICES,
    ICAP_REVENUE,
    ICAP_PROFILES,
    ICAP_NEWS,
    ICAP_FACTS,
    ICAP_PROSE,
)
SPOKEN_IN = ICAP_NEWS
