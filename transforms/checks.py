"""What a check across rows is: a question in SQL that names every row that fails it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A check over the current rows.

    `sql` yields a row per finding with the columns scope, expected, found,
    difference, evidence (all castable to text). It may use $since (DATE: look no
    further back), $due (DATE: the latest trading day that should be there) and the table
    trading_calendar (day, is_trading, is_derived: nobody has announced it) of the days from
    $since to $due. A `hard` finding fails the
    run, a soft one warns. `tables` must exist for the check to be asked.
    """

    name: str
    says: str
    sql: str
    tables: tuple[str, ...]
    tolerance: str = "0"
    is_hard: bool = True
