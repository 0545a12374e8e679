"""Which rows stay out of a release, so that no hard check fails over what enters it.

A finding names its suspects: the rows that can be at fault. What a release has shown stays; of
the others those few are held back without which no check fails, the row that most findings
name first. Each run decides anew, so that a row enters as soon as the right one stands beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from flows.core.context import RunContext
from flows.core.sources import Pipeline
from flows.stages.checks.source_checks import findings_of, tables_of, unreleased_since
from flows.stages.checks.window import CheckWindow
from schemas.contracts.gate_files import Declaration
from schemas.core.table import Table
from transforms.checks import Check, CheckFinding
from warehouse.errors import WarehouseError
from warehouse.model import HeldRow
from warehouse.store.held import Unreleased, row_name
from warehouse.store.releases import Release

MOST, MOST_TOGETHER = 50, 5_000
"""So many rows of a source are told apart as wrong, one by one or as a series; of more it is
held back whole."""
_COMPARED = 6
"""So many rows that are named equally often are tried one by one."""
Broken = tuple[Check, CheckFinding]
Row = tuple[str, HeldRow]
"""A table and a row of it."""
Contested = tuple[Broken, list[Row]]
"""A finding, and the rows that can be at fault of it."""


@dataclass(frozen=True)
class HeldBack:
    """A row that no reader sees, and what is said against it."""

    source: str
    table: Table
    row: HeldRow
    said: tuple[str, ...]

    @property
    def name(self) -> str:
        return row_name(self.table, self.row[:-1])


@dataclass(frozen=True)
class Withheld:
    """What a release leaves out of its sources; what fails all the same, by source; and why a
    source could not be asked."""

    rows: tuple[HeldBack, ...] = ()
    unsettled: Mapping[str, tuple[Broken, ...]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def of(self, table: Table) -> list[HeldRow]:
        """The rows of the table that are held back."""
        return [each.row for each in self.rows if each.table is table]

    def beside(self, other: Withheld) -> Withheld:
        """Both."""
        return Withheld(
            self.rows + other.rows,
            {**self.unsettled, **other.unsettled},
            {**self.broken, **other.broken},
        )


@dataclass(frozen=True)
class Neighbours:
    """What a source is settled beside: the last release, gates with what somebody has accepted,
    and of the run's other sources (`entering`) what they leave out."""

    released: Release | None
    gates: Declaration
    entering: Sequence[Pipeline] = ()
    withheld: Withheld = field(default_factory=Withheld)


def reads_others(context: RunContext, pipeline: Pipeline) -> bool:
    """Whether a hard check of the source reads another's tables, and the store has any of them."""
    own = {table.name for table in pipeline.tables}
    read = tables_of(check for check in pipeline.checks if check.is_hard)
    return any(context.warehouse.version(name) is not None for name in read if name not in own)


def settled(context: RunContext, pipeline: Pipeline, around: Neighbours) -> Withheld:
    """The rows of the source to hold back from the release."""
    return _Court(context, pipeline, around).settle()


