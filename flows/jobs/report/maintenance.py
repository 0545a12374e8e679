"""What the `vacuum` command says of its work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.maintenance import Maintained


def as_document(done: Maintained) -> dict[str, Any]:
    """The work as one JSON object."""
    from dataclasses import asdict

    return asdict(done)


def as_rows(done: Maintained) -> list[dict[str, Any]]:
    """A row per table."""
    return [
        {
            "table": each.table,
            "version": each.version,
            "files": each.files,
            "compacted": each.compacted,
            "kept_versions": len(each.kept_versions),
            "removed": len(each.removed),
            "removed_bytes": each.removed_bytes,
            "log_entries_removed": each.log_removed,
            "checkpoint": each.is_checkpointed,
        }
        for each in done.tables
    ]


def in_words(done: Maintained) -> list[str]:
    """The rest in lines for people."""
    lines = ["dry run: nothing was changed"] if done.is_dry else []
    lines.append(f"{len(done.kept)} releases are kept readable by their table versions")
    if done.dropped:
        lines.append(f"no longer kept so: {', '.join(done.dropped)}")
    return lines + [f"{each.table}: {each.note}" for each in done.tables if each.note]
