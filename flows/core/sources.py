"""Which sources there are, and which transform and tables belong to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from extractors.hkex.source import HKEX
from extractors.icap.source import ICAP
from extractors.mee.source import MEE
from extractors.model import Record
from extractors.seee.source import SEEE
from extractors.source import Source
from schemas.core.table import Table
from transforms.checks import Check
from transforms.model import Row


@dataclass(frozen=True)
class Pipeline:
    """A source with what makes rows of its records, and the tables they go to.

    `spoken_in` names the table whose `published_on` says when the publisher last spoke, of a
    source that has no day on which something is due.
    """

    source: Source
    transform: Callable[[Record], list[Row]]
    tables: tuple[Table, ...]
    checks: tuple[Check, ...] = ()
    freshness: frozenset[str] = frozenset()
    spoken_in: str = ""


def _seee() -> Pipeline:
    from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
    from transforms.seee.checks import CHECKS, FRESHNESS
    from transforms.seee.transform import transform

    tables = (SEEE_BULLETINS, SEEE_QUOTES, SEEE_METHOD_TOTALS)
    return Pipeline(SEEE, transform, tables, CHECKS, FRESHNESS)


def _mee() -> Pipeline:
    from schemas.sources.mee import tables
    from transforms.mee.checks import CHECKS, FRESHNESS
    from transforms.mee.transform import transform

    own = (
        tables.MEE_NOTICES,
        tables.MEE_ALIASES,
        tables.MEE_ATTACHMENT_LINKS,
        tables.MEE_ATTACHMENTS,
        tables.MEE_FACTS,
        tables.MEE_PENALTIES,
    )
    return Pipeline(MEE, transform, own, CHECKS, FRESHNESS, tables.MEE_NOTICES.name)


def _hkex() -> Pipeline:
    from schemas.sources.hkex.tables import HKEX_RELEASES, TABLES
    from transforms.hkex.checks import CHECKS
    from transforms.hkex.transform import transform

    return Pipeline(HKEX, transform, TABLES, CHECKS, spoken_in=HKEX_RELEASES.name)


def _icap() -> Pipeline:
    from schemas.sources.icap.news import ICAP_FACTS, ICAP_NEWS
    from schemas.sources.icap.profiles import ICAP_PROFILES
    from schemas.sources.icap.tables import ICAP_PRICES, ICAP_REVENUE, ICAP_SYSTEMS
    from transforms.icap.checks import CHECKS, FRESHNESS
    from transforms.icap.transform import transform

    tables = (ICAP_SYSTEMS, ICAP_PRICES, ICAP_REVENUE, ICAP_PROFILES, ICAP_NEWS, ICAP_FACTS)
    return Pipeline(ICAP, transform, tables, CHECKS, FRESHNESS, ICAP_NEWS.name)


_ROADS: dict[str, Callable[[], Pipeline]] = {
    "seee": _seee,
    "mee": _mee,
    "hkex": _hkex,
    "icap": _icap,
}


class UnknownSource(LookupError):
    """A source name that nobody declared."""


def names() -> list[str]:
    """Names of all sources, in the order in which a night takes them."""
    return list(_ROADS)


def pipeline(name: str, *, is_sample: bool = False) -> Pipeline:
    """The road of a source; in a sample store its hosts are the sample's `.example` ones.

    Raises `UnknownSource`.
    """
    if name not in _ROADS:
        raise UnknownSource(f"no source {name!r}; there are: {', '.join(_ROADS)}")
    found = _ROADS[name]()
    if not is_sample:
        return found
    source = found.source
    return replace(
        found,
        source=replace(
            source,
            hosts=tuple(_sample_host(host) for host in source.hosts),
            aliases=tuple(_sample_host(host) for host in source.aliases),
        ),
    )


def _sample_host(host: str) -> str:
    """`overview.cneeex.com` -> `overview.cneeex.example`: a name that RFC 2606 keeps unreal."""
    return f"{host.rsplit('.', 1)[0]}.example"


def owner_of(url: str, *, is_sample: bool = False) -> Pipeline | None:
    """The road whose source has the address, or None."""
    for name in _ROADS:
        candidate = pipeline(name, is_sample=is_sample)
        if candidate.source.owns(url):
            return candidate
    return None
