"""What every source does on a night on which something is wrong, over its own sample site.

One suite for all: a source takes part by being in the registry. Each night goes down the whole
road, through the web client and the archive into a store.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from flows.core.outcome import GOOD
from tests.sources import spoil
from tests.sources.case import Case, at, count, issues, of_page, rows_of
from tests.support.nights import Told, World

ROBOTS = "/robots.txt"
MOVED = "The site has moved. " * 600


def recovers(case: Case, world: World) -> None:
    """With the fault gone the next evening comes to what it had come to without one."""
    world.server.clear()
    world.server.until = case.next_evening
    told = world.pipeline()
    assert told.outcome in GOOD, told.text
    assert case.current(rows_of(world)) == case.current(case.tomorrow)
    assert world.quarantine("url, rule") == []


def tells(told: Told, url: str) -> None:
    """The run has found something wrong at an address, and its report names one."""
    found = issues(told)
    assert url in {where for where, _ in found}, f"{url} is not among {found}"
    assert any(where in told.text for where, _ in found)


def rest_is_loaded(case: Case, world: World, urls: set[str]) -> None:
    """No row of the spoilt pages is there, none that a good night had not brought, and others."""
    rows = rows_of(world)
    for url in urls:
        assert count(of_page(rows, url)) == 0, url
    now, due = case.current(rows), case.current(case.rows)
    assert now == {key: due.get(key) for key in now}
    if any(row["source_url"] not in urls for some in case.rows.values() for row in some):
        assert now, "one page held back all others"


def test_a_first_night_brings_rows_and_finds_nothing_wrong(case: Case) -> None:
    assert (case.told.outcome, case.told.exit_code) == ("changed", 0), case.told.text
    assert issues(case.told) == []
    assert case.told.run.failed_checks == []
    assert case.told.run.tally.quarantined == 0
    assert count(case.rows) == case.told.run.tally.new + case.told.run.tally.revised > 0
    for some in case.rows.values():
        assert {(row["source"], row["is_deleted"]) for row in some} <= {(case.name, False)}
    gets = [request[:3] for request in case.asked if request[0] == "GET"]
    assert len(gets) == len(set(gets)), "asked for twice in one night"


def test_a_quiet_night_writes_nothing_and_fetches_nothing_anew(case: Case, world: World) -> None:
    versions = world.versions()
    told = world.pipeline()
    assert told.outcome in ("unchanged", "empty_expected"), told.text
    assert told.exit_code == 0
    assert world.versions() == versions
    assert rows_of(world) == case.rows
    held = {entry.url for entry in case.known if entry.request_body is None}
    asked = list(world.server.requests)
    for _, host, target, status in asked:
        page = world.server.answer(host, target, None)
        if f"https://{host}{target}" in held and page.last_modified is not None:
            assert status == 304, target
    assert 304 in {status for *_, status in asked}


def test_pages_that_are_missing_are_told_and_the_rest_is_loaded(case: Case, fresh: World) -> None:
    missing = case.one_of_each_kind()
    for entry in missing:
        fresh.server.fault(at(entry.url), "not_found")
    told = fresh.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3), told.text
    for entry in missing:
        tells(told, entry.url)
    rest_is_loaded(case, fresh, {entry.url for entry in missing})
    recovers(case, fresh)


@pytest.mark.parametrize("has_marks", [False, True], ids=["without marks", "with marks"])
def test_pages_of_another_layout_give_no_row(case: Case, fresh: World, has_marks: bool) -> None:
    """A page without its marks is asked for again; one that has them and can't be read waits in
    quarantine for a reader that can, and stands in nobody's way."""
    spoilt = [entry for entry in case.one_of_each_kind() if case.kind(entry).must_contain]
    for entry in spoilt:
        marks = "\n".join(case.kind(entry).must_contain) if has_marks else ""
        fresh.server.fault(at(entry.url), "replace", body=marks + MOVED)
    told = fresh.pipeline()
    assert told.outcome in ("partial", "drifted"), told.text
    assert told.exit_code == 3
    for entry in spoilt:
        tells(told, entry.url)
        asked = f"select verdict from ops_fetches where url = '{entry.url}'"
        assert set(fresh.ask(asked)) == {("good" if has_marks else "wrong_content",)}
    rest_is_loaded(case, fresh, {entry.url for entry in spoilt})
    if not has_marks:
        assert any(case.kind(entry).must_contain[0] in told.text for entry in spoilt)
        return recovers(case, fresh)
    assert set(fresh.quarantine("url, rule")) == {(entry.url, "layout") for entry in spoilt}
    fresh.server.clear()
    fresh.server.until = case.next_evening
    again = fresh.pipeline()
    assert again.outcome in GOOD, again.text
    return None


