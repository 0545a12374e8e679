"""The store's past: what a reader saw on each of many nights is what `as_of` shows later."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.ops.tables import OPS_QUARANTINE, OPS_RUNS
from schemas.sources.seee.products import COMPOSITE, KNOWN_VINTAGES
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.rows import quote
from warehouse.errors import UnknownVersion
from warehouse.store.diff import diff
from warehouse.store.store import LoadReport, Warehouse, WarehouseError

FIRST = datetime(2025, 3, 3, 14, 30, tzinfo=UTC)
Key = tuple[date, str]
Row = dict[str, Any]
COMPARED = SEEE_QUOTES.compared


def night_at(number: int) -> datetime:
    return FIRST + timedelta(days=number)


@dataclass
class Model:
    """The table as a dict: every revision of every key, oldest first."""

    revisions: dict[Key, list[Row]] = field(default_factory=dict)

    def load(self, rows: list[Row], known_from: datetime) -> None:
        for row in rows:
            held = self.revisions.setdefault((row["trade_date"], row["product"]), [])
            if held and row["retrieved_at"] < held[-1]["retrieved_at"]:
                continue
            if held and held[-1]["is_deleted"] and row["retrieved_at"] == held[-1]["retrieved_at"]:
                continue  # the statement that was retired, read again
            same = held and all(held[-1][n] == row[n] for n in COMPARED)
            if same and not held[-1]["is_deleted"]:
                continue
            known = {"known_from": known_from, "revision": len(held) + 1, "is_deleted": False}
            held.append(row | known)

    def retire(self, keys: list[Key], known_from: datetime, evidence: str) -> None:
        for key in keys:
            held = self.revisions.get(key)
            if held and not held[-1]["is_deleted"]:
                ended = {"known_from": known_from, "is_deleted": True, "evidence": evidence}
                held.append(held[-1] | ended | {"revision": len(held) + 1})

    def current(self, at: datetime) -> dict[Key, Row]:
        last = {k: [r for r in rows if r["known_from"] <= at] for k, rows in self.revisions.items()}
        return {k: rows[-1] for k, rows in last.items() if rows and not rows[-1]["is_deleted"]}

    def history(self, at: datetime) -> list[Row]:
        found = []
        for rows in self.revisions.values():
            known = [r for r in rows if r["known_from"] <= at]
            ends = [r["known_from"] for r in known[1:]]
            found += [r | {"known_to": e} for r, e in zip(known, [*ends, None], strict=False)]
        return sorted(found, key=_order)

    def changes(self, at: datetime) -> list[tuple[Any, ...]]:
        found = []
        for key, rows in self.revisions.items():
            before: Row | None = None
            for row in (r for r in rows if r["known_from"] <= at):
                gone = before is None or before["is_deleted"]
                action = "DEL" if row["is_deleted"] else "ADD" if gone else "MOD"
                columns = differing(before, row) if before and action == "MOD" else None
                found.append((key, row["revision"], action, row["known_from"], columns))
                before = row
        return sorted(found, key=lambda c: c[:2])


def differing(old: Row, new: Row) -> dict[str, list[Any]]:
    return {n: [as_json(old[n]), as_json(new[n])] for n in COMPARED if old[n] != new[n]}


def as_json(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def _order(row: Row) -> tuple[Any, ...]:
    return row["trade_date"], row["product"], row["revision"]


def rows_of(store: Warehouse, name: str, **past: Any) -> list[Row]:
    return states_of(store, name, **past)[0]


def states_of(store: Warehouse, *names: str, **past: Any) -> list[list[Row]]:
    """The rows of some views of the table, at one point."""
    with store.connect("seee_quotes", **past) as connection:
        return [
            sorted(connection.sql(f"SELECT * FROM {n}").to_arrow_table().to_pylist(), key=_order)
            for n in names
        ]


def changes_of(store: Warehouse, **past: Any) -> list[tuple[Any, ...]]:
    with store.connect("ops_changes", **past) as connection:
        found = connection.sql(
            "SELECT table_name, key, revision, action, known_from, columns FROM ops_changes"
        ).fetchall()
    assert {table for table, *_ in found} <= {"seee_quotes"}
    return sorted(
        (
            (date.fromisoformat(json.loads(key)["trade_date"]), json.loads(key)["product"]),
            revision,
            action,
            known_from,
            json.loads(columns) if columns else None,
        )
        for _, key, revision, action, known_from, columns in found
    )


def assert_diff(
    store: Warehouse, model: Model, a: Row, b: Row, old: datetime, new: datetime
) -> None:
    """The diff between two points (as `connect` takes them) is that of the model's states."""
    before, after = model.current(old), model.current(new)
    expected: dict[Key, Any] = {}
    for key in before.keys() | after.keys():
        if key not in before or key not in after:
            expected[key] = ("ADD" if key in after else "DEL", {})
        elif changed := {
            n: (before[key][n], after[key][n]) for n in COMPARED if before[key][n] != after[key][n]
        }:
            expected[key] = ("MOD", changed)
    found = list(diff(store.source("seee_quotes", **a), store.source("seee_quotes", **b)))
    assert {tuple(c.key.values()): (c.action, c.changed) for c in found} == expected
    assert len(found) == len(expected)
    for change in found:
        key = tuple(change.key.values())
        assert change.old_url == (before[key]["source_url"] if key in before else None)
        assert change.new_url == (after[key]["source_url"] if key in after else None)


