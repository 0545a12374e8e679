"""Who is told of incidents: each channel once of each opening, and once of its recovery.

An incident is booked before anybody is told, and what was told is booked after: killed in
between, a channel is told again by the next look, and never left out.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.core.query.format import age
from flows.stages.monitor.channels import LONGEST, Channel, NotSent
from flows.stages.monitor.incidents import Incident, known, record, turned
from flows.stages.monitor.look import CheckRun
from warehouse.errors import WarehouseError
from warehouse.store.home import Home
from warehouse.store.store import Warehouse

log = logging.getLogger("carbonmart.watch")


@dataclass
class Notified:
    """What a look turned, what is open after it, and what did not work about telling."""

    opened: list[Incident] = field(default_factory=list)
    recovered: list[Incident] = field(default_factory=list)
    still_open: list[Incident] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def tell(look: CheckRun, channels: Sequence[Channel]) -> Notified:
    """Book what the look turned, and tell whoever is owed it. Never raises for a store that
    takes no more, nor for a channel that is down: both are told in `errors`."""
    told = Notified()
    with _one_teller(look.context.home):
        _tell(look, channels, told)
    return told


@contextmanager
def _one_teller(home: Home) -> Iterator[None]:
    """Keep two looks on one machine from telling the same twice. Machines that share a home
    in S3 may both tell."""
    if not isinstance(home.path, Path):
        yield
        return
    handle = os.open(home.path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _tell(look: CheckRun, channels: Sequence[Channel], told: Notified) -> None:
    context, now = look.context, datetime.now(UTC)
    before: list[Incident] = []
    try:
        before = known(context.warehouse)
    except WarehouseError as error:
        _note(told, f"incidents can't be read, all are told anew: {error}")
    changes = turned(before, look.failed, look.looked, now)
    told.opened = [change for change in changes if change.is_open and change.is_new]
    told.recovered = [change for change in changes if not change.is_open]
    _log(told)
    _record(context.warehouse, changes, context.run_id, told)
    states = {incident.incident_id: incident for incident in [*before, *changes]}
    for channel in channels:
        _send(channel, states, str(context.home.path), told)
    changed = [s for s in states.values() if s not in changes and s not in before]
    later = datetime.now(UTC)
    _record(
        context.warehouse, [replace(s, changed_at=later) for s in changed], context.run_id, told
    )
    told.still_open = [state for state in states.values() if state.is_open]


def _send(channel: Channel, states: dict[str, Incident], home: str, told: Notified) -> None:
    owed = [state for state in states.values() if state.is_owed(channel.name)]
    if not owed:
        return
    opened = sum(state.is_open for state in owed)
    title = f"carbonmart, {home}: {opened} to look at, {len(owed) - opened} recovered"
    lines = [_line(state) for state in owed]
    if (more := len(lines) - LONGEST) > 0:
        lines = [*lines[:LONGEST], f"and {more} more: see `carbonmart check`"]
    try:
        channel.send(title, lines)
    except NotSent as error:
        _note(told, str(error))
        return
    told.sent_to.append(channel.name)
    states.update({state.incident_id: state.sent(channel.name) for state in owed})


def _line(state: Incident) -> str:
    if state.is_open:
        is_said = not state.next_step or state.next_step in state.told
        step = "" if is_said else f" Next: {state.next_step}"
        return f"{state.name}: {state.told}{step}"
    return f"recovered after {age(state.changed_at - state.opened_at)}: {state.name}"


def _log(told: Notified) -> None:
    for incident in told.opened:
        said = {"source": incident.source}
        # The run's or the look's own report tells it: once is enough for whoever sees both.
        log.info("incident opened: %s: %s", incident.name, incident.told, extra=said)
    for incident in told.recovered:
        log.info("incident over: %s", incident.name, extra={"source": incident.source})


def _record(warehouse: Warehouse, changes: Sequence[Incident], run_id: str, told: Notified) -> None:
    try:
        record(warehouse, changes, run_id)
    except (WarehouseError, OSError) as error:
        _note(told, f"incidents could not be booked: {error}")


def _note(told: Notified, error: str) -> None:
    told.errors.append(error)
    log.error(error)
