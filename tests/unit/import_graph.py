"""Who imports whom in the product, as its files say: top-level, lazy and TYPE_CHECKING alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("flows", "extractors", "transforms", "schemas", "warehouse")
Graph = Mapping[str, frozenset[str]]
"""Module -> modules that it imports."""


def paths() -> list[Path]:
    """The product's Python files."""
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    """The dotted name of a file's module; a package's is that of its `__init__`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported_names(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def graph() -> Graph:
    """Which module of the product imports which."""
    modules = {name_of(path): path for path in paths()}

    def module_of(name: str) -> str | None:
        while name and name not in modules:
            if f"{name}.__init__" in modules:
                return f"{name}.__init__"
            name = name.rpartition(".")[0]
        return name or None

    found: dict[str, frozenset[str]] = {}
    for module, path in modules.items():
        targets = {module_of(name) for name in imported_names(path)}
        found[module] = frozenset(t for t in targets if t and t != module)
    return found


def circles(edges: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Groups of nodes that lead back to themselves (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in number:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in stack:
                lowest[node] = min(lowest[node], number[other])
        if lowest[node] == number[node]:
            at = stack.index(node)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(edges):
        if node not in number:
            visit(node)
    return found


def folders() -> list[str]:
    """Every folder of the product that holds modules or folders of them, as a dotted name."""
    parents = {parent for path in paths() for parent in path.relative_to(ROOT).parents}
    return sorted(".".join(parent.parts) for parent in parents if parent.parts)


def inside(folder: str) -> dict[str, frozenset[str]]:
    """The graph among the direct children (files and folders) of a folder."""
    prefix = f"{folder}."

    def child(module: str) -> str | None:
        if not module.startswith(prefix) or module == f"{prefix}__init__":
            return None
        return prefix + module[len(prefix) :].split(".")[0]

    edges: dict[str, set[str]] = {}
    for module, targets in graph().items():
        own = child(module)
        if own is not None:
            others = edges.setdefault(own, set())
            others |= {other for t in targets if (other := child(t)) and other != own}
    return {name: frozenset(others) for name, others in edges.items()}


def floors(edges: Mapping[str, frozenset[str]]) -> list[str]:
    """The longest way down through a graph without circles, from the top."""
    known: dict[str, list[str]] = {}

    def down(node: str) -> list[str]:
        if node not in known:
            known[node] = [node, *max((down(other) for other in edges[node]), key=len, default=[])]
        return known[node]

    return max((down(node) for node in edges), key=len, default=[])