def test_a_page_that_gets_worse_keeps_its_rows(case: Case, world: World) -> None:
    kinds = [kind for kind in case.road.source.kinds if kind.must_contain]
    worse = [entry for kind in kinds for entry in case.with_rows(kind.name, case.again)[:1]]
    assert worse
    for entry in worse:
        marks = "\n".join(case.kind(entry).must_contain)
        world.server.fault(at(entry.url), "replace", body=marks + MOVED)
    world.server.until = case.next_evening
    told = world.pipeline()
    assert told.outcome in ("partial", "drifted"), told.text
    assert {(entry.url, "layout") for entry in worse} <= set(issues(told))
    rows = rows_of(world)
    for entry in worse:
        assert of_page(rows, entry.url) == of_page(case.rows, entry.url)


def test_a_list_of_another_layout_takes_nothing_away(case: Case, world: World) -> None:
    for entry in case.lists():
        for marks in ("", "\n".join(case.kind(entry).must_contain)):
            world.server.clear()
            world.server.fault(at(entry.url), "replace", body=marks + MOVED)
            told = world.pipeline()
            assert told.outcome in ("drifted", "partial", "empty_suspicious"), told.text
            assert told.exit_code in (3, 5)
            tells(told, entry.url)
            assert rows_of(world) == case.rows
    recovers(case, world)


def test_an_empty_list_is_suspicious(case: Case, world: World) -> None:
    versions = world.versions()
    lists = case.empty_lists(world.server)
    assert lists, f"the sample site of {case.name} shows no list that it could empty"
    for place in lists:
        world.server.fault(rf"^{re.escape(place)}(?:\?|$)", "empty_list")
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("empty_suspicious", 5), told.text
    assert {rule for _, rule in issues(told)} == {"empty_list"}
    assert told.line("empty_list")
    booked = "select cause, next_step from ops_runs order by started_at desc limit 1"
    ((cause, next_step),) = world.ask(booked)
    assert cause == "empty_list"
    assert "in a browser" in next_step
    assert world.versions() == versions
    recovers(case, world)


def test_a_refused_record_is_kept_told_and_holds_back_no_other(case: Case, fresh: World) -> None:
    spoilt = spoil.refused(case)
    url, refusals = spoilt.entry.url, spoilt.read.refusals
    fresh.server.fault(at(url), "replace", body=spoilt.body)
    told = fresh.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3), (spoilt.change, told.text)
    assert told.run.tally.quarantined == len(refusals)
    assert "carbonmart quarantine" in told.text, "no next step"
    assert url in told.text
    held = fresh.quarantine("url, rule, table_name, value")
    assert sorted(held) == sorted((url, r.rule, r.table, r.value) for r in refusals)
    now = case.current(rows_of(fresh))
    others = {
        name: [row for row in some if row["source_url"] != url] for name, some in case.rows.items()
    }
    due = case.current(others)
    assert {key: now.get(key) for key in due} == due
    assert {name for name, _ in spoil.stated(case, spoilt.read)} <= {name for name, _ in now}
    recovers(case, fresh)


def test_a_revised_page_is_a_revision_and_the_old_statement_is_kept(
    case: Case, world: World
) -> None:
    spoilt = spoil.revised(case)
    world.server.until = case.next_evening
    world.server.fault(at(spoilt.entry.url), "replace", body=spoilt.body)
    told = world.pipeline()
    assert told.outcome == "changed", (spoilt.change, told.text)
    assert "revised" in told.text
    before, after = spoil.stated(case, spoilt.before), spoil.stated(case, spoilt.read)
    changed = [key for key in before if before[key] != after[key]]
    assert told.run.tally.revised == len(changed) > 0
    rows = rows_of(world)
    for table, key in changed:
        names = case.table(table).key
        history = [row for row in rows[table] if tuple(row[name] for name in names) == key]
        history.sort(key=lambda row: int(row["revision"]))
        assert [row["revision"] for row in history] == [1, 2]
        for row, said in zip(history, (before, after), strict=True):
            assert {name: row[name] for name in said[table, key]} == said[table, key]


