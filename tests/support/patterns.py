"""Every pattern of the product, found where it stands, and texts that almost match it."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from functools import _lru_cache_wrapper
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

ROOMS = ("extractors", "flows", "schemas", "transforms", "warehouse")
ROOT = Path(__file__).parents[2]
_DEEPEST = 5
_FLAGS = re.compile(r"\A\(\?[a-z]+\)")
_ANCHORED = ("match", "fullmatch")
_CLASSES = {"DIGIT": "1", "SPACE": " ", "WORD": "a"}
_LETTERS = "x1 碳,;(《"
Pattern = re.Pattern[str] | re.Pattern[bytes]


def patterns() -> dict[Pattern, str]:
    """Each pattern that a module holds (in tuples, in objects of ours, in what its functions keep
    of a vocabulary), or that is written where it is used; and where one of them stands."""
    found: dict[Pattern, str] = {}
    for room in ROOMS:
        package = importlib.import_module(room)
        for info in walk_packages(package.__path__, f"{room}."):
            if info.name.rpartition(".")[2] != "__main__":
                for name, pattern in _held_by(importlib.import_module(info.name)):
                    found.setdefault(pattern, f"{info.name}.{name}")
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for line, pattern in _written(file):
                found.setdefault(pattern, f"{file.relative_to(ROOT)}:{line}")
    return found


def _held_by(module: ModuleType) -> Iterator[tuple[str, Pattern]]:
    for name, value in list(vars(module).items()):
        held: Any = value
        is_own = isinstance(value, _lru_cache_wrapper) and value.__module__ == module.__name__
        if is_own and not module.__name__.startswith(("flows", "warehouse")):
            code = value.__wrapped__.__code__
            held = value() if code.co_argcount == 0 else None
        for pattern in _within(held):
            yield name, pattern


def _within(value: Any, depth: int = 0) -> Iterator[Pattern]:
    """The patterns in a value, in its items, and in the attributes of an object of ours."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < _DEEPEST:
        for each in _parts(value):
            yield from _within(each, depth + 1)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, tuple | list | set | frozenset):
        return list(value)
    kind = type(value)
    if isinstance(value, type) or kind.__module__.partition(".")[0] not in ROOMS:
        return []
    names = [*getattr(value, "__dict__", ()), *getattr(kind, "__slots__", ())]
    return [getattr(value, name, None) for name in names]


def _written(file: Path) -> Iterator[tuple[int, Pattern]]:
    """Patterns that stand as text in a call of `re`; what is matched begins at the beginning."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        module, text = node.func.value, node.args[0]
        is_ours = isinstance(module, ast.Name) and module.id == "re" and node.func.attr != "escape"
        if is_ours and isinstance(text, ast.Constant) and isinstance(text.value, str):
            flags, rest = _FLAGS.match(text.value), text.value
            if node.func.attr in _ANCHORED:
                given = flags[0] if flags else ""
                rest = rf"{given}\A(?:{rest.removeprefix(given)})"
            yield node.lineno, re.compile(rest)


def near_matches(pattern: Pattern) -> list[str]:
    """Words that, again and again, almost match the pattern: short of the last character, or of
    the second half."""
    if isinstance(pattern.pattern, bytes):
        return []
    parser: Any = importlib.import_module("re._parser")
    word = _word(parser.parse(pattern.pattern, pattern.flags))
    return [each for each in (word[:-1], word[: len(word) // 2]) if each]


def _word(items: Any) -> str:
    """The shortest word but for its optional parts, which are there once."""
    return "".join(_piece(str(op), value) for op, value in items)


def _piece(op: str, value: Any) -> str:
    if op == "LITERAL":
        return chr(value)
    if op in ("ANY", "NOT_LITERAL"):
        return "x" if value != ord("x") else "y"
    if op == "IN":
        return _of_class(value)
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        return _word(inner) * int(max(least, min(1, most)))
    if op == "SUBPATTERN":
        return _word(value[3])
    if op == "ATOMIC_GROUP":
        return _word(value)
    return _word(value[1][0]) if op == "BRANCH" else ""


def _of_class(parts: Any) -> str:
    if str(parts[0][0]) == "NEGATE":
        out = {chr(value) for op, value in parts[1:] if str(op) == "LITERAL"}
        return next((letter for letter in _LETTERS if letter not in out), "é")
    op, value = str(parts[0][0]), parts[0][1]
    if op == "CATEGORY":
        return _CLASSES.get(str(value).rpartition("_")[2], "a")
    return str(chr(value[0] if op == "RANGE" else value))
