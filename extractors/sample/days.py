"""The first day that the sample's world knows; the last one is each site's own (`sites.all`)."""

from __future__ import annotations

from datetime import date

FIRST_DAY = date(2021, 7, 16)
"""The launch of the national market: no `--until` lies before it."""
