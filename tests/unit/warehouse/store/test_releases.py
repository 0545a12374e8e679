"""The log of releases: one commit each, back and forth, two writers at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from flows.core.query.format import age
from schemas.contracts.gates import Gates, TakenFigures
from schemas.core.prose import FATES
from schemas.ops.tables import OPS_RELEASES
from schemas.sources.icap.news import ICAP_PROSE
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from tests.support.rows import KNOWN_FROM, RETRIEVED_AT, bulletin, quote
from warehouse.store.measures import Baseline, measure, pin, statements
from warehouse.store.releases import (
    Pinned,
    Release,
    UnknownRelease,
    commit,
    current,
    entered_at,
    releases,
    rollback,
)
from warehouse.store.store import Warehouse

MONDAY = date(2025, 3, 3)


@pytest.fixture
def store(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def load(store: Warehouse, *days: int, close: str = "91.00", hours: int = 0) -> None:
    """Quotes of so many days after Monday, seen and learned so many hours later."""
    later = timedelta(hours=hours)
    rows = [
        quote(
            MONDAY + timedelta(days=day),
            close_cny_per_t=Decimal(close),
            retrieved_at=RETRIEVED_AT + later,
        )
        for day in days
    ]
    store.load(SEEE_QUOTES, rows, known_from=KNOWN_FROM + later, run_id="run")


def release(store: Warehouse) -> Release:
    """A release of the quotes as they are now."""
    pinned = pin(store, SEEE_QUOTES, "seee")
    assert pinned
    made = commit(store, "run", "release", lambda _: [pinned])
    assert made
    return made


def seen(store: Warehouse) -> int:
    """Rows that readers of the current release see."""
    made = current(store)
    assert made
    with store.query("select count(*) from seee_quotes", versions=made.versions) as answer:
        found = answer.fetchone()
    assert found
    return int(found[0])


def test_a_release_is_one_commit_and_reads_back_as_it_was_made(store: Warehouse) -> None:
    assert releases(store) == []
    assert current(store) is None
    load(store, 0, 1)
    made = release(store)
    assert made.release_id == f"R{made.created_at:%Y%m%dT%H%M%SZ}"
    (pinned,) = made.tables
    assert replace(pinned, digest=None) == Pinned("seee_quotes", "seee", 1, 2, KNOWN_FROM)
    assert len(pinned.digest or "") == 64
    assert releases(store) == [made]
    assert store.version(OPS_RELEASES.name) == 1  # version 0 is the empty table


def test_releases_in_one_second_have_ids_and_times_of_their_own(store: Warehouse) -> None:
    load(store, 0)
    made = [release(store) for _ in range(4)]
    assert len({each.release_id for each in made}) == 4
    assert [each.created_at for each in made] == sorted({each.created_at for each in made})
    assert releases(store) == made


def test_rollback_and_forward_move_the_pointer_and_delete_nothing(store: Warehouse) -> None:
    load(store, 0, 1)
    first = release(store)
    load(store, 2)
    second = release(store)
    assert seen(store) == 3
    back = rollback(store, first.release_id)
    assert seen(store) == 2
    assert (back.action, back.run_id, back.versions) == ("rollback", "by hand", first.versions)
    (pinned,) = back.tables
    assert (pinned.status, pinned.reason) == ("stale", f"rolled back to {first.release_id}")
    forth = rollback(store, second.release_id)
    assert seen(store) == 3
    assert forth.tables == second.tables, "what is the newest again is fresh again"
    assert releases(store) == [first, second, back, forth]
    assert statements(store, SEEE_QUOTES, store.version("seee_quotes") or 0) == 3


def test_rollback_to_a_release_never_made_names_those_that_were(store: Warehouse) -> None:
    load(store, 0)
    made = release(store)
    with pytest.raises(UnknownRelease, match=made.release_id):
        rollback(store, "R20200101T000000Z")
    assert releases(store) == [made]


def test_who_loses_a_race_is_asked_again_and_told_the_others_release(store: Warehouse) -> None:
    load(store, 0)
    told: list[int] = []

    def tables_of(made: Sequence[Release]) -> Iterable[Pinned]:
        told.append(len(made))
        if len(told) == 1:
            release(store)  # another writer, between our reading and our writing
        return [Pinned("seee_quotes", "seee", 1, 1, KNOWN_FROM)]

    mine = commit(store, "run", "release", tables_of)
    assert told == [0, 1]
    assert mine == releases(store)[-1]
    assert len(releases(store)) == 2


def test_writers_at_once_lose_none_and_double_none(tmp_path: Path) -> None:
    load(Warehouse(tmp_path), 0)

    def write() -> None:
        store = Warehouse(tmp_path)
        for _ in range(5):
            release(store)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({each.release_id for each in releases(Warehouse(tmp_path))}) == 15


def test_nothing_to_release_writes_nothing(store: Warehouse) -> None:
    assert commit(store, "run", "release", lambda _: None) is None
    assert store.version(OPS_RELEASES.name) is None


def test_a_table_entered_where_it_was_first_fresh_at_that_version(store: Warehouse) -> None:
    load(store, 0)
    first = release(store)
    (pinned,) = first.tables
    stale = pinned.stale(KNOWN_FROM, "blocked")
    commit(store, "run", "release", lambda _: [stale])
    second = releases(store)[-1]
    assert second.tables == (stale,)
    assert entered_at(releases(store), second.tables[0]) == first.created_at
    assert stale.stale(KNOWN_FROM + timedelta(days=1), "failed") == stale, "stale since the first"


def test_measures_against_a_release(store: Warehouse) -> None:
    gates = Gates(min_fill={"high_cny_per_t": 1.0}, min_trading_days=1.0)
    load(store, 0, 1, 2, 3)
    (released,) = release(store).tables
    load(store, 0, 1, close="95.00", hours=1)
    load(store, 1, close="91.00", hours=2)  # back to what was released
    load(store, 7, hours=3)  # Monday after: Friday was never learned
    store.retire(
        SEEE_QUOTES,
        [(MONDAY + timedelta(days=3), "CEA21")],
        known_from=KNOWN_FROM + timedelta(hours=4),
        run_id="run",
    )
    version = store.version("seee_quotes")
    found = measure(store, SEEE_QUOTES, gates, version, Baseline(released, KNOWN_FROM))
    assert (found.rows, found.released_rows) == (4, 4)
    assert found.revised == 2, "one says something else, one is gone; back again is no difference"
    assert found.accepted == 5
    assert (found.fill_rows, found.filled) == (4, {"high_cny_per_t": 4})
    assert (found.days, found.missing) == (6, (date(2025, 3, 6), date(2025, 3, 7)))
    then = measure(
        store, SEEE_QUOTES, gates, released.table_version, Baseline(released, KNOWN_FROM)
    )
    assert (then.rows, then.revised, then.accepted, then.missing) == (4, 0, 0, ())


def test_taken_figures_are_counted_over_the_texts_that_both_releases_hold(store: Warehouse) -> None:
    def read(key: str, *fates: str, hours: int = 0) -> None:
        figures = [{"printed": "1", "kind": "measure", "fate": fate} for fate in fates]
        row = {
            "article_key": key,
            "found": len(fates),
            **{fate: fates.count(fate) for fate in FATES},
            "figures": json.dumps([{"sentence": "One.", "figures": figures}]),
            **{column.name: bulletin()[column.name] for column in ICAP_PROSE.lineage},
        }
        later = timedelta(hours=hours)
        row |= {"retrieved_at": RETRIEVED_AT + later}
        store.load(ICAP_PROSE, [row], known_from=KNOWN_FROM + later, run_id="run")

    read("one", "taken", "taken", "context")
    read("two", "taken", "reviewed", "unclaimed")
    read("gone", "taken")
    released = pin(store, ICAP_PROSE, "icap")
    assert released
    read("one", "taken", "unknown_words", "context", hours=1)
    read("three", "taken", "taken", "taken", hours=1)
    store.retire(ICAP_PROSE, [("gone",)], known_from=KNOWN_FROM + timedelta(hours=2), run_id="run")
    gates, base = Gates(min_taken=0.98), Baseline(released, KNOWN_FROM)
    found = measure(store, ICAP_PROSE, gates, store.version("icap_prose"), base)
    assert found.taken == TakenFigures(taken=3, found=6, taken_before=4, found_before=6)
    then = measure(store, ICAP_PROSE, gates, released.table_version, base)
    assert then.taken is None, "nothing was read since"


def test_fill_looks_at_chosen_and_newest_rows_alone(store: Warehouse) -> None:
    days = [MONDAY - timedelta(days=300), MONDAY]
    rows = [bulletin(day, total_volume_t=None if day < MONDAY else 7) for day in days]
    week = bulletin(MONDAY, period="week", total_volume_t=None)
    store.load(SEEE_BULLETINS, [*rows, week], known_from=KNOWN_FROM, run_id="run")
    version = store.version("seee_bulletins")

    def filled(gates: Gates) -> tuple[int, int]:
        found = measure(store, SEEE_BULLETINS, gates, version, Baseline())
        return found.fill_rows, found.filled["total_volume_t"]

    fill = {"total_volume_t": 1.0}
    assert filled(Gates(min_fill=fill)) == (3, 1)
    assert filled(Gates(min_fill=fill, where={"period": "day"})) == (2, 1)
    assert filled(Gates(min_fill=fill, where={"period": "day"}, fill_days=180)) == (1, 1)


def test_a_table_never_written_has_no_rows(store: Warehouse) -> None:
    assert pin(store, SEEE_QUOTES, "seee") is None
    assert measure(store, SEEE_QUOTES, Gates(min_rows=1), None, Baseline()).rows == 0


def test_ages_in_their_largest_unit() -> None:
    start = datetime(2025, 3, 3, tzinfo=UTC)
    spans = [timedelta(seconds=59), timedelta(minutes=61), timedelta(hours=49)]
    assert [age(start + span - start) for span in spans] == ["0 min", "1 h", "2 d"]