@dataclass(frozen=True)
class _Court:
    context: RunContext
    pipeline: Pipeline
    around: Neighbours
    _seen: dict[str, list[Row]] = field(default_factory=dict)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.name: table for table in self.pipeline.tables}

    @cached_property
    def _window(self) -> CheckWindow | None:
        """From the earliest row that is not released to the last day due; None for no row."""
        since = unreleased_since(self.context, self.pipeline)
        due = self.context.due_day(self.pipeline.source)
        return CheckWindow(since, due, self.context.calendar) if since and due else None

    def settle(self) -> Withheld:
        if self._window is None:
            return Withheld()
        name = self.pipeline.source.name
        held: dict[Row, list[str]] = {}
        together: set[Row] = set()
        first = self._broken(())
        unsettled = [one for one in first if not one[1].suspects]
        contested = seen = self._contested(first, held)
        while contested:
            groups = [(group, _alike(group)) for group in _groups(contested)]
            joint = {row for _, alike in groups for row in alike}
            together |= joint
            against = [*first, *(one for one, _ in contested)]
            alone = self._at_fault([group for group, alike in groups if not alike], held)
            for row in (*sorted(joint), *alone):
                held[row] = [_told(*one) for one in self._against(against, row)]
            if len(held.keys() - together) > MOST or len(together) > MOST_TOGETHER:
                return Withheld(unsettled={name: tuple(first)})
            contested = self._contested(self._broken(held), held)
            seen = seen + contested
        held = self._fewest(seen, held, together)
        rows = [
            HeldBack(name, self._tables[table], row, tuple(dict.fromkeys(said)))
            for (table, row), said in held.items()
        ]
        return Withheld(tuple(rows), {name: tuple(unsettled)} if unsettled else {})

    def _broken(self, without: Collection[Row], only: Collection[str] = ()) -> list[Broken]:
        """What hard checks (or `only` those named) find, but for what somebody has accepted."""
        assert self._window is not None
        checks = [c for c in self.pipeline.checks if c.is_hard and (not only or c.name in only)]
        warehouse, names = self.context.warehouse, tables_of(checks)
        released = self.around.released.versions if self.around.released else {}
        own = {table.name: list[HeldRow]() for table in self.pipeline.tables}
        left_out = own | {
            table.name: self.around.withheld.of(table)
            for each in self.around.entering
            for table in each.tables
        }
        for table, row in without:
            left_out[table].append(row)
        versions = {name: released.get(name) for name in names if name not in left_out}
        # Another source's table that can't be read is told by that one, and is empty here.
        versions |= dict.fromkeys(self._unreadable([n for n in names if n not in own], versions))
        present = {n for n in names if versions.get(n, warehouse.version(n)) is not None}
        with warehouse.connect(*names, versions=versions, without=left_out) as connection:
            return [
                (check, finding)
                for check, found in findings_of(connection, present, checks, self._window)
                for finding in found
                if not self.around.gates.accepts(check.name, finding.scope, finding.suspects)
            ]

    def _unreadable(
        self, names: Sequence[str], versions: Mapping[str, int | None]
    ) -> Iterator[str]:
        for name in names:
            at = {name: versions[name]} if name in versions else None
            try:
                self.context.warehouse.source(name, versions=at)
            except WarehouseError:
                yield name

    def _contested(self, broken: Sequence[Broken], held: Collection[Row]) -> list[Contested]:
        """The findings that rows which are not released can be at fault of, with those rows."""
        self._look_up({name for _, finding in broken for name in finding.suspects})
        found = []
        for one in broken:
            rows = [row for name in one[1].suspects for row in self._seen[name] if row not in held]
            if rows:
                found.append((one, rows))
        return found

    def _look_up(self, names: Iterable[str]) -> None:
        wanted = [name for name in names if name not in self._seen]
        self._seen.update((name, []) for name in wanted)
        released = self.around.released.versions if self.around.released else {}
        for name, table in self._tables.items():
            mine = [each for each in wanted if each.partition(" ")[0] == name]
            if not mine:
                continue
            before = released.get(name)
            found = Unreleased(self.context.warehouse, table, before).named(mine)
            self._seen.update((each, [(name, row) for row in rows]) for each, rows in found.items())

    def _at_fault(self, groups: Sequence[list[Contested]], held: Collection[Row]) -> list[Row]:
        """Of each group the row of most findings; of equals the one without which the fewest are
        left, and of those the one that gives way first.

        Groups share no row, so that one look tries a row of each: fifty days in doubt cost no more
        than one.
        """
        tied = [_named_most(group)[:_COMPARED] for group in groups]
        chosen = [rows[0] for rows in tied]
        names = [{name for one, _ in group for name in one[1].suspects} for group in groups]
        checks = {one[0].name for group in groups for one, _ in group}
        fewest: list[float] = [inf] * len(groups)
        open_ones = [number for number, rows in enumerate(tied) if len(rows) > 1]
        for turn in range(max((len(tied[number]) for number in open_ones), default=0)):
            trying = {
                number: tied[number][turn] for number in open_ones if turn < len(tied[number])
            }
            broken = self._broken([*held, *trying.values()], checks)
            for number, row in trying.items():
                left = sum(1 for _, finding in broken if names[number] & set(finding.suspects))
                if left < fewest[number]:
                    fewest[number], chosen[number] = left, row
        return chosen

    def _fewest(
        self, seen: Sequence[Contested], held: dict[Row, list[str]], together: Collection[Row]
    ) -> dict[Row, list[str]]:
        """Without the rows that need not be held back once the others are.

        Of a row that no other held one shares a finding with, the finding would be back.
        """
        shared = [[row for row in rows if row in held] for _, rows in seen]
        doubtful = {row for rows in shared if len(rows) > 1 for row in rows} - set(together)
        for row in [row for row in held if row in doubtful]:
            rest = [each for each in held if each != row]
            if not self._contested(self._broken(rest), rest):
                del held[row]
        return held

    def _against(self, broken: Iterable[Broken], row: Row) -> list[Broken]:
        name = row_name(self._tables[row[0]], row[1][:-1])
        return [one for one in broken if name in one[1].suspects]


def _groups(contested: Sequence[Contested]) -> list[list[Contested]]:
    """The findings, those together that share a row."""
    groups: list[tuple[set[Row], list[Contested]]] = []
    for one in contested:
        mine, together = set(one[1]), [one]
        apart = []
        for rows, members in groups:
            if rows & mine:
                mine |= rows
                together = members + together
            else:
                apart.append((rows, members))
        groups = [*apart, (mine, together)]
    return [members for _, members in groups]


def _named_most(group: Sequence[Contested]) -> list[Row]:
    """The rows that most findings of the group name; first the one that gives way first."""
    votes = Counter(row for _, rows in group for row in dict.fromkeys(rows))
    place: dict[Row, int] = {}
    for _, rows in group:
        for position, row in enumerate(rows):
            place[row] = min(position, place.get(row, position))
    most = max(votes.values())
    return sorted((row for row in votes if votes[row] == most), key=lambda row: place[row])


def _alike(group: Sequence[Contested]) -> list[Row]:
    """The rows of the group that most findings name, if one finding is of them all alike."""
    tied = _named_most(group)
    is_joint = any(one[0].is_joint and {*tied} <= {*rows} for one, rows in group)
    return tied if is_joint else []


def _told(check: Check, finding: CheckFinding) -> str:
    return f"{check.name} at {finding.scope}: expected {finding.expected}, found {finding.found}"
