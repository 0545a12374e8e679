"""What a check across rows is: a question in SQL that names every row that fails it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple


class CheckFinding(NamedTuple):
    """What a check found in one place. `suspects` names the rows that can be at fault, each by
    its table and its key (`seee_quotes 2022-06-08 COMCEA`), the one that gives way first."""

    scope: Any
    expected: Any
    found: Any
    difference: Any
    evidence: Any
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What several checks read alike, asked once for all of them: a table `name` of the rows that
    `sql` yields, which may use what the SQL of a check may, and the bases named before it."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check over the current rows.

    `sql` yields a row per finding with the columns scope, expected, found,
    difference, evidence (all castable to text), and of a hard check suspects (VARCHAR[], see
    `CheckFinding`). It may use $since (DATE: look no further back), $due (DATE: the latest
    trading day that should be there) and the table trading_calendar (day, is_trading,
    is_derived: nobody has announced it) of the days from the market's launch to a month after $due
    (a row may be of a day that is not due yet). A `hard`
    finding holds back the suspect that is at fault and not released yet, a soft one warns.
    `tables` must exist for the check to be asked; those `beside` may, and are empty where they
    do not. The tables of its `bases` are there, too. Of one that `is_joint` nothing says which
    suspect is wrong (a series below another's name has no right row): where no other finding
    does, all of them that are not released yet are held back.
    """

    name: str
    says: str
    sql: str
    tables: tuple[str, ...]
    tolerance: str = "0"
    is_hard: bool = True
    beside: tuple[str, ...] = ()
    bases: tuple[Basis, ...] = ()
    is_joint: bool = False
