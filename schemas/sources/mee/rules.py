"""Row-level rules of the ministry's figures and penalties."""

from __future__ import annotations

from schemas.core.table import Rule

STATES_SOMETHING = Rule(
    "states_something",
    "a fact has a value, or a day (perhaps of each year), or is a number or phase cited",
    ("metric", "period", "value", "due_on"),
    lambda f: (
        f["value"].notna()
        | f["due_on"].notna()
        | f["metric"].isin(["cites_document", "phase"])
        | (f["period"] == "yearly")
    ),
)


def ordered(low: str, high: str) -> Rule:
    """The first column is at most the second."""
    return Rule(
        f"{low}_at_most_{high}", f"{low} <= {high}", (low, high), lambda f: f[low] <= f[high]
    )
