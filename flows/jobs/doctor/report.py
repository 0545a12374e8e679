"""What a checkup is shown as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flows.jobs.doctor.doctor import BAD, Checkup


def exit_code(checkups: Sequence[Checkup]) -> int:
    """3 if a source failed, was blocked or is not what it was."""
    return 3 if any(checkup.verdict in BAD for checkup in checkups) else 0


def as_rows(checkup: Checkup) -> list[dict[str, Any]]:
    """A row per step."""
    return [
        {
            "source": checkup.source,
            "step": step.step,
            "verdict": step.verdict,
            "told": step.told,
        }
        for step in checkup.steps
    ]


def notes(checkup: Checkup) -> list[str]:
    """The source's verdict and the next steps, each once."""
    steps = dict.fromkeys(step.next_step for step in checkup.steps if step.next_step)
    return [
        f"{checkup.source}: {checkup.verdict}",
        *(f"next step for {checkup.source}: {step}" for step in steps),
    ]


def as_json(checkups: Sequence[Checkup]) -> dict[str, Any]:
    """All of it for scripts."""
    return {
        "exit_code": exit_code(checkups),
        "sources": [
            {
                "source": checkup.source,
                "verdict": checkup.verdict,
                "steps": [asdict(step) for step in checkup.steps],
            }
            for checkup in checkups
        ],
    }
