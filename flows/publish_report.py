"""What is said of a publication: in the run report, by the command, and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.publishing import Published
    from warehouse.publication.publish import Publication


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
