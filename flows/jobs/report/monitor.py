"""What a look at the store is shown as: rows for people, a document for scripts."""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from flows.stages.monitor.model import STORE

if TYPE_CHECKING:
    from flows.jobs.report.result import MonitorResult
    from flows.stages.monitor.notify import Notified


def as_json(watched: MonitorResult) -> dict[str, Any]:
    """All of it for scripts."""
    told = watched.told
    return {
        "home": watched.home,
        "is_sample": watched.is_sample,
        "looked_at": watched.look.context.started_at,
        "exit_code": watched.exit_code,
        "findings": [asdict(finding) for finding in watched.findings],
        **incidents_json(told),
    }


def incidents_json(told: Notified) -> dict[str, Any]:
    """What was opened, what is over, what is open, and who was told."""
    return {
        "opened": [asdict(incident) for incident in told.opened],
        "recovered": [asdict(incident) for incident in told.recovered],
        "open": [asdict(incident) for incident in told.still_open],
        "sent_to": told.sent_to,
        "errors": told.errors,
    }


def as_rows(watched: MonitorResult) -> list[dict[str, Any]]:
    """One row per finding, what has to be looked at first."""
    order = {"fail": 0, "warn": 1, "pass": 2}
    return [
        {
            "verdict": finding.verdict,
            "source": finding.source,
            "check": finding.check,
            "scope": finding.scope,
            "told": finding.told,
        }
        for finding in sorted(watched.findings, key=lambda finding: order[finding.verdict])
    ]


def incidents_markdown(watched: MonitorResult | None) -> str:
    """The incidents that stand after a run and what became of others, for Prefect."""
    if watched is None:
        return "# incidents\n\nThe store could not be looked at: the log says why.\n"
    told = watched.told
    lines = [f"# incidents, {_cell(watched.home)}", ""]
    if told.still_open:
        lines += ["| since (UTC) | source | what | next step |", "| --- | --- | --- | --- |"]
    for incident in sorted(told.still_open, key=lambda each: each.opened_at):
        what = " ".join(filter(None, (incident.check_name, incident.scope)))
        row = (incident.source, f"{what}: {incident.told}", incident.next_step or "")
        cells = (f"{incident.opened_at:%Y-%m-%d %H:%M}", *row)
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    if not told.still_open:
        lines.append("none")
    if turned := turns(told):
        lines += ["", *(f"- {_cell(line)}" for line in turned)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Words as one cell of a Markdown table; a page's markup in them is shown, not obeyed."""
    shown = escape(" ".join(text.split()), quote=False).replace("|", "\\|")
    return shown.replace("[", "&#91;").replace("`", "&#96;")


def notes(watched: MonitorResult) -> list[str]:
    """The next steps, each once, and what became of incidents: for people."""
    told = watched.told
    # What the store itself warns of is about to be an alarm: a year that nobody has announced.
    warned = [f for f in watched.findings if f.verdict == "warn" and f.source == STORE]
    steps = dict.fromkeys(f.next_step for f in (*watched.look.failed, *warned) if f.next_step)
    lines = [f"next step: {step}" for step in steps]
    lines += turns(told)
    failed = len(watched.look.failed)
    return [*lines, f"{failed} to look at" if failed else "nothing to look at"]


def turns(told: Notified) -> list[str]:
    """What was opened, what is over, who was told."""
    lines = [f"incident opened: {incident.name}" for incident in told.opened]
    lines += [f"incident over: {incident.name}" for incident in told.recovered]
    if told.sent_to:
        lines.append(f"told: {', '.join(told.sent_to)}")
    return lines + [f"not done: {error}" for error in told.errors]