PRODUCTS = (COMPOSITE, *KNOWN_VINTAGES)
PRICES = st.sampled_from([None, Decimal("90.00"), Decimal("91.00"), Decimal("92.00")])
STATEMENT = st.tuples(st.integers(0, 3), st.sampled_from(PRODUCTS[:2]), PRICES, st.integers(-2, 0))
NIGHT = st.tuples(
    st.lists(STATEMENT, max_size=6, unique_by=lambda s: s[:2]),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(PRODUCTS[:2])), max_size=3),
)


def a_night(number: int, rng: random.Random) -> Any:
    """A night of the long history: that day's figures, late ones, revisions, disappearances."""
    said: list[Any] = [
        (number, product, Decimal(rng.randint(9000, 9300)) / 100, 0) for product in PRODUCTS
    ]
    if number % 7 == 3:
        said = said[:3]  # the rest arrives late
    late = {
        (rng.randint(max(0, number - 7), number), product): (
            rng.choice([None, Decimal("88.00"), Decimal(rng.randint(8900, 9400)) / 100]),
            rng.choice([0, 0, 0, -3]),
        )
        for product in rng.sample(PRODUCTS, 3)
    }
    keys = [(rng.randint(0, number), rng.choice(PRODUCTS)) for _ in range(rng.choice([0, 0, 2, 3]))]
    stated = {(d, p): (d, p, price, age) for d, p, price, age in said}
    stated |= {key: (*key, *rest) for key, rest in late.items()}
    return list(stated.values()), keys


def replay(store: Warehouse, nights: list[Any]) -> tuple[Model, list[Any]]:
    """Live through the nights; gives the model and what a reader saw after each."""
    model, seen = Model(), []
    for number, (statements, gone) in enumerate(nights):
        at = night_at(number)
        rows = [
            quote(
                (FIRST + timedelta(days=day)).date(),
                product,
                close_cny_per_t=price,
                retrieved_at=at + timedelta(days=age),
                source_url=f"https://overview.cneeex.example/{number}",
            )
            for day, product, price, age in statements
        ]
        keys = [((FIRST + timedelta(days=day)).date(), product) for day, product in gone]
        evidence = f'{{"gone": "night {number}"}}'
        report = store.load(SEEE_QUOTES, rows, known_from=at, run_id=f"night {number}")
        assert len(rows) == report.new + report.revised + report.duplicates
        model.load(rows, at)
        store.retire(SEEE_QUOTES, keys, known_from=at, run_id=f"n{number}", evidence=evidence)
        model.retire(keys, at, evidence)
        seen.append(
            (
                store.version("seee_quotes"),
                *states_of(store, "seee_quotes", "seee_quotes__history"),
            )
        )
    return model, seen


