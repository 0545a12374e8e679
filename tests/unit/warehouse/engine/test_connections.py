"""What each connection to DuckDB is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ASKED = """
import sys
import duckdb
from pathlib import Path
from warehouse.engine.sql.views import memory, scratch
from warehouse.publication.formats.duckdb_file import open_duckdb

file = Path(sys.argv[1])
duckdb.connect(str(file)).close()
for opened in (duckdb.connect(), memory(), scratch(), open_duckdb(file)):
    print(opened.execute("SELECT current_setting('enable_progress_bar')").fetchall())
"""


def test_no_bar_is_drawn_on_stdout(tmp_path: Path) -> None:
    """DuckDB draws one in a process without a main file: a worker's, a notebook's."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED, str(tmp_path / "x.duckdb")],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.split() == ["[(True,)]", *["[(False,)]"] * 3]
