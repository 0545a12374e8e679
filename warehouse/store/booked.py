"""What a release's own commit says of it, and whether a version is the one that it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from warehouse.errors import Damaged

if TYPE_CHECKING:
    from warehouse.engine.delta.state import TableState

VERSIONS, RELEASE = "carbonmart.released", "carbonmart.release"
DIGESTS = "carbonmart.released_digests"


def released_versions_in(books: TableState | None) -> dict[str, int]:
    """The version of each table in the current release, as its own commit has them."""
    return dict(json.loads(books.notes.get(VERSIONS, "{}"))) if books else {}


def check_booked(books: TableState | None, state: TableState) -> None:
    """Raise `Damaged` if a version of a table is not what the current release booked; `books`
    is the log of releases."""
    notes, name = books.notes if books else {}, state.table.name
    if released_versions_in(books).get(name) != state.version:
        return
    booked = json.loads(notes.get(DIGESTS, "{}")).get(name)
    if booked and booked != state.digest:
        told = f"version {state.version} holds other files than were released"
        raise Damaged(name, state.root, told)
