"""All sites of the sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from extractors.sample.days import day_of
from extractors.sample.hkex_site import HkexSite
from extractors.sample.icap_site import IcapSite
from extractors.sample.mee_site import MeeSite
from extractors.sample.seee_site import SeeeSite
from extractors.sample.site import Site

SITES: dict[str, Callable[[date], Site]] = {
    "seee": SeeeSite,
    "mee": MeeSite,
    "hkex": HkexSite,
    "icap": IcapSite,
}


def all_sites(until: date | None) -> dict[str, Site]:
    """Each site by its source's name, on the evening of a day (or of its own last one)."""
    return {name: make(day_of(name, until)) for name, make in SITES.items()}