def assert_every_night(store: Warehouse, model: Model, seen: list[Any], step: int) -> None:
    for number, (version, current, history) in enumerate(seen):
        at = night_at(number)
        assert list(model.current(at).values()) == unordered(current, model.current(at))
        then = states_of(store, "seee_quotes", "seee_quotes__history", as_of=at)
        assert then == [current, history]
        assert history == model.history(at)
        pinned: Row = {"versions": {"seee_quotes": version}}
        assert rows_of(store, "seee_quotes", **pinned) == current
        if number % step:
            continue
        other = min(number + 9, len(seen) - 1)
        later: Row = {"as_of": night_at(other)}
        assert_diff(store, model, {"as_of": at}, later, at, night_at(other))
        assert_diff(store, model, later, pinned, night_at(other), at)
    last = night_at(len(seen))
    middle = night_at(len(seen) // 2)
    assert changes_of(store) == model.changes(last)
    assert changes_of(store, as_of=middle) == model.changes(middle)


def unordered(rows: list[Row], by_key: dict[Key, Row]) -> list[Row]:
    """The rows in the order of the model's keys."""
    found = {(row["trade_date"], row["product"]): row for row in rows}
    assert len(found) == len(rows)
    return [found[key] for key in by_key]


def test_each_of_thirty_nights_is_seen_again_as_it_was(tmp_path: Path) -> None:
    rng = random.Random(20250303)
    store = Warehouse(tmp_path, {"seee_quotes": SEEE_QUOTES})
    model, seen = replay(store, [a_night(number, rng) for number in range(30)])
    actions = [action for _, _, action, *_ in model.changes(night_at(30))]
    revived = sum(c[2] == "ADD" and c[1] > 1 for c in model.changes(night_at(30)))
    assert actions.count("MOD") > 20, "the history has too few revisions to show anything"
    assert actions.count("DEL") > 10
    assert revived > 1
    assert_every_night(store, model, seen, step=4)
    info = store.tables()[0]
    assert (info.current_rows, info.rows) == (len(seen[-1][1]), len(seen[-1][2]))
    for number in (4, 17):
        version, current, history = seen[number]
        for past in ({"as_of": night_at(number)}, {"versions": {"seee_quotes": version}}):
            (info,) = store.tables(**past)
            assert (info.current_rows, info.rows) == (len(current), len(history))


@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(NIGHT, min_size=2, max_size=5))
def test_any_nights_are_seen_again_as_they_were(nights: list[Any]) -> None:
    with TemporaryDirectory() as home:
        store = Warehouse(home, {"seee_quotes": SEEE_QUOTES})
        model, seen = replay(store, nights)
        assert_every_night(store, model, seen, step=1)


