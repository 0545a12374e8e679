"""What a shell is told that a command may go on with."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from flows.cli.main import app

GOES_ON = {
    "carbonmart sh": "show",
    "carbonmart show seee_b": "seee_bulletins",
    "carbonmart history prose": "prose_figures",
    "carbonmart trace mart_market_m": "mart_market_monthly",
    "carbonmart refresh ce seee hk": "hkex",
    "carbonmart show seee_quotes --form": "--format",
}


@pytest.mark.parametrize("line", GOES_ON)
def test_a_line_is_completed(line: str) -> None:
    env = {
        "_CARBONMART_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }
    done = CliRunner().invoke(app, [], env=env, prog_name="carbonmart")
    assert done.stdout.split() == [GOES_ON[line]]
