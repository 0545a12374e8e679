"""A report's figures held against the key figures: agrees, differs, or not in any source read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from transforms.marts.report_claims import CLAIMS, PrintedClaim

Verdict = Literal["agrees", "differs", "not in any source"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """A claim with the verdict, and the key figures it was held against, the nearest first."""

    claim: PrintedClaim
    verdict: Verdict
    found: tuple[Row, ...]
    shown: tuple[Row, ...] = ()
    """Further figures that the claim names to show where it stands."""

    @property
    def citations(self) -> list[dict[str, Any]]:
        """Those of the figures that decided, each page's words once."""
        rows = (*self.shown, *self.found) if self.claim.period else self.found[:1]
        cited = [one for row in rows for one in json.loads(row["citations"])]
        return list({(one["url"], one["quote"]): one for one in cited}.values())


def compare(figures: Sequence[Row], claims: Iterable[PrintedClaim] = CLAIMS) -> list[Compared]:
    """Every claim against the rows of `mart_key_figures`."""
    found = []
    for claim in claims:
        shown = [
            row
            for name in claim.cites
            for row in figures
            if (row["figure_id"], row["period"]) == name and row["is_preferred"]
        ]
        found.append(replace(_compare(claim, figures), shown=tuple(shown)))
    return found


def _compare(claim: PrintedClaim, figures: Sequence[Row]) -> Compared:
    known = [
        row
        for row in figures
        if row["figure_id"] == claim.figure and claim.period in ("", row["period"])
    ]
    # A year's figure is the preferred one's; of others any statement may be the one meant.
    if claim.period:
        known.sort(key=lambda row: not row["is_preferred"])
    agreeing = [row for row in known if _agrees(claim, row)]
    if not known:
        return Compared(claim, "not in any source", ())
    decided = known[0] in agreeing if claim.period else bool(agreeing)
    rest = [row for row in known if row not in agreeing]
    ordered = agreeing + rest if decided else known
    return Compared(claim, "agrees" if decided else "differs", tuple(ordered))


def _agrees(claim: PrintedClaim, row: Row) -> bool:
    if claim.text and claim.text not in (row["value_text"] or ""):
        return False
    if claim.value is None:
        return True
    value: Decimal | None = row["value"]
    if value is None:
        return False
    if claim.least:
        return value > claim.value or (value == claim.value and row["qualifier"] in (">", ">="))
    return abs(value - claim.value) <= claim.step / 2
