"""How often a host is asked: the pace within a run, and the pages of a day.

When each host was asked last, by whichever process of this machine: a file per host.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


class Pacer:
    """Spaces the requests to each host; one for all threads and clients of a run.

    A caller takes the host's next free slot under the lock and sleeps outside it,
    so that waiting for one host holds up no other. `rate_per_second` 0 sets no
    pace of our own; a crawl delay or a hold is kept all the same. With `slots` the pace
    holds for all runs of this machine together.
    """

    def __init__(
        self,
        rate_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        slots: HostSlots | None = None,
    ) -> None:
        if not 0 <= rate_per_second < float("inf"):
            raise ValueError(f"rate_per_second must be 0 (off) or positive: {rate_per_second}")
        self.rate_per_second = rate_per_second
        self._interval_s = 1 / rate_per_second if rate_per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._slots = slots
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}
        self._last_at: dict[str, float] = {}

    def wait(self, host: str, crawl_delay: float | None = None) -> float:
        """Sleep until `host` may be asked again; returns the seconds slept.

        `crawl_delay` (seconds) widens the gap to the host's previous request.
        """
        interval = max(self._interval_s, crawl_delay or 0.0)
        with self._lock:
            if not interval and host not in self._free_at:
                return 0.0
            now = self._clock()
            start = max(now, self._free_at.get(host, now))
            if host in self._last_at:
                start = max(start, self._last_at[host] + interval)
            if self._slots and interval:
                start = now + self._slots.take(host, interval, start - now)
            self._last_at[host] = start
            self._free_at[host] = start + interval
        if start > now:
            self._sleep(start - now)
        return start - now

    def hold(self, host: str, seconds: float) -> None:
        """Leave `host` alone for `seconds`: it asked for that, or it is in trouble."""
        if seconds <= 0:
            return
        with self._lock:
            until = self._clock() + seconds
            self._free_at[host] = max(until, self._free_at.get(host, until))


class DayBudget:
    """The requests a source may get in one day of its own time zone.

    `count_since(midnight)` tells how many were made before this process counted
    along; it is asked once a day, at the first request.
    """

    def __init__(
        self,
        limit: int,
        timezone: str,
        count_since: Callable[[datetime], int],
        now: Callable[[], datetime],
    ) -> None:
        self.limit = limit
        self._zone = ZoneInfo(timezone)
        self._count_since = count_since
        self._now = now
        self._lock = threading.Lock()
        self._midnight: datetime | None = None
        self._spent = 0

    def take(self) -> bool:
        """Count one request; False, and nothing counted, if the day's are spent."""
        with self._lock:
            local = self._now().astimezone(self._zone)
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            if midnight != self._midnight:
                self._midnight = midnight
                self._spent = self._count_since(midnight)
            if self._spent >= self.limit:
                return False
            self._spent += 1
            return True


CLOCK_SET_BACK_S = 3600
"""A slot that lies farther ahead was taken by a clock that ran wrong, and does not count."""


class HostSlots:
    """Slots shared by runs side by side, so that two of them do not ask twice as often.

    Where the folder takes nothing, each keeps its own pace: the archive beside it will
    say so louder.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def take(self, host: str, interval_s: float, not_before_s: float) -> float:
        """Take the host's next slot; gives the seconds until then, at least `not_before_s`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder / host, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return not_before_s
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            now = self._clock()
            slot = now + not_before_s
            last = _number(os.pread(handle, 64, 0))
            if last + interval_s < now + CLOCK_SET_BACK_S:
                slot = max(slot, last + interval_s)
            os.pwrite(handle, f"{slot:020.6f}".encode(), 0)
            return slot - now
        except OSError:
            return not_before_s
        finally:
            os.close(handle)


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
