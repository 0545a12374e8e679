"""How a source ended a run, and why.

What somebody should do next about how a run ended: one sentence for each cause.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum

from extractors.errors import CAUSES


class Outcome(StrEnum):
    """The ways a source can end a run; `worst_first` is the order of alarm."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EMPTY_EXPECTED = "empty_expected"
    EMPTY_SUSPICIOUS = "empty_suspicious"
    BLOCKED = "blocked"
    DRIFTED = "drifted"
    PARTIAL = "partial"
    FAILED = "failed"
    SKIPPED = "skipped"


GOOD = frozenset({Outcome.CHANGED, Outcome.UNCHANGED, Outcome.EMPTY_EXPECTED, Outcome.SKIPPED})
"""Outcomes after which nobody has to look."""

_CELLS = 5
"""So many revised rows are named in the summary; `ops_changes` has them all."""
DRIFT_PAGES, DRIFT_SHARE = 3, 0.1
"""This many pages of a new layout, or this share of those read, is no accident."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that went wrong or looks odd: where, which rule or cause, what in words."""

    rule: str
    url: str
    value: str
    detail: str

    def __str__(self) -> str:
        value = f" ({self.value})" if self.value else ""
        place = f" at {self.url}" if self.url else ""
        return f"{self.rule}: {self.detail}{value}{place}"


@dataclass
class Tally:
    """What one source did in one run. parsed = accepted + quarantined + duplicates.

    `silent` counts, by host, the requests in a row to which no answer came.
    """

    source: str
    fetched: int = 0
    not_modified: int = 0
    pages_read: int = 0
    parsed: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    new: int = 0
    revised: int = 0
    walls: list[Issue] = field(default_factory=list)
    failures: list[Issue] = field(default_factory=list)
    unanswered: dict[str, Issue] = field(default_factory=dict)
    silent: dict[str, int] = field(default_factory=dict)
    fatal: list[Issue] = field(default_factory=list)
    layouts: list[Issue] = field(default_factory=list)
    list_layouts: list[Issue] = field(default_factory=list)
    signals: list[Issue] = field(default_factory=list)
    remarks: list[Issue] = field(default_factory=list)
    stale: list[Issue] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    revisions: list[str] = field(default_factory=list)
    revised_cells: list[tuple[str, str]] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    is_due: bool = True

    @property
    def changes(self) -> list[str]:
        """What changed, in words: `3 added to seee_quotes`, revisions by column, and what went."""
        added = [f"{n:,} added to {table}" for table, n in self.added.items()]
        return added + self.revisions + self.retired

    @property
    def summary(self) -> str:
        """The same in one line: `2 bulletins added, 1 revised: close_cny_per_t of 2024-06-25`."""
        cells: dict[str, list[str]] = {}
        for table, cell in self.revised_cells:
            cells.setdefault(table, []).append(cell)
        told = []
        for table in self.added.keys() | cells.keys():
            added, revised = self.added.get(table, 0), cells.get(table, [])
            noun = table.partition("_")[2].replace("_", " ")
            parts = [f"{added:,} {noun if added != 1 else noun.removesuffix('s')} added"]
            if revised:
                more = f" and {len(revised) - _CELLS} more" if len(revised) > _CELLS else ""
                which = "; ".join(revised[:_CELLS]) + more
                parts.append(f"{len(revised):,} revised: {which}")
            told.append((table, ", ".join(parts if added else [f"{noun}: {parts[-1]}"])))
        if self.retired:
            told.append(("~", f"{len(self.retired):,} gone"))
        return "; ".join(line for _, line in sorted(told))

    def add(self, other: Tally) -> None:
        """Add what a part of the run did."""
        for each in fields(self):
            mine, more = getattr(self, each.name), getattr(other, each.name)
            if each.name == "added":
                for table, count in more.items():
                    mine[table] = mine.get(table, 0) + count
            elif isinstance(mine, dict):
                mine.update(more)
            elif isinstance(mine, (int, list)) and not isinstance(mine, bool):
                setattr(self, each.name, mine + more)

    def conserve(self) -> None:
        """Raise where a record got lost on the way."""
        if self.parsed != self.accepted + self.quarantined + self.duplicates:
            raise RuntimeError(
                f"{self.source}: {self.parsed} records parsed, but {self.accepted} accepted "
                f"+ {self.quarantined} quarantined + {self.duplicates} duplicates"
            )


