"""A command that is told to stop does: by a signal, with its code, and the terminal as it was.

An exception is raised where the signal finds the command, so that what is begun is put away on
the way out. DuckDB makes an error of its own of it ("Query interrupted"), which whoever guards
one source's trouble against another's takes for that: so it is raised anew until it is obeyed.
"""

from __future__ import annotations

import os
import signal
import sys

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_S = 0.2
_SHOW_CURSOR = b"\x1b[?25h"
_stopped_by: list[int] = []


def obey_signals() -> None:
    """Have SIGINT raise `KeyboardInterrupt`, SIGTERM and SIGHUP `SystemExit` with 128 and their
    number, until one of them has come through; a second signal ends the process at once."""
    _stopped_by.clear()
    signal.signal(signal.SIGALRM, _again)
    for number in SIGNALS:
        signal.signal(number, _stop)


def signal_that_stopped() -> int:
    """The number of the signal that the command was told to stop by; 0 if it was not. To be
    asked at its end: from now on nothing is raised any more."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    return _stopped_by[0] if _stopped_by else 0


def _stop(number: int, _frame: object) -> None:
    if _stopped_by:
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    _stopped_by.append(number)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_S, _AGAIN_S)
    _raise()


def _again(_number: int, _frame: object) -> None:
    """Raise it anew, unless it is on its way out already."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, SystemExit | KeyboardInterrupt):
            return
        error = error.__context__
    _raise()


def _raise() -> None:
    number = _stopped_by[0]
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
