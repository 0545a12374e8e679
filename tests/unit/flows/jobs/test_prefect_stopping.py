"""A signal that DuckDB swallowed ends a run under Prefect all the same."""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.commands import REPO

GUARDED = """
import os, signal, threading
from flows.jobs.prefect.stopping import insist_on_stopping
from prefect.exceptions import TerminationSignal

def once(number, frame):
    raise TerminationSignal(signal=number)

def query():  # as DuckDB does, where the signal finds it
    try:
        threading.Event().wait()
    except BaseException:
        raise RuntimeError("Query interrupted") from None

signal.signal(signal.SIGTERM, once)
insist_on_stopping()
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
swallowed = 0
try:
    try:
        query()
    except Exception:
        swallowed += 1
    threading.Event().wait()  # the next source's turn
except TerminationSignal:
    print("stopped after", swallowed)
"""


def test_what_duckdb_made_an_error_of_is_raised_anew() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout == "stopped after 1\n", done.stderr
