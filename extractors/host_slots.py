"""When each host was asked last, by whichever process of this machine: a file per host."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

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
