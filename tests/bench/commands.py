"""How long a person waits for the two commands that are typed most."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from tests.bench.measuring import Row, cpu, in_turn, run, wall

START = "import sys; from flows.cli.main import command; sys.argv[0] = 'carbonmart'; command()"


def rows(home: Path, rounds: int) -> list[Row]:
    """Seconds of `--help` and `tables`, beside those of a bare interpreter."""
    ours = [sys.executable, "-c", START]
    asked = {"carbonmart --help": (["--help"], 0.3), "carbonmart tables": (["tables"], 0.8)}
    commands = [[*ours, "--home", str(home), *words] for words, _ in asked.values()]
    for command in commands:
        run(command)
    *found, bare = in_turn(
        rounds,
        *(lambda command=command: run(command) for command in commands),
        lambda: run([sys.executable, "-c", ""]),
    )
    python = f"Python itself {min(wall(bare)):.2f} s"
    return [
        Row(
            f"`{name}`",
            min(wall(runs)),
            "s",
            limit,
            detail=f"best of {len(runs)}, median {median(wall(runs)):.2f} s, "
            f"CPU {cpu(runs):.2f} s; {python}",
        )
        for (name, (_, limit)), runs in zip(asked.items(), found, strict=True)
    ]