def test_a_page_that_vanished_is_a_tombstone_after_two_nights_if_its_kind_can_be_gone(
    case: Case, world: World
) -> None:
    gone = [
        entry
        for kind in case.road.source.kinds
        if kind.yields_records
        for entry in case.with_rows(kind.name, case.again)[:1]
    ]
    shown = {kind.name for kind in case.road.source.kinds if "page" in kind.gone}
    shown &= {entry.kind for entry in case.one_of_each_kind()}
    assert gone, "no page with rows is asked for again"
    assert shown <= {entry.kind for entry in gone}, "nor one of a kind that can be gone"
    for entry in gone:
        world.server.fault(at(entry.url), "not_found")
    world.server.until = case.next_evening
    told = world.pipeline()
    assert told.exit_code == 3, told.text
    first = {entry.url: of_page(rows_of(world), entry.url) for entry in gone}
    for entry in gone:
        tells(told, entry.url)
        assert first[entry.url] == of_page(case.rows, entry.url), "one night is no proof"
    world.server.until = case.next_evening + timedelta(days=1)
    world.pipeline()
    rows = rows_of(world)
    for entry in gone:
        now = of_page(rows, entry.url)
        for table, some in first[entry.url].items():
            dead = [row for row in now[table] if row["is_deleted"]]
            assert [row for row in now[table] if row not in dead] == some, "rewritten"
            can_go = "page" in case.kind(entry).gone
            assert len(dead) == (len(some) if can_go else 0), table
            assert all(entry.url in row["evidence"] for row in dead)


def test_robots_that_forbid_are_obeyed(fresh: World) -> None:
    rules = "User-agent: *\nDisallow: /\n"
    fresh.server.fault(f"^{ROBOTS}$", "replace", body=rules, content_type="text/plain")
    told = fresh.pipeline()
    assert told.outcome in ("failed", "partial"), told.text
    assert told.exit_code == 3
    assert {target for _, _, target, _ in fresh.server.requests} == {ROBOTS}
    assert "robots" in {rule for _, rule in issues(told)} <= {"robots", "not_asked"}
    assert "robots.txt" in told.text
    assert count(rows_of(fresh)) == 0


@pytest.mark.parametrize("share", [0.5, 0.99], ids=["half", "almost all"])
def test_a_spent_budget_is_told_and_the_next_night_completes(
    case: Case, fresh: World, share: float
) -> None:
    budget = int(share * len(case.asked))
    told = fresh.pipeline(page_budget_per_day=budget)
    assert (told.outcome, told.exit_code) == ("partial", 3), told.text
    assert len(fresh.server.requests) == budget
    assert f"{budget} requests" in told.line("budget")
    assert "raise it" in told.line("budget")
    now, due = case.current(rows_of(fresh)), case.current(case.rows)
    assert now == {key: due.get(key) for key in now}
    assert now or share < 0.9
    recovers(case, fresh)


def test_a_bot_wall_is_respected_and_takes_nothing_away(case: Case, world: World) -> None:
    versions = world.versions()
    world.server.fault("", "challenge")
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("blocked", 3), told.text
    assert "carbonmart ingest" in told.text, "the way round it is a person with a browser"
    assert "wall" in {rule for _, rule in issues(told)}
    assert world.versions() == versions
    hits = list(world.server.requests)
    assert len(hits) <= 4 * len(case.road.source.hosts), f"a closed door was hammered on: {hits}"
    recovers(case, world)


def test_the_kill_switch_asks_nobody(case: Case, fresh: World) -> None:
    told = fresh.pipeline(disabled=(case.name,))
    assert (told.outcome, told.exit_code) == ("skipped", 0)
    assert list(fresh.server.requests) == []
    assert "kill switch" in str(told.run.why)
    assert fresh.ask("select count(*) from ops_runs where outcome = 'skipped'") == [(1,)]
    recovers(case, fresh)
