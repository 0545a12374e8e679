"""Which releases are kept: published files and the Delta versions they stand on."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.releases import Release

KEEP = 30
"""Newest releases that are kept, beside the first of each month."""


def kept(releases: Sequence[Release], newest: int = KEEP) -> list[Release]:
    """The `newest` releases, the first of each month (UTC), and always the current one.

    `releases` are all there are, the oldest first; the last one is the current one.
    """
    if newest < 1:
        raise ValueError(f"at least one release is kept, not {newest}")
    firsts: dict[tuple[int, int], Release] = {}
    for release in releases:
        firsts.setdefault((release.created_at.year, release.created_at.month), release)
    chosen = {r.release_id for r in (*firsts.values(), *releases[-newest:])}
    return [release for release in releases if release.release_id in chosen]
