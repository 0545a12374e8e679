"""All tables by name: those of each source, found by its folder, the marts, the pipeline's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

import schemas.sources
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


def declared_in(package: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """The module `tables` of each source's folder in a package, by the folder's name.

    Raises `IncompleteSource` for a folder without one, or whose module has no `TABLES`.
    """
    for found in iter_modules(package.__path__):
        if not found.ispkg:
            continue
        module = f"{package.__name__}.{found.name}.tables"
        part = import_module(module) if find_spec(module) else None
        if part is None or not getattr(part, "TABLES", ()):
            folder = f"{package.__name__}.{found.name}".replace(".", "/")
            raise IncompleteSource(f"{folder} declares no tables: no TABLES in {folder}/tables.py")
        yield found.name, part


def by_name(groups: Mapping[str, Iterable[Table]]) -> dict[str, Table]:
    """Tables of several folders by name. Raises `IncompleteSource` for a name given twice."""
    found: dict[str, Table] = {}
    owners: dict[str, str] = {}
    for folder, tables in groups.items():
        for each in tables:
            if each.name in found:
                twice = " and ".join(dict.fromkeys((owners[each.name], folder)))
                raise IncompleteSource(f"table {each.name} is declared twice: in {twice}")
            found[each.name], owners[each.name] = each, folder
    return found


_DECLARED = dict(declared_in(schemas.sources))
SOURCES: dict[str, tuple[Table, ...]] = {name: part.TABLES for name, part in _DECLARED.items()}
"""The tables of each source, in its own order."""
SPOKEN_IN: dict[str, str] = {
    name: part.SPOKEN_IN.name for name, part in _DECLARED.items() if hasattr(part, "SPOKEN_IN")
}
"""Of a source with such a table, the one whose `published_on` says when its publisher spoke."""
TABLES: dict[str, Table] = by_name(
    {
        **{f"schemas/sources/{name}": tables for name, tables in SOURCES.items()},
        "schemas/marts": MARTS,
        "schemas/ops": OPS,
    }
)
VIEWS: dict[str, Table] = {view.name: view for view in (OPS_CHANGES, OPS_COVERAGE)}
"""What is asked for and published like a table, and stored nowhere: derived from the tables."""


def table(name: str) -> Table:
    """The table of that name; raises `KeyError` that lists the known ones."""
    try:
        return TABLES[name]
    except KeyError:
        raise KeyError(f"no table {name!r}; known: {', '.join(TABLES)}") from None
