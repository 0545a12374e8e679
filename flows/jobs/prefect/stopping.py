"""A run under Prefect that is told to stop (SIGTERM) does, whatever it is about.

Prefect raises `TerminationSignal` once, where the signal finds the flow, and then ends the run as
`Crashed` (or `Cancelled`, where that was asked for). DuckDB makes an error of its own of it ("Query
interrupted"), which whoever guards one source's trouble against another's takes for that: so it
is raised anew until it is on its way out. Subflows have Prefect's own handler put back: a thread
is told of the signal beside it.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading

# First of all: it sets Prefect up before Prefect is imported.
from flows.core import prefect_setup  # noqa: F401

# isort: split
from prefect.exceptions import TerminationSignal

_AGAIN_S = 0.5
_watched: list[int] = []


def insist_on_stopping() -> None:
    """Have SIGTERM end the present flow. Nothing where it does not run in the main thread: no
    signal reaches it there."""
    if threading.current_thread() is not threading.main_thread() or os.getpid() in _watched:
        return
    _watched[:] = [os.getpid()]
    told, tells = os.pipe()
    os.set_blocking(tells, False)
    signal.signal(signal.SIGALRM, _again)
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
    signal.set_wakeup_fd(tells, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(told,), name="signals", daemon=True).start()


def _watch(told: int) -> None:
    while numbers := os.read(told, 64):
        if signal.SIGTERM in numbers:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S, _AGAIN_S)


def _again(_number: int, _frame: object) -> None:
    """Raise it anew, unless it, or the end that follows from it, is on its way out already."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, TerminationSignal | SystemExit | KeyboardInterrupt):
            return
        error = error.__context__
    raise TerminationSignal(signal=signal.SIGTERM)
