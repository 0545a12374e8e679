"""The gates in force: those that ship, and the home's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.contracts.gate_files import Declaration, declared

if TYPE_CHECKING:
    from flows.core.settings import Settings

GATES_FILE = "gates.yml"


def gates_of(settings: Settings) -> Declaration:
    """The gates in force: those shipped, with tables replaced by the user's file if there is one.

    Raises `GateError` for a file that can't be used.
    """
    if settings.gates:
        return declared(Path(settings.gates))
    if "://" in settings.home:
        return declared(_fetched(settings))
    if (own := Path(settings.home) / GATES_FILE).is_file():
        return declared(own)
    return declared()


def _fetched(settings: Settings) -> Path | None:
    """A copy of the user's file in the home at an address, None if there is none."""
    from warehouse.engine.storage.local_cache import nearby
    from warehouse.store.home import home_path

    return nearby(home_path(settings.home), GATES_FILE)
