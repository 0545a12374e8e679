"""What the evenings came to at the exchange's own size, as it was recorded last."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from tests.rehearsal.evenings import Evening

RECORDED = Path(__file__).parent / "recorded.csv"
_APART = "; "


def write(evenings: Iterable[Evening]) -> None:
    """Record them in place of those before."""
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, [each.name for each in fields(Evening)], lineterminator="\n")
        rows.writeheader()
        for evening in evenings:
            rows.writerow(asdict(evening) | {"incidents": _APART.join(evening.incidents)})


def rows() -> list[dict[str, str]]:
    """The recorded evenings, as text."""
    with RECORDED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
