"""How things are measured here: whole processes, interleaved, medians of several rounds.

The machine may be shared. So whatever is compared runs in turn, round by round, and a
ratio is the median of the rounds' own ratios: a slow minute then slows both sides. What
waits more than it works, and what has a limit in seconds, is given by its best round.
"""

from __future__ import annotations

import atexit
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile

ROOT = Path(__file__).parents[2]
LIBRARIES = ("lxml", "requests", "scrapy", "deltalake", "duckdb", "pyarrow", "pandas")


@dataclass(frozen=True, slots=True)
class Row:
    """A measured line of the table. `limit` is its budget, `at_least` says which way."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    detail: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended well: wall clock and CPU seconds, peak memory, what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    out: str


def run(command: Sequence[str], settings: Mapping[str, str] | None = None) -> Ran:
    """Run a command in the checkout to its end, interpreter start included.

    Raises `RuntimeError` with its messages where it fails.
    """
    env = environment() | dict(settings or {})
    with TemporaryFile("w+") as out, TemporaryFile("w+") as told:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=told)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told.seek(0)
        if process.returncode:
            raise RuntimeError(
                f"{' '.join(command)} gave {process.returncode}:\n{out.read()}\n{told.read()}"
            )
        peak_mb = usage.ru_maxrss / 1024
        return Ran(wall_s, usage.ru_utime + usage.ru_stime, peak_mb, out.read())


@cache
def environment() -> dict[str, str]:
    """The environment of every measured process. Compiled modules are kept, as on any user's
    machine, but in a folder of the bench; the uncounted first round fills it."""
    kept = TemporaryDirectory(prefix="carbonmart-bench-pyc-")
    atexit.register(kept.cleanup)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CARBONMART_", "PREFECT_"))}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": kept.name}


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules."""
    return [sys.executable, "-m", f"tests.bench.{module}", *arguments]


def in_turn(rounds: int, *sides: Callable[[], Ran]) -> list[list[Ran]]:
    """Every side once a round, in turn; gives each side's runs."""
    runs = [[side() for side in sides] for _ in range(rounds)]
    return [list(side) for side in zip(*runs, strict=True)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def wall(runs: Sequence[Ran]) -> list[float]:
    """Wall clock seconds of runs."""
    return [each.wall_s for each in runs]


def cpu(runs: Sequence[Ran]) -> float:
    """CPU seconds of a run, which say most of it on a machine that others use too."""
    return median(each.cpu_s for each in runs)


def machine() -> str:
    """The machine and the versions, in a line."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    cores = len(os.sched_getaffinity(0))
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{cpu}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {libraries}"
    )
