"""A source as it stands at the moment of a look, with all that its checks ask of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flows.checking import Answered, findings_of
from flows.night import Night
from flows.sources import Road
from flows.store_at_hand import StoreAtHand
from schemas.contracts.gates import Declaration
from warehouse.store.releases import Release


@dataclass(frozen=True)
class Standing:
    """A source at the moment of a look, with the gates and releases that it is held against."""

    night: Night
    road: Road
    declared: Declaration
    made: Sequence[Release]
    store: StoreAtHand

    @cached_property
    def answered(self) -> list[Answered]:
        """Every check of the source over all that is held, up to what is due."""
        if self.due is None:
            return []
        since, store = self.road.source.first_day, self.store
        return list(findings_of(store.connection, store.tables, self.road.checks, since, self.due))

    @property
    def name(self) -> str:
        return self.road.source.name

    @property
    def due(self) -> date | None:
        """The latest trading day whose figures should be there."""
        return self.night.due_day(self.road.source)

    def known(self, check: str) -> Mapping[str, str]:
        """The failures of a check that somebody has accepted, by scope."""
        return self.declared.known_failures.get(check, {})
