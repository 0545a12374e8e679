"""The installed `carbonmart` command in a process of its own, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.stores import store

COMMAND = Path(sys.executable).parent / "carbonmart"
REPO = Path(__file__).parents[2]
OURS = ("CARBONMART_", "PREFECT_", "COLUMNS")


def environment(**settings: str) -> dict[str, str]:
    """This process's environment without settings of the user's, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | settings


def carbonmart(
    home: Path, *args: str, env: Mapping[str, str] | None = None, timeout: float = 240
) -> subprocess.CompletedProcess[str]:
    """Run the command on a home and wait for its end."""
    return subprocess.run(
        [str(COMMAND), "--home", str(home), *args],
        env=environment(**(env or {})),
        cwd=home.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def demo(folder: Path) -> tuple[Path, str]:
    """The home that the demo made (a copy in `folder`), and what it printed."""
    made = store("demo", _demo, folder)
    home, printed = made / "home", (made / "printed").read_text(encoding="utf-8")
    return home, printed.replace(_HOME, str(home))


_HOME = "<home>"


def _demo(folder: Path) -> None:
    done = carbonmart(folder / "home", "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout.replace(str(folder / "home"), _HOME)
    (folder / "printed").write_text(printed, encoding="utf-8")


def rows_of(done: subprocess.CompletedProcess[str]) -> Any:
    """The one JSON document that the command printed; its messages are on stderr."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def answer(home: Path, *args: str) -> Any:
    """What the command answers with `--json`."""
    return rows_of(carbonmart(home, *args, "--json"))


def assert_usage_error(done: subprocess.CompletedProcess[str], *told: str) -> None:
    """Exit code 2, and one line on stderr that says these things."""
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == ""
    message = done.stderr.strip()
    assert len(message.splitlines()) == 1, message
    assert "Traceback" not in message
    for words in told:
        assert words in message
