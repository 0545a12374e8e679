"""The sample's words as data: YAML files of items, read strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")


class BadItem(ValueError):
    """An item of a data file with a field that is missing, unknown or of the wrong kind."""


def load(path: Path) -> Any:
    """A YAML file; by the parser in C, where PyYAML was built with it: it is ten times as fast."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 (both are safe ones)


def read_items(path: Path, kind: type[Made]) -> tuple[Made, ...]:
    """The file's items, each made a `kind`, a dataclass of the same fields.

    Raises BadItem, which names the file, the item and the field.
    """
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    reader = TypeAdapter(tuple[kind, ...], config=ConfigDict(extra="forbid"))  # type: ignore[valid-type]
    found = load(path)
    try:
        return reader.validate_python(found)
    except ValidationError as wrong:
        told = "; ".join(_told(found, each["loc"], each["msg"]) for each in wrong.errors())
        raise BadItem(f"{path}: {told}") from None


def _told(found: Any, place: tuple[int | str, ...], what: str) -> str:
    if not place:
        return what
    at, *field = place
    first = next(iter(found[at].values()), "") if isinstance(found[at], dict) else found[at]
    return f"item {int(at) + 1} ({first}), {'.'.join(map(str, field))}: {what}"
