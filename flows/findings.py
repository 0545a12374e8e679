"""What `carbonmart check` finds: one finding per thing it looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.contracts.gates import Verdict

STORE = "store"
"""Stands in place of a source where the store itself is meant."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of a source. A `fail` opens an incident, a `warn` is only shown.

    `scope` says what of the source: a table, a day, a rule, an outcome. With check and
    source it is the identity of an incident, so it holds nothing that changes from one
    look to the next.
    """

    check: str
    source: str
    scope: str
    verdict: Verdict
    told: str
    next_step: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.check, self.source, self.scope


def summed(check: str, source: str, found: Iterable[Finding], fine: str) -> list[Finding]:
    """The findings, or where there is none, that all is well."""
    return list(found) or [Finding(check, source, "", "pass", fine)]
