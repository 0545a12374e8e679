"""What claims to be of the future: nothing of it is taken, whoever says so.

No clock is trusted: not that of a machine that saved a page, not a publisher's, not this one's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from extractors.archive.archive import ArchiveError
from flows.core.errors import ClockError
from schemas.core.table import Table, end_of_month
from schemas.ops.tables import OPS_RUNS
from warehouse.engine.storage.storage import storage
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from flows.core.context import RunContext
    from warehouse.engine.storage.base import Place, Storage

IN_THE_FUTURE = "in_the_future"
"""The rule of what is refused for it, and the verdict on a page that was saved in the future."""
WITHDRAWN = "withdrawn"
"""The verdict on what somebody took back, see `Withdrawal`."""
GRACE = timedelta(minutes=5)
"""So far may two clocks be apart."""
SERVERS_GRACE = timedelta(days=1)
"""So far may this machine's clock and the sources' servers be apart."""


def is_future(moment: datetime) -> bool:
    """Whether an instant is after now."""
    return moment > datetime.now(UTC) + GRACE


@dataclass
class Days:
    """The days that were over, or had begun, where a source is when its pages were captured."""

    timezone: str
    _latest: dict[datetime, date] = field(default_factory=dict)

    def latest(self, captured_at: datetime) -> date:
        """The last day that a page can speak of as having come."""
        if captured_at not in self._latest:
            zone = ZoneInfo(self.timezone)
            self._latest[captured_at] = (captured_at + GRACE).astimezone(zone).date()
        return self._latest[captured_at]

    def ahead(self, table: Table, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """The column and value in which a row speaks of a day after its page's capture as of one
        that has been, or of one further ahead than its column may; None where there is none.
        A pure function of what is archived."""
        captured_at = row["retrieved_at"]
        for column in table.dated:
            value, last = row[column.name], self.latest(captured_at)
            ahead = timedelta(days=column.ahead_days)
            if isinstance(value, datetime):
                is_ahead = value > captured_at + GRACE + ahead
            elif column.ahead_as and value != row[column.ahead_as]:
                is_ahead = isinstance(value, date) and value > end_of_month(last)
            else:
                is_ahead = isinstance(value, date) and value > last + ahead
            if is_ahead:
                return column.name, str(value)
        return None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a wrong clock had written and somebody took back: runs, and fetches of theirs or of
    captures that claimed to be of the future. Kept in the archive, so that no replay reads it."""

    at: datetime
    run_ids: tuple[str, ...]
    fetch_ids: tuple[str, ...]

    def keep(self, home: Place) -> None:
        """Write it down. Raises `WarehouseError`."""
        text = json.dumps({"runs": self.run_ids, "fetches": self.fetch_ids}, indent=1)
        _folder(home).write_bytes(f"{self.at:{_STAMP}}.json", text.encode())


def withdrawals(home: Place) -> list[Withdrawal]:
    """All that was withdrawn from a home, the oldest first."""
    folder, found = _folder(home), []
    for name in sorted(item.name for item in folder.list() if item.name.endswith(".json")):
        told = json.loads(folder.read_bytes(name) or b"{}")
        at = datetime.strptime(name, f"{_STAMP}.json").replace(tzinfo=UTC)
        runs, fetches = tuple(told.get("runs", ())), tuple(told.get("fetches", ()))
        found.append(Withdrawal(at, runs, fetches))
    return found


_STAMP = "%Y%m%dT%H%M%S.%fZ"


def _folder(home: Place) -> Storage:
    return storage(home / "archive" / "withdrawals")


_UNREADABLE = (ArchiveError, WarehouseError, OSError, ValueError)


def newest_run(context: RunContext) -> tuple[datetime, str] | None:
    """When the run began that claims to be the newest of the store, and its id; of runs that
    are not withdrawn. What can't be read says nothing here: the run itself meets it."""
    found: list[tuple[datetime, str]] = []
    without: list[str] = []
    with suppress(*_UNREADABLE):
        without = [run_id for each in withdrawals(context.home.path) for run_id in each.run_ids]
    with suppress(*_UNREADABLE):
        if archived := context.archive.newest_run(without):
            found.append(archived)
    with suppress(*_UNREADABLE):
        if context.warehouse.version(OPS_RUNS.name) is not None:
            with context.warehouse.connect(OPS_RUNS.name) as connection:
                found += connection.execute(
                    "select started_at, run_id from ops_runs "
                    "where not list_contains(?::varchar[], run_id) "
                    "order by started_at desc limit 1",
                    [without],
                ).fetchall()
    return max(found, default=None)


def require_clock(context: RunContext) -> None:
    """Raise `ClockError` where this machine's clock stands before what the store has seen."""
    if behind := clock_behind(context):
        raise ClockError(f"nothing was written: {behind}")


def clock_behind(context: RunContext) -> str:
    """How this machine's clock, or an earlier run's, must be wrong; empty where neither is."""
    newest = newest_run(context)
    if newest is None or newest[0] <= context.started_at + GRACE:
        return ""
    return (
        f"this machine's clock says {_shown(context.started_at)}, and run {newest[1]} of this "
        f"store began at {_shown(newest[0])}. If the clock is wrong now, set it right; if it was "
        "wrong then, `carbonmart withdraw` names what that run wrote, and takes it back"
    )


def require_servers_time(now: datetime, said: Iterable[tuple[str, datetime | None]]) -> None:
    """Raise `ClockError` where servers answer with another day than `now`, and none agrees.

    `said` gives host and `Date` header, and is asked no further than the first that agrees:
    one server alone may have a wrong clock of its own.
    """
    others = []
    for host, date_ in said:
        if date_ is not None and abs(date_ - now) <= SERVERS_GRACE:
            return
        if date_ is not None:
            others.append(f"{host} says {_shown(date_)}")
    if others:
        raise ClockError(
            f"nothing was written: this machine's clock says {_shown(now)}, {', '.join(others)}; "
            "set the clock right"
        )


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