@pytest.fixture
def store(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_a_retired_row_is_gone_until_it_is_stated_again(store: Warehouse) -> None:
    store.load(SEEE_QUOTES, [quote(), quote(product="CEA22")], known_from=FIRST, run_id="1")
    key = (quote()["trade_date"], "CEA21")
    report = store.retire(
        SEEE_QUOTES, [key, key], known_from=night_at(1), run_id="2", evidence='{"gone": "404"}'
    )
    assert (report.revised, report.duplicates, report.revisions[0].key) == (1, 0, key)
    assert [r["product"] for r in rows_of(store, "seee_quotes")] == ["CEA22"]
    ended = rows_of(store, "seee_quotes__history")[1]
    known = {"known_from": night_at(1), "revision": 2, "is_deleted": True, "known_to": None}
    assert ended == quote() | known | {"evidence": '{"gone": "404"}'}
    assert store.tables()[0].current_rows == 1

    again = store.retire(SEEE_QUOTES, [key], known_from=night_at(2), run_id="3")
    assert (again.revised, again.duplicates) == (0, 1)
    assert again.version_before == again.version_after == report.version_after

    read_again = store.load(SEEE_QUOTES, [quote()], known_from=night_at(3), run_id="4")
    assert (read_again.revised, read_again.duplicates) == (0, 1)
    back = quote(retrieved_at=night_at(3))
    revived = store.load(SEEE_QUOTES, [back], known_from=night_at(3), run_id="4")
    assert (revived.new, revived.revised) == (0, 1)
    assert [r["revision"] for r in rows_of(store, "seee_quotes")] == [3, 1]
    assert store.tables()[0].current_rows == 2
    assert [c[2] for c in changes_of(store)] == ["ADD", "DEL", "ADD", "ADD"]


def test_a_tombstone_is_never_known_before_the_row_it_ends(store: Warehouse) -> None:
    store.load(SEEE_QUOTES, [quote()], known_from=night_at(1), run_id="1")
    key = (quote()["trade_date"], "CEA21")
    store.retire(SEEE_QUOTES, [key], known_from=FIRST, run_id="a clock set back")
    assert [r["known_from"] for r in rows_of(store, "seee_quotes__history")] == [night_at(1)] * 2


def test_only_keys_of_the_table_are_retired(store: Warehouse) -> None:
    day = quote()["trade_date"]

    def retire(key: Any) -> LoadReport:
        return store.retire(SEEE_QUOTES, [key], known_from=FIRST, run_id="1")

    assert retire((day, "CEA21")).version_after is None
    store.load(SEEE_QUOTES, [quote()], known_from=FIRST, run_id="1")
    unknown = retire((day, "CEA25"))
    assert (unknown.revised, unknown.duplicates, unknown.version_after) == (0, 1, 1)
    for wrong in ((day,), (None, "CEA21"), ("2025-03-03", "CEA21")):
        with pytest.raises(WarehouseError, match="seee_quotes"):
            retire(wrong)
    with pytest.raises(ValueError, match="log"):
        store.retire(OPS_RUNS, [], known_from=FIRST, run_id="1")


def test_versions_pin_tables_and_none_empties_them(store: Warehouse) -> None:
    store.load(SEEE_QUOTES, [quote()], known_from=FIRST, run_id="1")
    store.load(SEEE_QUOTES, [quote(product="CEA22")], known_from=night_at(1), run_id="2")

    def count(**past: Any) -> Any:
        return store.query("SELECT count(*) FROM seee_quotes", **past).fetchall()[0][0]

    assert [count(versions={"seee_quotes": v}) for v in (None, 0, 1, 2)] == [0, 0, 1, 2]
    assert count(versions={"seee_bulletins": None}) == 2
    assert count(versions={"seee_quotes": 2}, as_of=FIRST) == 1
    assert count(as_of=FIRST - timedelta(microseconds=1)) == 0
    with pytest.raises(UnknownVersion, match="seee_quotes has no version 3: 0 to 2"):
        count(versions={"seee_quotes": 3})
    with pytest.raises(UnknownVersion, match="never written"):
        store.source("seee_bulletins", versions={"seee_bulletins": 1})
    with pytest.raises(KeyError, match="nonsense"):
        count(versions={"nonsense": 1})
    with pytest.raises(ValueError, match="time zone"):
        count(as_of=datetime(2025, 3, 3))  # noqa: DTZ001


def test_logs_are_cut_by_their_own_instant(store: Warehouse) -> None:
    states = [("open", FIRST), ("released", night_at(2))]
    for status, at in states:
        row = {c.name: "x" for c in OPS_QUARANTINE.own} | {"status": status, "refused_at": at}
        store.append_log(OPS_QUARANTINE, [row], run_id="x")
    asked = "SELECT status FROM ops_quarantine"
    seen = [store.query(asked, as_of=night_at(n)).fetchall() for n in (-1, 0, 1, 2)]
    assert seen == [[], [("open",)], [("open",)], [("released",)]]
