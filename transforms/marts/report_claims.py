"""The figures of the market report of 2024 as it printed them, to be held against the tables.

They are data, `report_claims.yml`, which is read strictly: what it does not say as it should
raises a `ValueError` that names the claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from transforms.marts.figures.names import FIGURES

_FILE = Path(__file__).with_suffix(".yml")
_NEEDED = frozenset(("id", "says", "figure"))
_KNOWN = _NEEDED | {"period", "value", "at_least", "step", "text", "note", "cites"}
_FIGURES = frozenset(figure.id for figure in FIGURES)


@dataclass(frozen=True, slots=True)
class PrintedClaim:
    """A figure as the report printed it; `says` and `note` by language.

    It is looked for among the key figures `figure` of `period` (any, where empty).
    `value` is in the figure's unit, rounded to `step`; `least` says that the report gives a
    lower bound. `text` is what the figure's words must hold instead. `note` says what has
    to be known beside the verdict; `cites` are further figures (name, period) that show it.
    """

    id: str
    says: Mapping[str, str]
    figure: str
    period: str = ""
    value: Decimal | None = None
    step: Decimal = Decimal(1)
    least: bool = False
    text: str = ""
    note: Mapping[str, str] = field(default_factory=lambda: {"zh": "", "en": ""})
    cites: tuple[tuple[str, str], ...] = ()


def read_claims(path: Path = _FILE) -> tuple[int, tuple[PrintedClaim, ...]]:
    """The report's year and its claims. Raises `ValueError`."""
    # The base loader makes text of every scalar: 69.67 stays exact, and 2024-12-18 is no date.
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
    return int(content["year"]), tuple(
        _claim(f"{path.name}, {entry.get('id', entry)}", entry) for entry in content["claims"]
    )


def _claim(where: str, entry: Mapping[str, Any]) -> PrintedClaim:
    if missing := _NEEDED - entry.keys():
        raise ValueError(f"{where}: {', '.join(sorted(missing))} missing")
    if unknown := entry.keys() - _KNOWN:
        raise ValueError(f"{where}: nobody reads {', '.join(sorted(unknown))}")
    if {"value", "at_least"} <= entry.keys():
        raise ValueError(f"{where}: a value or a lower bound, not both")
    told: dict[str, Any] = {name: entry[name] for name in ("id", "period", "text") if name in entry}
    told |= {name: _both(where, name, entry[name]) for name in ("says", "note") if name in entry}
    if "step" in entry:
        told["step"] = _number(where, entry["step"])
    least = "at_least" in entry
    if least or "value" in entry:
        told["value"] = _number(where, entry["at_least" if least else "value"])
    cites = tuple((_figure(where, name), period) for name, period in entry.get("cites", ()))
    return PrintedClaim(figure=_figure(where, entry["figure"]), least=least, cites=cites, **told)


def _both(where: str, name: str, said: Mapping[str, str]) -> Mapping[str, str]:
    if said.keys() != {"zh", "en"}:
        raise ValueError(f"{where}: {name} is wanted in zh and en, not {said}")
    return said


def _figure(where: str, name: str) -> str:
    if name not in _FIGURES:
        raise ValueError(f"{where}: there is no key figure {name}")
    return name


def _number(where: str, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{where}: {text} is no number") from None


REPORT_YEAR, CLAIMS = read_claims()
