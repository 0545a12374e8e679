"""All sites of the sample, each found by its folder, `sites/<source>/`.

The folder says the last day of its world (`LAST_DAY`), its module `site` what makes the site as it
is on a day (`SITE`): to ask for days imports no page.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from extractors.sample import sites
from extractors.sample.site import Site


@cache
def last_days() -> dict[str, date]:
    """The last day on which each source's site shows something new."""
    names = [found.name for found in iter_modules(sites.__path__) if found.ispkg]
    return {name: import_module(f"{sites.__name__}.{name}").LAST_DAY for name in names}


def last_day(source: str | None = None) -> date:
    """The last day of a source's site; of a source without one, of the whole sample."""
    days = last_days()
    return days.get(source or "", max(days.values()))


def day_of(source: str, until: date | None) -> date:
    """The day that a source's site has come to when the sample has come to `until`."""
    last = last_day(source)
    return min(until or last, last)


def all_sites(until: date | None) -> dict[str, Site]:
    """Each site by its source's name, on the evening of a day (or of its own last one)."""
    return {
        name: import_module(f"{sites.__name__}.{name}.site").SITE(day_of(name, until))
        for name in last_days()
    }
