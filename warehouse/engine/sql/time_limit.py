"""A limit of time for a question to DuckDB."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_AGAIN_S = 0.1
"""An interruption between two statements stops neither: it is repeated until the question ends."""


class TimeLimit:
    """Interrupts, `seconds` after it was entered, the connection that it watches: that raises
    `duckdb.InterruptException`, and `is_passed` says that it was this. 0: no limit."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_passed = False
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._is_over = threading.Event()

    def watch(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Have the limit hold for what the connection is asked from now on."""
        self._connection = connection

    def __enter__(self) -> TimeLimit:
        if self.seconds:
            threading.Thread(target=self._wait, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()

    def _wait(self) -> None:
        pause = self.seconds
        while not self._is_over.wait(pause):
            self.is_passed, pause = True, _AGAIN_S
            if self._connection is not None:
                self._connection.interrupt()
