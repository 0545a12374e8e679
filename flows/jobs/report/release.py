"""What the run report says of the night's release: in lines, and for scripts.

What is said of a publication: in the run report, by the command, and for scripts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.core.query.format import age

if TYPE_CHECKING:
    from flows.stages.release.held_rows import HeldBack
    from flows.stages.release.publish import Published
    from flows.stages.release.release import Released
    from flows.stages.release.table_gates import Held
    from warehouse.publication.publish import Publication


def release_lines(released: Released | None) -> list[str]:
    """The release, what was held back and why, what is stale and for how long."""
    if released is None:
        return []
    now = datetime.now(UTC)
    lines = [_headline(released)]
    lines += [_held(held, now) for held in released.held]
    lines += [
        f"held back from {each.source}: {each.name} (revision {each.row[-1]}): {_said(each)}"
        for each in released.rows_held.rows
    ]
    held = {each.source for each in released.held}
    lines += [
        f"{source} is stale, {age(now - since)}: {reason}"
        for source, since, reason in _stale(released)
        if source not in held
    ]
    lines += [
        f"gate warns: {result.name} at {result.scope}: {result.found}, wanted {result.expected} "
        f"({result.evidence})"
        for result in released.warned
    ]
    return lines


def release_json(released: Released | None) -> dict[str, Any] | None:
    """The same for scripts; null where no release was tried."""
    if released is None:
        return None
    now = datetime.now(UTC)
    return {
        "release_id": released.release.release_id if released.release else None,
        "is_new": released.is_new,
        "versions": released.release.versions if released.release else {},
        "held": [
            {
                "source": held.source,
                "reason": held.reason,
                "by_gate": held.by_gate,
                "stale_since": held.stale_since,
                "stale_seconds": _seconds(held.stale_since, now),
            }
            for held in released.held
        ],
        "rows_held": [
            {
                "source": each.source,
                "row": each.name,
                "revision": int(each.row[-1]),
                "said": list(each.said),
            }
            for each in released.rows_held.rows
        ],
        "stale": [
            {
                "source": source,
                "reason": reason,
                "stale_since": since,
                "stale_seconds": _seconds(since, now),
            }
            for source, since, reason in _stale(released)
        ],
        "warnings": [f"{r.name} at {r.scope}: {r.found}, {r.expected}" for r in released.warned],
        "error": released.error or None,
    }


def _said(row: HeldBack) -> str:
    more = f"; and {len(row.said) - 1} more" if len(row.said) > 1 else ""
    return f"{row.said[0]}{more}" if row.said else "doubted"


def _headline(released: Released) -> str:
    release = released.release
    if released.error:
        stands = f"{release.release_id} stands" if release else "none is known"
        return f"release failed, {stands}: {released.error}"
    if release is None:
        return "release: none yet"
    if not released.is_new:
        return f"release {release.release_id} stands"
    from warehouse.store.releases import BOOKS

    tables = [pinned for pinned in release.tables if pinned.source != BOOKS]
    rows = sum(pinned.row_count for pinned in tables)
    return f"release {release.release_id}: {len(tables)} tables, {rows:,} rows"


def _held(held: Held, now: datetime) -> str:
    """Outcome and failed checks have their own places in the report: named here, not repeated."""
    from flows.stages.release.source_gates import OUTCOME
    from flows.stages.release.table_gates import IDENTITIES

    reason = held.reason
    if not held.by_gate and reason.startswith((OUTCOME, IDENTITIES)):
        reason = ":".join(reason.split(":")[:2]).partition(" (")[0]
    if held.stale_since is None:
        return f"{held.source} held back, never released: {reason}"
    return f"{held.source} held back, stale for {age(now - held.stale_since)}: {reason}"


def _stale(released: Released) -> list[tuple[str, datetime, str]]:
    """Each stale source of the current release, since when and why."""
    found: dict[str, tuple[str, datetime, str]] = {}
    for pinned in released.release.tables if released.release else ():
        if pinned.stale_since:
            told = (pinned.source, pinned.stale_since, pinned.reason or "")
            found.setdefault(pinned.source, told)
    return list(found.values())


def _seconds(since: datetime | None, now: datetime) -> int | None:
    return int((now - since).total_seconds()) if since else None


def published_lines(published: Published | None) -> list[str]:
    """The run report's lines; none where there was nothing to publish."""
    if published is None:
        return []
    if published.error:
        return [f"not published, what was published before stands: {published.error}"]
    return in_words(published.publication) if published.publication else []


def published_json(published: Published | None) -> dict[str, Any] | None:
    """The same for scripts; null where there was nothing to publish."""
    if published is None or (published.publication is None and not published.error):
        return None
    done = published.publication
    return {
        "release_id": done.release_id if done else None,
        "folder": done.folder if done else None,
        "is_latest": bool(done and done.is_latest),
        "pruned": done.pruned if done else [],
        "carried": done.carried if done else [],
        "failed_checks": list(published.failed_checks),
        "error": published.error or None,
    }


def as_document(done: Publication) -> dict[str, Any]:
    """A publication as one JSON object."""
    from dataclasses import asdict

    document = asdict(done)
    for finding, told in zip(done.findings, document["findings"], strict=True):
        told["is_same"] = finding.is_same
    return document


def in_words(done: Publication) -> list[str]:
    """A publication in lines for people."""
    what = "published" if done.is_new else "was published already"
    lines = [
        f"{done.release_id} {what}: {done.tables} tables, {done.files} files, "
        f"{done.bytes / 1e6:,.1f} MB in {done.folder}"
    ]
    lines += [f"{file.name}: {file.what}; written again" for file in done.mended]
    lines += [f"can't be read of {done.release_id}: {told}" for told in done.carried]
    if not done.is_latest:
        lines.append("latest.json and carbonmart.duckdb stay with the current release")
    if done.findings:
        same = sum(finding.is_same for finding in done.findings)
        lines.append(
            f"files against tables: {same} of {len(done.findings)} comparisons found the same rows"
        )
    if done.pruned:
        lines.append(f"pruned: {', '.join(done.pruned)}")
    return lines
