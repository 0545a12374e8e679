"""What one run holds in its hands: the store, the archive, the clock, the way to the sources.

Where a home's archive is: a folder of it, or its address with a spool on this machine.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from extractors.archive.archive import Archive, ArchiveError
from extractors.http.rate_limit import HostSlots, Pacer
from extractors.http.requester import WebSettings
from extractors.source import Source
from flows.core.settings import Settings
from schemas.trading import PUBLISHED_BY_HOUR, TradingCalendar
from warehouse.engine.storage.base import Place
from warehouse.errors import WrongHome
from warehouse.store.home import Home, is_there
from warehouse.store.store import Warehouse

Progress = Callable[[str, str, int, int], None]
"""Called with source, stage, done, total."""


def no_progress(source: str, stage: str, done: int, total: int) -> None:
    """For runs that nobody watches."""


@dataclass(frozen=True)
class Sample:
    """Where the embedded sample listens, and the day its world has come to (None: its last)."""

    routes: Mapping[str, str]
    until: date | None = None


@dataclass
class RunContext:
    """One run over one or more sources. `today` is the business day, Asia/Shanghai."""

    home: Home
    settings: Settings
    job: str = "refresh"
    sample: Sample | None = None
    progress: Progress = no_progress
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    run_id: str = ""
    day: date | None = None
    """The day to which a replayed archive has come."""
    pacer: Pacer = field(init=False)
    archive: Archive = field(init=False)
    warehouse: Warehouse = field(init=False)

    def __post_init__(self) -> None:
        stamp = f"{self.started_at:%Y%m%dT%H%M%SZ}"
        self.run_id = self.run_id or f"{stamp}-{secrets.token_hex(3)}"
        self.archive = archive_of(self.home)
        self.warehouse = Warehouse(self.home.path)
        slots = HostSlots(self.archive.root / ".pace")
        self.pacer = Pacer(self.rate(None), slots=slots)

    def require_home(self) -> None:
        """Raise `WrongHome` if the home went away since the run began: writing on would make
        folders of one that nobody opens again."""
        if not is_there(self.home):
            raise WrongHome(f"{self.home.path} went away during the run, which ends here")

    def another(self, run_id: str = "") -> RunContext:
        """A further run with the same hands, or a later stretch of the run named: it starts now,
        and the pace goes on."""
        made = replace(self, started_at=datetime.now(UTC), run_id=run_id)
        made.archive, made.warehouse, made.pacer = self.archive, self.warehouse, self.pacer
        return made

    def rate(self, source: Source | None) -> float:
        """Requests a second a host: as set, 0 (off) for the sample, else the source's own."""
        if self.settings.rate_per_second is not None:
            return self.settings.rate_per_second
        if self.sample is not None:
            return 0.0
        return source.rate_per_second if source else 1.0

    def page_budget(self, source: Source) -> int:
        """Requests a day: as set, unlimited for the sample, else the source's own."""
        if self.settings.page_budget_per_day is not None:
            return self.settings.page_budget_per_day
        return sys.maxsize if self.sample is not None else source.page_budget_per_day

    def today(self, source: Source) -> date:
        """The source's present day; the sample's world ends on a day of its own."""
        if self.day is not None:
            return self.day
        if self.home.kind == "sample":
            from extractors.sample.sites.all import day_of

            return day_of(source.name, self.sample.until if self.sample else None)
        return self.started_at.astimezone(ZoneInfo(source.timezone)).date()

    def due_day(self, source: Source) -> date | None:
        """The latest trading day whose figures should be out by now, as far as that is known
        (`TradingCalendar.due_days`).

        Of a source that publishes when it has something to say: today.
        """
        today = self.today(source)
        if not source.is_daily:
            return today
        local = self.started_at.astimezone(ZoneInfo(source.timezone))
        is_now = self.home.kind == "live" and self.day is None
        is_early = is_now and local.hour < PUBLISHED_BY_HOUR
        last = today - timedelta(days=1) if is_early else today
        return self.calendar.last_due(source.first_day, last)

    @property
    def calendar(self) -> TradingCalendar:
        """The national market's trading calendar as readers see it."""
        return self.warehouse.calendar

    def web_settings(self) -> WebSettings:
        """How the client introduces itself and how patient it is."""
        return web_settings(self.settings, is_sample=self.sample is not None)


def web_settings(settings: Settings, *, is_sample: bool) -> WebSettings:
    """How a client introduces itself, live or to the sample, and how patient it is."""
    return WebSettings(
        user_agent=user_agent(),
        contact=settings.contact or ("sample@carbonmart.example" if is_sample else ""),
        connect_timeout_s=settings.connect_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        total_timeout_s=settings.total_timeout_s,
        retries=settings.retries,
        backoff_s=settings.backoff_s,
    )


def software_version() -> str:
    """The installed version of carbonmart."""
    from importlib.metadata import version

    return version("carbonmart")


def user_agent() -> str:
    """An honest name; the client adds the contact."""
    return f"carbonmart/{software_version()}"


def archive_of(home: Home) -> Archive:
    """The archive of an opened home. Raises `ArchiveError` if its address can't be reached,
    `WrongHome` if a link has given another home the same one."""
    archive = archive_at(home.path, home.id)
    try:
        archive.require_own()
    except ArchiveError as error:
        raise WrongHome(str(error)) from None
    return archive


def archive_at(path: Place, identity: str = "") -> Archive:
    """The archive of the home at a place; `identity` keeps a later home's spool apart."""
    if isinstance(path, Path):
        return Archive(path / "archive")
    from extractors.archive.s3_archive import SharedArchive
    from warehouse.engine.storage.s3 import cache_of

    spool = cache_of(path) / (f"archive-{identity}" if identity else "archive")
    return SharedArchive(str(path / "archive"), spool)
