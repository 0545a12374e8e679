"""Whether a mart may enter the next release: with the very rows it follows from, or not at all.

Each mart is judged by itself. Its own gates are asked where it moved; and as long as one of
its inputs is held back, what was derived from that input's new rows is held back with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flows.core.errors import named_error
from flows.stages.release.table_gates import (
    IDENTITIES,
    Held,
    ask_gates,
    in_words,
    pin_now,
    same_statements,
)
from schemas.contracts.gate_files import Declaration
from schemas.contracts.gates import Gates, Result
from schemas.registry import TABLES
from warehouse.errors import Damaged
from warehouse.store.releases import Pinned, Release

if TYPE_CHECKING:
    from flows.core.context import RunContext
    from flows.stages.release.build_marts import Derived

MARTS_SOURCE = "marts"
"""The source of the marts in a release."""
DERIVED = "derived"


@dataclass(frozen=True)
class JudgedMarts:
    """The marts at the end of a night.

    `pinned` are those that passed their gates; `failed` maps the others to why. `held` are
    the failures as the report tells them.
    """

    pinned: tuple[Pinned, ...] = ()
    inputs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    results: tuple[Result, ...] = ()
    changed: tuple[Derived, ...] = ()
    failed_checks: tuple[str, ...] = ()

    def entering(
        self, context: RunContext, before: Mapping[str, Pinned], after: Mapping[str, Pinned]
    ) -> dict[str, Pinned]:
        """The marts of the next release, beside the tables `after`; stale where not fresh."""
        found: dict[str, Pinned] = {}
        for name, why in self.failed.items():
            if name in before:
                found[name] = before[name].stale(context.started_at, why)
        for mart in self.pinned:
            name = mart.table_name
            apart = _apart(context, after, self.inputs[name])
            if not apart:
                found[name] = mart
            elif name in before:
                told = f"rests on rows that are not released: {', '.join(apart)}"
                found[name] = before[name].stale(context.started_at, told)
        return found


def derived_and_judged(
    context: RunContext, made: Sequence[Release], gates: Declaration, beside: Mapping[str, Pinned]
) -> JudgedMarts:
    """Derive the marts and judge them; `beside` are the tables of the release to come.

    Never raises for what a recipe, a table or a disk can do: the released marts stand then, and
    all else is released without them. A mart of which an input can't be read is held back
    alone.
    """
    try:
        return _judged(context, made, gates, beside)
    except Exception as error:  # noqa: BLE001 - the sources are released without the marts
        told = f"{DERIVED}: {named_error(error)}"
        result = Result(DERIVED, MARTS_SOURCE, "marts", "none", "fail", told)
        names = [t.name for t in TABLES.values() if t.is_mart]
        held = Held(MARTS_SOURCE, told, by_gate=True)
        return JudgedMarts((), {}, dict.fromkeys(names, told), (held,), (result,))


def _judged(
    context: RunContext, made: Sequence[Release], gates: Declaration, beside: Mapping[str, Pinned]
) -> JudgedMarts:
    from flows.stages.release.build_marts import Failures, derive, last_derived

    failures = Failures()
    known = last_derived(context.warehouse)
    coming = {name: pinned.table_version for name, pinned in beside.items()}
    moved = derive(context, known, failures, coming)
    known |= {one.name: one for one in moved}
    broken_checks = _checked(context) if moved else []
    released_now = {p.table_name: p for p in made[-1].tables} if made else {}
    released = {n: p for n, p in released_now.items() if p.source == MARTS_SOURCE}
    pinned: list[Pinned] = []
    failed: dict[str, str] = {}
    results: list[Result] = []

    def judge(name: str, last: Derived) -> None:
        own = released.get(name)
        try:
            found = pin_now(context, TABLES[name], MARTS_SOURCE, own)
        except Damaged as error:
            failed[name] = str(error)
            return
        if found is None or found.table_version != last.version:
            return  # another run is at it: it will release what it derived
        if own and same_statements(context, name, own.table_version, found.table_version):
            found = own  # only its files were joined
        if wrong := [told for tables, told in broken_checks if tables & {name, *last.inputs}]:
            failed[name] = f"{IDENTITIES}: {'; '.join(wrong)}"
            return
        is_apart = _apart(context, beside, last.inputs) != []
        # What rests on rows that are held back waits with them, whatever its gates would say.
        asked: tuple[Result, ...] = ()
        if found is not own and not is_apart and name in gates.tables:
            own_gates = _for_growth(gates.tables[name], own, released_now, beside, last.inputs)
            asked = ask_gates(context, {name: found}, made, MARTS_SOURCE, {name: own_gates})
        results.extend(asked)
        if broken := [result for result in asked if result.verdict == "fail"]:
            failed[name] = in_words(broken)
        else:
            pinned.append(replace(found, status="fresh", stale_since=None, reason=None))

    for name, last in known.items():
        with failures.of(name):
            if name not in failures.why:
                judge(name, last)
    for name, why in failures.why.items():
        failed[name] = f"{DERIVED}: {why}"
        results.append(Result(DERIVED, name, "a mart", "none", "fail", why))
    return JudgedMarts(
        tuple(pinned),
        {name: last.inputs for name, last in known.items()},
        failed,
        tuple(
            Held(name, why, by_gate=not why.startswith(IDENTITIES)) for name, why in failed.items()
        ),
        tuple(results),
        tuple(one for one in moved if one.is_changed),
        tuple(told.partition(" at ")[0] for _, told in broken_checks),
    )


def _for_growth(
    gates: Gates,
    own: Pinned | None,
    before: Mapping[str, Pinned],
    after: Mapping[str, Pinned],
    inputs: Iterable[str],
) -> Gates:
    """The gates of a mart whose inputs have grown: a day that was half held says more once the
    rest of it comes, so each new row of an input may revise one of the mart's."""
    if gates.min_unrevised is None or not own or not own.row_count:
        return gates
    grown = sum(
        max(
            0,
            after[name].row_count - before[name].row_count
            if name in before
            else after[name].row_count,
        )
        for name in inputs
        if name in after
    )
    return replace(gates, min_unrevised=max(0.0, gates.min_unrevised - grown / own.row_count))


def _checked(context: RunContext) -> list[tuple[set[str], str]]:
    """Ask the checks between sources and of the marts, and book them: the tables of each hard
    one that failed, and what it found. Failures that somebody has accepted count for none."""
    from flows.stages.checks.reconcile import between, record

    asked = list(between(context))
    record(context, asked)
    return [
        (
            set(one.check.tables),
            f"{one.check.name} at {one.broken[0][0]}: expected {one.broken[0][1]}, "
            f"found {one.broken[0][2]}",
        )
        for one in asked
        if one.verdict == "fail"
    ]


def _apart(
    context: RunContext, after: Mapping[str, Pinned], inputs: Mapping[str, int]
) -> list[str]:
    """The inputs of which the release holds other rows than the mart follows from."""
    return [name for name, version in inputs.items() if not _holds(context, after, name, version)]


def _holds(context: RunContext, after: Mapping[str, Pinned], name: str, version: int) -> bool:
    """Whether the release has what the table said at the version, however its files lie."""
    pinned = after.get(name)
    if pinned is None:
        return False
    try:
        return same_statements(context, name, version, pinned.table_version)
    except Exception:  # noqa: BLE001 - what can't be compared is not known to be the same
        return False
