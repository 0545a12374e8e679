"""All checks that hold figures against one another: of every source, between sources, of marts.

A night asks those of its sources for what is new; `reconcile` asks all of them of everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from flows.core.clock import clock_behind
from flows.core.errors import named_error
from flows.core.query.sql import WORKING, Snapshot
from flows.core.settings import Settings
from schemas.contracts.gate_files import Declaration
from schemas.ops.tables import OPS_CHECKS
from schemas.trading import LAUNCH
from transforms.checks import Check, CheckFinding
from transforms.marts.checks import MARKET, MART_CHECKS
from warehouse.store.trading import said_by_persons

if TYPE_CHECKING:
    from flows.core.context import RunContext

BETWEEN = "marts"
"""The source of checks that are of no single source."""


@dataclass(frozen=True)
class CheckResult:
    """A check as it was asked: what it found, and what of that somebody has accepted."""

    source: str
    check: Check
    findings: tuple[CheckFinding, ...]
    gates: Declaration = field(default_factory=lambda: Declaration({}))

    @property
    def broken(self) -> list[CheckFinding]:
        """The findings that nobody has accepted."""
        return [one for one in self.findings if not self.accepts(one)]

    def accepts(self, one: CheckFinding) -> bool:
        """Whether somebody has accepted it."""
        return self.gates.accepts(self.check.name, one.scope, one.suspects)

    @property
    def verdict(self) -> str:
        if not self.findings:
            return "pass"
        return "fail" if self.check.is_hard and self.broken else "warn"


def reconcile(
    settings: Settings, snapshot: Snapshot, sources: Sequence[str] = (), *, books: bool = False
) -> list[CheckResult]:
    """Ask every check of what the snapshot holds; `books` the answers, which are of the present.

    Raises `UnknownSource`, `WrongHome`.
    """
    from flows.core.context import RunContext
    from warehouse.store.home import open_home

    context = RunContext(open_home(settings.home, None), settings, job="reconcile")
    asked = list(_ask_all(context, snapshot, sources))
    if books and not clock_behind(context):
        record(context, asked)
    return asked


def said_of_held(settings: Settings, source: str | None = None) -> dict[str, str]:
    """What hard checks say, with both sides, against each fact out of prose that is held back."""
    from schemas.registry import FACTS
    from warehouse.store.held import held, row_name
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    warehouse = Warehouse(open_home(settings.home, None).path)
    said: dict[str, str] = {}
    for name, shape in FACTS.items():
        if source not in (None, name):
            continue
        rows = {row_name(shape.table, row[:-1]) for row in held(warehouse, shape.table)}
        for one in reconcile(settings, WORKING, [name]) if rows else ():
            for finding in one.findings if one.check.is_hard else ():
                told = f"{one.check.name}: {_told(finding)} ({_text(finding.evidence)})"
                for row in rows.intersection(finding.suspects):
                    said[row] = f"{said[row]}; {told}" if row in said else told
    return said


def record(context: RunContext, asked: Sequence[CheckResult]) -> None:
    """Write the answers to `ops_checks`."""
    rows = [row for one in asked for row in _rows(context, one)]
    context.warehouse.append_log(OPS_CHECKS, rows, run_id=context.run_id)


def _ask_all(
    context: RunContext, snapshot: Snapshot, sources: Sequence[str]
) -> Iterator[CheckResult]:
    from flows.core.query.gates import gates_of
    from flows.core.sources import known, pipeline

    said_by_persons(context.home.path)
    store = _Store(context, snapshot, gates_of(context.settings))
    is_sample = context.home.kind == "sample"
    for name in known(sources):
        try:
            owner = pipeline(name, is_sample=is_sample)
            due = context.due_day(owner.source)
            if due is not None:
                yield from store.ask(name, owner.checks, owner.source.first_day, due)
        except Exception as error:  # noqa: BLE001 - one source's trouble ends no other's checks
            yield _unasked(name, error)
    if not sources:
        try:
            yield from between(context, snapshot=snapshot)
        except Exception as error:  # noqa: BLE001 - the sources' answers stand
            yield _unasked(BETWEEN, error)


def _unasked(source: str, error: Exception) -> CheckResult:
    """What stands in place of checks of which none could be asked."""
    check = Check("checks_asked", "its checks can be asked", "", ())
    told = named_error(error)
    found = CheckFinding("unasked", "an answer", told, None, source)
    return CheckResult(source, check, (found,))


def between(
    context: RunContext, since: date = LAUNCH, snapshot: Snapshot | None = None
) -> Iterator[CheckResult]:
    """The checks between sources and of the marts."""
    from flows.core.query.gates import gates_of
    from flows.core.sources import declaration

    due = context.due_day(declaration(MARKET, is_sample=context.home.kind == "sample"))
    if due is not None:
        store = _Store(context, snapshot or WORKING, gates_of(context.settings))
        yield from store.ask(BETWEEN, MART_CHECKS, since, due)


@dataclass(frozen=True)
class _Store:
    """What is asked, as of when, and which failures somebody has accepted."""

    context: RunContext
    snapshot: Snapshot
    gates: Declaration

    def ask(
        self, source: str, checks: Sequence[Check], since: date, due: date
    ) -> Iterator[CheckResult]:
        """Each check whose tables are held."""
        from flows.stages.checks.source_checks import findings_of, tables_of
        from flows.stages.checks.window import CheckWindow

        warehouse, at = self.context.warehouse, self.snapshot
        window = CheckWindow(since, due, self.context.calendar)
        tables = tables_of(checks)
        held = {table for table in tables if warehouse.version(table) is not None}
        if not held:
            return
        versions = {name: v for name, v in at.versions.items() if name in tables} or None
        with warehouse.connect(*tables, as_of=at.as_of, versions=versions) as connection:
            for check, found in findings_of(connection, held, checks, window):
                yield CheckResult(source, check, tuple(found), self.gates)


def _rows(context: RunContext, asked: CheckResult) -> list[dict[str, Any]]:
    from flows.stages.checks.source_checks import row_of

    if not asked.findings:
        return [row_of(context, asked.check, None)]
    return [row_of(context, asked.check, finding) for finding in asked.findings]


def as_rows(asked: Sequence[CheckResult]) -> list[dict[str, Any]]:
    """A line for each check: for the terminal."""
    return [
        {
            "source": one.source,
            "check": one.check.name,
            "kind": "hard" if one.check.is_hard else "soft",
            "verdict": one.verdict,
            "findings": len(one.findings),
            "first": _told(one.findings[0]) if one.findings else "",
            "says": one.check.says,
        }
        for one in asked
    ]


_NONE = CheckFinding("all", None, None, None, None)


def as_documents(asked: Sequence[CheckResult]) -> list[dict[str, Any]]:
    """A row for each finding, and for each check that found nothing: for pages and scripts."""
    found: list[dict[str, Any]] = []
    for one in asked:
        head = {"source": one.source, "check": one.check.name, "says": one.check.says}
        tail = {"tolerance": one.check.tolerance}
        for finding in one.findings or (_NONE,):
            scope, expected, got, difference, evidence, suspects = finding
            found.append(
                {
                    **head,
                    "scope": str(scope),
                    "expected": _text(expected),
                    "found": _text(got),
                    "difference": _text(difference),
                    **tail,
                    "verdict": "accepted" if one.accepts(finding) else one.verdict,
                    "evidence": _text(evidence),
                    "suspects": list(suspects),
                }
            )
    return found


def _told(finding: CheckFinding) -> str:
    scope, expected, found, *_ = finding
    return f"{scope}: {_text(expected)}, found {_text(found)}"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def exit_code(asked: Sequence[CheckResult]) -> int:
    """5 if a hard check failed and nobody has accepted it."""
    return 5 if any(one.verdict == "fail" for one in asked) else 0
