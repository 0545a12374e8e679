"""A signal that DuckDB swallowed ends a run under Prefect all the same."""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.commands import REPO

GUARDED = """
import os, signal, sys, threading
import duckdb
from flows.jobs.prefect.stopping import insist_on_stopping
from prefect.exceptions import TerminationSignal

def once(number, frame):
    raise TerminationSignal(signal=number)

signal.signal(signal.SIGTERM, once)
insist_on_stopping()
swallowed = 0
LONG = "select sum(a.range * b.range) from range(10000000) a, range(10000) b"
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
try:
    while True:
        try:
            duckdb.sql(LONG).fetchall()
        except Exception:
            swallowed += 1
        else:
            sys.exit("the query was over before the signal")
        for number in range(10**12):
            pass  # the next source's turn
except TerminationSignal:
    print("stopped after", swallowed)
"""


def test_what_duckdb_made_an_error_of_is_raised_anew() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout == "stopped after 1\n", done.stderr
