"""The run report: rows and notes for the terminal, Markdown for Prefect, JSON for scripts."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from flows.core.outcome import next_step
from flows.core.query.format import SAMPLE_NOTE
from flows.jobs.report.monitor import incidents_json, turns
from flows.jobs.report.release import published_json, published_lines, release_json, release_lines

if TYPE_CHECKING:
    from flows.core.outcome import Issue, Tally
    from flows.jobs.report.result import RunReport

COLUMNS = (
    "source",
    "outcome",
    "fetched",
    "304",
    "parsed",
    "accepted",
    "quarantined",
    "duplicates",
    "new",
    "revised",
    "seconds",
)
_SHOWN = 8


def as_rows(report: RunReport) -> list[dict[str, Any]]:
    """One row per source; parsed = accepted + quarantined + duplicates."""
    return [
        {
            "source": run.source,
            "outcome": str(run.outcome),
            "fetched": run.tally.fetched,
            "304": run.tally.not_modified,
            "parsed": run.tally.parsed,
            "accepted": run.tally.accepted,
            "quarantined": run.tally.quarantined,
            "duplicates": run.tally.duplicates,
            "new": run.tally.new,
            "revised": run.tally.revised,
            "seconds": round(run.seconds, 1),
        }
        for run in report.runs
    ]


def as_json(report: RunReport) -> dict[str, Any]:
    """Everything a script may want to know of the night."""
    return {
        "run_id": report.run_id,
        "job": report.job,
        "home": report.home,
        "is_sample": report.is_sample,
        "exit_code": report.exit_code,
        "seconds": round(report.seconds, 1),
        "mended": report.mended,
        "release": release_json(report.released),
        "published": published_json(report.published),
        "incidents": incidents_json(report.watched.told) if report.watched else None,
        "sources": [
            row
            | {
                "why": str(run.why) if run.why else None,
                "next_step": next_step(run.outcome, run.why),
                "summary": run.tally.summary,
                "changes": run.tally.changes,
                "failed_checks": run.failed_checks,
                "troubles": [str(issue) for issue in issues(run.tally)],
                "remarks": [str(remark) for remark in run.tally.remarks],
            }
            for row, run in zip(as_rows(report), report.runs, strict=True)
        ],
    }


def issues(tally: Tally) -> list[Issue]:
    """All that somebody has to look at, the gravest first."""
    groups = ("walls", "list_layouts", "fatal", "layouts", "failures", "signals", "stale")
    return [issue for group in groups for issue in getattr(tally, group)]


def notes(report: RunReport) -> list[str]:
    """What changed and what went wrong, in words: one line a rule, with its first case."""
    told: list[str] = list(report.mended)
    for run in report.runs:
        if run.tally.revised_cells:
            told.append(f"changed in {run.source}: {run.tally.summary}")
        told += [f"{run.source}: {change}" for change in run.tally.changes[:_SHOWN]]
        if (more := len(run.tally.changes) - _SHOWN) > 0:
            told.append(f"{run.source}: ... and {more} more changes")
        told += [f"{run.source}: check failed: {name}" for name in run.failed_checks]
        told += [f"{run.source}: {line}" for line in _by_rule(issues(run.tally))]
        step = next_step(run.outcome, run.why)
        if step and step not in str(run.why):
            told.append(f"next step for {run.source}: {step}")
        told += [f"{run.source}, note: {line}" for line in _by_rule(run.tally.remarks)]
    told += release_lines(report.released) + published_lines(report.published)
    return told + (turns(report.watched.told) if report.watched else [])


def _by_rule(found: list[Issue]) -> list[str]:
    """`rule: first case`, with the number of further cases; all of them are in the books."""
    rules: dict[str, list[Issue]] = {}
    for issue in found:
        rules.setdefault(issue.rule, []).append(issue)
    return [
        str(cases[0]) + (f"; and {len(cases) - 1} more" if len(cases) > 1 else "")
        for cases in rules.values()
    ]


def shown_as_it_is(text: str) -> str:
    """A text in Markdown in which a page's own markup is shown, not obeyed: no element, no link,
    no image that a browser would fetch."""
    return escape(" ".join(text.split()), quote=False).replace("[", "&#91;").replace("`", "&#96;")


def as_artifact(report: RunReport) -> str:
    """The report for Prefect's pages, which obey what Markdown says."""
    return as_markdown(report, note=shown_as_it_is)


def as_markdown(report: RunReport, note: Callable[[str], str] = str) -> str:
    """The report as a Markdown table with notes below it, each as `note` writes it."""
    lines = [f"# {report.job} {report.run_id}", ""]
    lines += ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += [
        "| " + " | ".join(str(row[name]) for name in COLUMNS) + " |" for row in as_rows(report)
    ]
    lines += ["", *(f"- {note(line)}" for line in notes(report))]
    if report.is_sample:
        lines += ["", SAMPLE_NOTE]
    return "\n".join(lines) + "\n"
