"""All sites of the sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from extractors.sample.days import day_of
from extractors.sample.site import Site
from extractors.sample.sites.hkex.site import HkexSite
from extractors.sample.sites.icap.site import IcapSite
from extractors.sample.sites.mee.site import MeeSite
from extractors.sample.sites.seee.site.site import SeeeSite

SITES: dict[str, Callable[[date], Site]] = {
    "seee": SeeeSite,
    "mee": MeeSite,
    "hkex": HkexSite,
    "icap": IcapSite,
}


def all_sites(until: date | None) -> dict[str, Site]:
    """Each site by its source's name, on the evening of a day (or of its own last one)."""
    return {name: make(day_of(name, until)) for name, make in SITES.items()}
