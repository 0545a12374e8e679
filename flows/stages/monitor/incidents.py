"""Incidents: a failed finding opens one, the first look that does not find it any more closes it.

The state is a log in the store (`ops_incidents`), so that it outlives a process and a
machine. Only changes are recorded: a look that finds what the last one found writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from flows.stages.monitor.model import Finding
from schemas.ops.tables import OPS_INCIDENTS
from warehouse.store.store import Warehouse


@dataclass(frozen=True, slots=True)
class Incident:
    """A row of `ops_incidents`. Channels are separated by blanks."""

    incident_id: str
    changed_at: datetime
    opened_at: datetime
    status: str
    check_name: str
    source: str
    scope: str
    told: str
    next_step: str | None
    opening_sent_to: str = ""
    recovery_sent_to: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.check_name, self.source, self.scope

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def is_new(self) -> bool:
        """Whether this state of it is its first."""
        return self.changed_at == self.opened_at

    @property
    def name(self) -> str:
        """What it is about, in words."""
        return " ".join(word for word in (self.source, self.check_name, self.scope) if word)

    def is_owed(self, channel: str) -> bool:
        """Whether the channel has still to be told: of an opening always, of a recovery if it
        was told of the opening."""
        was_told = channel in self.opening_sent_to.split()
        return not was_told if self.is_open else self._owes_recovery(channel, was_told)

    def _owes_recovery(self, channel: str, was_told: bool) -> bool:
        return was_told and channel not in self.recovery_sent_to.split()

    def sent(self, channel: str) -> Incident:
        """The incident once a channel has taken what it was owed."""
        if self.is_open:
            return replace(self, opening_sent_to=f"{self.opening_sent_to} {channel}".strip())
        return replace(self, recovery_sent_to=f"{self.recovery_sent_to} {channel}".strip())


def known(warehouse: Warehouse) -> list[Incident]:
    """All incidents in their present state, the oldest first."""
    if warehouse.version(OPS_INCIDENTS.name) is None:
        return []
    names = ", ".join(column.name for column in OPS_INCIDENTS.columns)
    with warehouse.connect(OPS_INCIDENTS.name) as connection:
        rows = connection.execute(
            f"select {names} from ops_incidents order by opened_at, incident_id"  # noqa: S608
        ).fetchall()
    return [Incident(*row) for row in rows]


def turned(
    before: Iterable[Incident],
    failed: Sequence[Finding],
    looked: Collection[tuple[str, str]],
    now: datetime,
) -> list[Incident]:
    """The incidents that a look opens or closes, and those that have come to be about more.

    One is closed only if its check of its source came to an end (`looked`).
    """
    still = {finding.key: finding for finding in failed}
    opened = {incident.key for incident in before if incident.is_open}
    news = [_open(finding, now) for finding in failed if finding.key not in opened]
    over = [
        replace(incident, status="recovered", changed_at=now)
        for incident in before
        if incident.is_open
        and incident.key not in still
        and (incident.check_name, incident.source) in looked
    ]
    grown = [
        replace(incident, told=now_told, changed_at=now)
        for incident in before
        if incident.is_open
        and (found := still.get(incident.key))
        and found.is_listing
        and (now_told := found.told) != incident.told
    ]
    return [*news, *over, *grown]


def record(warehouse: Warehouse, changes: Sequence[Incident], run_id: str) -> None:
    """Append their states. Raises `WarehouseError`."""
    warehouse.append_log(OPS_INCIDENTS, [asdict(change) for change in changes], run_id=run_id)


def _open(finding: Finding, now: datetime) -> Incident:
    stamp = f"{now:%Y%m%dT%H%M%S.%fZ}"
    return Incident(
        incident_id=" ".join([*(word for word in finding.key if word), stamp]),
        changed_at=now,
        opened_at=now,
        status="open",
        check_name=finding.check,
        source=finding.source,
        scope=finding.scope,
        told=finding.told,
        next_step=finding.next_step or None,
    )
