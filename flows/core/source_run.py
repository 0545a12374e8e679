"""One source in one run: what its stages work with, and where they count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flows.core.context import RunContext
from flows.core.outcome import Tally
from flows.core.sources import Pipeline

T = TypeVar("T")
Call = Callable[..., Any]
"""Call(name, function, *arguments) -> what the function gives."""


def plainly(name: str, function: Callable[..., T], *arguments: Any) -> T:
    """Run a stage as the function it is."""
    return function(*arguments)


@dataclass
class SourceRun:
    """The source's pipeline under a run's context; `tally` is what the stages have counted.

    `call` runs a stage: as a plain function, or as a Prefect task.
    """

    context: RunContext
    pipeline: Pipeline
    tally: Tally
    call: Call = plainly

    @property
    def is_sample(self) -> bool:
        """Whether the store holds the embedded sample."""
        return self.context.home.kind == "sample"

    def progress(self, stage: str, done: int, total: int) -> None:
        """Tell whoever watches how far a stage has come."""
        self.context.progress(self.pipeline.source.name, stage, done, total)
