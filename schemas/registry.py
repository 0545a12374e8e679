"""All tables by name: those of each source, found by its folder, the marts, the pipeline's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

import schemas.sources
from schemas.core.facts import FactsShape
from schemas.core.table import Table
from schemas.marts.all import MARTS
from schemas.ops.changes import OPS_CHANGES
from schemas.ops.coverage import OPS_COVERAGE
from schemas.ops.prose import PROSE_FIGURES
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

OPS: tuple[Table, ...] = (
    OPS_RUNS,
    OPS_FETCHES,
    OPS_QUARANTINE,
    OPS_CHECKS,
    OPS_MARTS,
    OPS_RELEASES,
    OPS_PARTITIONS,
    OPS_INCIDENTS,
)
"""What the pipeline itself did."""


class IncompleteSource(ImportError):
    """A source's folder that lacks what every source has, or has what is another's; names it."""


def declared_in(package: ModuleType) -> Iterator[tuple[str, ModuleType | IncompleteSource]]:
    """The module `tables` of each source's folder in a package, by the folder's name; of a
    folder without one, or whose module can't be imported or has no `TABLES`, what is wrong."""
    for found in iter_modules(package.__path__):
        if found.ispkg:
            try:
                yield found.name, _tables_in(f"{package.__name__}.{found.name}")
            except IncompleteSource as error:
                yield found.name, error


def _tables_in(package: str) -> ModuleType:
    folder, module = package.replace(".", "/"), f"{package}.tables"
    try:
        part = import_module(module) if find_spec(module) else None
    except Exception as error:
        told = f"{folder}/tables.py can't be imported: {type(error).__name__}: {error}"
        raise IncompleteSource(told) from error
    if part is None or not getattr(part, "TABLES", ()):
        raise IncompleteSource(f"{folder} declares no tables: no TABLES in {folder}/tables.py")
    return part


def without_doubles(
    found: Mapping[str, ModuleType | IncompleteSource], taken: Mapping[str, str]
) -> Iterator[tuple[str, ModuleType | IncompleteSource]]:
    """The same, where a source that declares a table of another's name is what is wrong.

    `taken` are the names that are nobody's to give, by the folder that has them.
    """
    owners = dict(taken)
    for name, part in found.items():
        folder = f"schemas/sources/{name}"
        if isinstance(part, IncompleteSource):
            yield name, part
            continue
        names = [table.name for table in part.TABLES]
        if twice := [each for each in names if each in owners or names.count(each) > 1]:
            places = " and ".join(dict.fromkeys((owners.get(twice[0], folder), folder)))
            told = f"table {twice[0]} is declared twice: in {places}"
            yield name, IncompleteSource(told)
            continue
        owners |= dict.fromkeys(names, folder)
        yield name, part


_FOUND = dict(
    without_doubles(
        dict(declared_in(schemas.sources)),
        {t.name: "schemas/marts" for t in MARTS} | {t.name: "schemas/ops" for t in OPS},
    )
)
_DECLARED = {name: part for name, part in _FOUND.items() if isinstance(part, ModuleType)}
BROKEN: dict[str, IncompleteSource] = {
    name: part for name, part in _FOUND.items() if isinstance(part, IncompleteSource)
}
"""The sources whose folder of tables is not whole: nobody else waits for them."""
SOURCES: dict[str, tuple[Table, ...]] = {name: part.TABLES for name, part in _DECLARED.items()}
"""The tables of each source, in its own order."""
SPOKEN_IN: dict[str, str] = {
    name: part.SPOKEN_IN.name for name, part in _DECLARED.items() if hasattr(part, "SPOKEN_IN")
}
"""Of a source with such a table, the one whose `published_on` says when its publisher spoke."""
FACTS: dict[str, FactsShape] = {
    name: part.FACTS for name, part in _DECLARED.items() if hasattr(part, "FACTS")
}
"""Of a source with figures out of prose, the table of them and the parts of its columns."""
TABLES: dict[str, Table] = {
    each.name: each for each in (*(t for group in SOURCES.values() for t in group), *MARTS, *OPS)
}
VIEWS: dict[str, Table] = {view.name: view for view in (PROSE_FIGURES, OPS_CHANGES, OPS_COVERAGE)}
"""What is asked for and published like a table, and stored nowhere: derived from the tables."""


def table(name: str) -> Table:
    """The table of that name; raises `KeyError` that lists the known ones."""
    try:
        return TABLES[name]
    except KeyError:
        raise KeyError(f"no table {name!r}; known: {', '.join(TABLES)}") from None
