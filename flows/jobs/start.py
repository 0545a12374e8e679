"""What every job begins with: the home opened, wrong usage refused, the sample started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from extractors.http.reachability import server_time
from extractors.http.transport import Timeouts
from flows.core.clock import require_clock, require_servers_time
from flows.core.context import RunContext, Sample
from flows.core.errors import UsageError as UsageError
from flows.core.query.gates import gates_of
from flows.core.settings import Settings
from flows.core.sources import switched_off, whole
from flows.stages.read import corrections, readings
from warehouse.store.home import Home, home_path, open_home
from warehouse.store.trading import said_by_persons

MOST_SERVERS = 5
"""So many are asked for the time, at most; as a rule the first one agrees."""


def ready(settings: Settings, *, is_sample: bool, until: date | None = None) -> Home:
    """The store, opened, and all that is wrong told before anybody is asked.

    Raises `UsageError`, `GateError`, `CorrectionError`, `WrongCalendarFile`,
    `WrongHome`.
    """
    who_asks(settings, is_sample=is_sample, until=until)
    gates_of(settings)
    corrections.present(settings)
    readings.present(settings)
    said_by_persons(home_path(settings.home))
    return open_home(settings.home, "sample" if is_sample else "live")


def who_asks(settings: Settings, *, is_sample: bool, until: date | None) -> None:
    """Raise `UsageError` where live sources would be asked by nobody, or the sample about a
    day that it does not know."""
    if not is_sample and not settings.contact:
        raise UsageError(
            "live sources are asked with an honest User-Agent: set CARBONMART_CONTACT to an "
            "e-mail or URL by which a publisher can reach you (or try it with --sample)"
        )
    if until:
        _in_the_sample(until)


def wants_prefect(asked: bool | None) -> bool:
    """Whether to run as Prefect flows: as asked for, else if a server is configured."""
    wanted = bool(os.environ.get("PREFECT_API_URL")) if asked is None else asked
    if wanted:
        from flows.core.prefect_setup import quiet

        quiet()
    return wanted


def _in_the_sample(day: date) -> None:
    from extractors.sample.days import FIRST_DAY
    from extractors.sample.sites.all import last_day

    if not FIRST_DAY <= day <= last_day():
        raise UsageError(f"the sample's world is of {FIRST_DAY} to {last_day()}, not of {day}")


@contextmanager
def sample_world(until: date | None = None) -> Iterator[Sample]:
    """The embedded sample, listening on loopback in a process of its own."""
    from extractors.sample.server.process import SampleProcess

    with SampleProcess(until=until) as server:
        yield Sample(server.routes, until)


def require_right_clock(context: RunContext) -> None:
    """Raise `ClockError`, before anything is written, where this machine's clock stands before
    what the store has seen, or on another day than those whom it is about to ask."""
    require_clock(context)
    require_servers_day(context)


def require_servers_day(context: RunContext) -> None:
    """Raise `ClockError` where the sources' servers have another day; the sample has none."""
    if context.home.kind == "live":
        require_servers_time(context.started_at, _servers_times(context))


def _servers_times(context: RunContext) -> Iterator[tuple[str, datetime | None]]:
    """What time the sources' servers have, one after the other."""
    web = context.web_settings()
    times = Timeouts(web.connect_timeout_s, web.connect_timeout_s, web.read_timeout_s)
    hosts = [(name, source.hosts[0]) for name, source in whole().items()]
    asked = [host for name, host in hosts if not switched_off(name, context.settings)]
    for host in dict.fromkeys(asked[:MOST_SERVERS]):
        context.pacer.wait(host)
        yield host, server_time(host, web.header(), times)


@contextmanager
def no_sample() -> Iterator[None]:
    """The live sources."""
    yield None