def decide(tally: Tally) -> tuple[Outcome, Issue | None]:
    """The outcome of a run and the trouble that explains it, the gravest first."""
    has_drifted = len(tally.layouts) >= max(DRIFT_PAGES, DRIFT_SHARE * tally.pages_read)
    empty = [s for s in tally.signals if s.rule == "empty_list"]
    moved = tally.new + tally.revised + len(tally.retired)
    if tally.walls:
        return Outcome.BLOCKED, tally.walls[0]
    if tally.list_layouts or (tally.layouts and has_drifted):
        return Outcome.DRIFTED, (tally.list_layouts or tally.layouts)[0]
    if tally.fatal:
        reached = tally.fetched + tally.not_modified
        return (Outcome.PARTIAL if reached else Outcome.FAILED), tally.fatal[0]
    if (empty or tally.stale) and not moved:
        return Outcome.EMPTY_SUSPICIOUS, (empty or tally.stale)[0]
    for issues in (tally.failures, tally.layouts, tally.signals, tally.stale):
        if issues:
            return Outcome.PARTIAL, issues[0]
    if moved:
        return Outcome.CHANGED, None
    return (Outcome.UNCHANGED if tally.is_due else Outcome.EMPTY_EXPECTED), None


_RULES = {
    "empty_list": "Open the list in a browser: if it is not empty there, its markup has changed "
    "and the source's reader has to be mended; nothing was taken from the store.",
    "list_missing": CAUSES["moved"],
    "list_truncated": "Open the list's last page in a browser; the next run walks it again.",
    "list_unsteady": "The list changed while it was paged: the next run walks it again.",
    "column_missing": "Open the exchange's site in a browser, and ingest its closure notice.",
    "search_failed": "Open the search in a browser; a notice that is known can be ingested.",
    "not_asked": "Its host was closed to this run by what came before: mend that first.",
    "disabled": "Take the source out of CARBONMART_DISABLED when it may be asked again; name one "
    "that is off by default in CARBONMART_ENABLED.",
    "correction_refused": "See `carbonmart corrections`: the source does not say any more what "
    "the entry expects.",
    "in_the_future": "See `carbonmart quarantine`: set right the clock of whoever saved the page, "
    "and save it again (`ingest --saved-at` says when it was saved).",
    "IncompleteSource": "Put the part it names in the source's folder, or mend the file; all other "
    "sources go on without it.",
    "left_out": "Save those pages again as whole responses (a browser's own archiver does).",
    "archive_cut": "Save the web archive again: the file ends early.",
    "ArchiveError": "The archive could not be written or read: look at the disk's space and "
    "permissions, then `carbonmart check --bytes`; the next run completes it.",
    "Damaged": "A file of the store is not as it was written: `carbonmart check --bytes` names all "
    "that are, `carbonmart repair` says what it would make anew.",
    "WarehouseError": "A table could not be written or read: look at the disk's space and "
    "permissions; the next run completes it.",
}
_OUTCOMES = {
    Outcome.BLOCKED: CAUSES["wall"],
    Outcome.DRIFTED: CAUSES["layout"],
    Outcome.EMPTY_SUSPICIOUS: "What is due is not there: look at the publisher's site; if it is "
    "there, the list that is read has stopped or moved. The next run asks again.",
    Outcome.PARTIAL: "What came is in. Look at what the report names (`carbonmart quarantine` for "
    "refused records); the next run asks for the rest.",
    Outcome.FAILED: "An error of carbonmart itself or of its machine: the archive keeps the "
    "bytes, and the next run takes up from there. Run it with CARBONMART_LOG_LEVEL=debug.",
}


def next_step(outcome: Outcome, why: Issue | None) -> str | None:
    """The next step in words; None where there is nothing to do."""
    if why is None or (outcome in GOOD and outcome is not Outcome.SKIPPED):
        return None
    return {**CAUSES, **_RULES}.get(why.rule) or _OUTCOMES.get(outcome)
