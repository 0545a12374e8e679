"""Which sources there are, and which transform, tables and checks belong to each.

A source is found by its folder: `extractors/<name>/source.py` declares it, and its rows come from
`transforms/<name>/`, its tables from `schemas/sources/<name>/`. Nothing lists them, and to ask
for one imports no other's reader or grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import extractors
from extractors.model import Record
from extractors.source import Source
from schemas.core.table import Table
from schemas.registry import BROKEN, SOURCES, SPOKEN_IN, IncompleteSource
from transforms.checks import Check
from transforms.model import Row
from transforms.steady import steady

if TYPE_CHECKING:
    from flows.core.settings import Settings


@dataclass(frozen=True)
class Pipeline:
    """A source with what makes rows of its records, and the tables they go to.

    `spoken_in` names the table whose `published_on` says when the publisher last spoke, of a
    source that has no day on which something is due. `out_of_bounds` says of a metric, a unit
    and a value why that can be none of the metric's, or nothing.
    """

    source: Source
    transform: Callable[[Record], list[Row]]
    tables: tuple[Table, ...]
    checks: tuple[Check, ...] = ()
    freshness: frozenset[str] = frozenset()
    spoken_in: str = ""
    out_of_bounds: Callable[[str, str, Decimal], str] = lambda *_: ""


class UnknownSource(LookupError):
    """A source name that nobody declared."""


def names() -> list[str]:
    """Names of all sources, in the order in which a night takes them: by name."""
    found = (file for root in extractors.__path__ for file in Path(root).glob("*/source.py"))
    return sorted(file.parent.name for file in found)


def declaration(name: str, *, is_sample: bool = False) -> Source:
    """What a source says of itself; in a sample store its hosts are the sample's `.example` ones.

    Imports its reader alone. Raises `UnknownSource`, `IncompleteSource`.
    """
    source = _declared(name)
    return _in_the_sample(source) if is_sample else source


def pipeline(name: str, *, is_sample: bool = False) -> Pipeline:
    """A source with its transform, tables and checks.

    Raises `UnknownSource`, `IncompleteSource` for a folder that lacks a part.
    """
    found = _assembled(name)
    return replace(found, source=_in_the_sample(found.source)) if is_sample else found


def owners_of(url: str, *, is_sample: bool = False) -> list[Pipeline]:
    """The pipelines whose sources have the address and read such pages, else all that have it:
    two sources may read one host. Raises `IncompleteSource` for one that is not whole."""
    owning = [source for source in whole(is_sample=is_sample).values() if source.owns(url)]
    kinds = [(source, source.kind_of(source.canonical(url))) for source in owning]
    reading = [source for source, kind in kinds if kind and kind.yields_records]
    return [pipeline(source.name, is_sample=is_sample) for source in reading or owning]


def owner_of(url: str, *, is_sample: bool = False) -> Pipeline | None:
    """The pipeline whose source has the address, or None. Where an address alone leaves two, the
    last by name: the calendar's notices are few among other pages of their hosts. Raises
    `IncompleteSource` for a source that has it and is not whole."""
    owners = owners_of(url, is_sample=is_sample)
    return owners[-1] if owners else None


def whole(*, is_sample: bool = False) -> dict[str, Source]:
    """The declarations of all sources that have one, by name."""
    found = {}
    for name in names():
        with suppress(IncompleteSource):
            found[name] = declaration(name, is_sample=is_sample)
    return found


def known(chosen: Sequence[str]) -> list[str]:
    """The sources that are named, or all where none is. Raises `UnknownSource`; whether they
    are whole is asked when their turn comes."""
    there = names()
    for name in chosen:
        if name not in there:
            raise UnknownSource(f"no source {name!r}; there are: {', '.join(there)}")
    return list(chosen) or there


def switched_off(name: str, settings: Settings, *, is_sample: bool = False) -> str:
    """Why a source is not asked; empty where it is. Of the embedded sample every one may be."""
    if name in settings.disabled:
        return "the kill switch is on"
    return "" if is_sample or name in settings.enabled else _off_by_default(name)


def _off_by_default(name: str) -> str:
    with suppress(IncompleteSource):  # its turn tells what is wrong
        if not _declared(name).is_on_by_default:
            return "off by default: read its terms, and name it in CARBONMART_ENABLED"
    return ""


def for_a_night(chosen: Sequence[str], settings: Settings, *, is_sample: bool = False) -> list[str]:
    """The sources that are named; where none is, all but those that are off by default. Raises
    `UnknownSource`."""
    return (
        known(chosen)
        if chosen
        else [
            name
            for name in known(())
            if is_sample or name in settings.enabled or not _off_by_default(name)
        ]
    )


def _declared(name: str) -> Source:
    known([name])
    source: Source = _part("extractors", name, "source", "SOURCE")
    if source.name != name:
        raise IncompleteSource(
            f"extractors/{name}/source.py declares {source.name!r}, not {name!r}"
        )
    return source


def _assembled(name: str) -> Pipeline:
    source = _declared(name)
    if name in BROKEN:
        raise BROKEN[name]
    if name not in SOURCES:
        raise IncompleteSource(f"source {name!r} has no tables: no folder schemas/sources/{name}")
    tables = SOURCES[name]
    return Pipeline(
        source,
        _part("transforms", name, "transform", "transform"),
        tables,
        (*_part("transforms", name, "checks", "CHECKS", ()), steady(name, tables)),
        _part("transforms", name, "checks", "FRESHNESS", frozenset()),
        SPOKEN_IN.get(name, ""),
        _part("transforms", name, "bounds", "out_of_bounds", lambda *_: ""),
    )


def _part(room: str, name: str, module: str, wanted: str, default: Any = None) -> Any:
    """What a module in a source's folder exports. Raises `IncompleteSource` where it does not
    and no default is given, and where it can't be imported."""
    path, file = f"{room}.{name}", f"{room}/{name}/{module}.py"
    try:
        is_there = find_spec(path) is not None and find_spec(f"{path}.{module}") is not None
        found = getattr(import_module(f"{path}.{module}"), wanted, default) if is_there else default
    except Exception as error:
        told = f"source {name!r} is not whole: {file} can't be imported: "
        raise IncompleteSource(f"{told}{type(error).__name__}: {error}") from error
    if found is None:
        raise IncompleteSource(f"source {name!r} is not whole: no {wanted} in {file}")
    return found


def _in_the_sample(source: Source) -> Source:
    return replace(
        source,
        hosts=tuple(_sample_host(host) for host in source.hosts),
        aliases=tuple(_sample_host(host) for host in source.aliases),
    )


def _sample_host(host: str) -> str:
    """`overview.cneeex.com` -> `overview.cneeex.example`: a name that RFC 2606 keeps unreal."""
    return f"{host.rsplit('.', 1)[0]}.example"
