"""Nights over a home in S3: the road, revisions, two machines, killed runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import obstore
import pytest
import yaml

from extractors.archive.archive import Archive
from extractors.archive.s3_archive import SharedArchive
from extractors.sample.server.server import SampleServer
from flows.core.context import archive_of
from tests.e2e.commands import COMMAND, environment, rows_of
from tests.support.archive_world import BEGAN, exchange, put
from tests.support.nights import World
from tests.support.s3 import SECRET, Bucket, bucket, s3_server
from warehouse.publication.publish import is_whole, shelf_of
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

__all__ = ["bucket", "s3_server"]

DAYS = (date(2021, 7, 23), date(2021, 7, 26))
CORE = "seee_bulletins", "seee_quotes", "seee_method_totals"


@pytest.fixture
def remote(bucket: Bucket) -> Iterator[World]:
    """A home in S3 that saw no night yet, and a server on the market's sixth day."""
    with SampleServer(until=DAYS[0]) as server:
        yield World(bucket.home, server)  # type: ignore[arg-type]  # a home by its address


def archived(bucket: Bucket) -> list[str]:
    return [name for name in bucket.names("archive") if name.endswith(".warc.gz")]


def test_nights_in_s3_from_two_machines(
    remote: World, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = remote.night(publish=True)
    assert (first.outcome, first.exit_code) == ("changed", 0), first.text
    tables = [name for name in bucket.names("tables") if name.split("/")[1] in CORE]
    again = remote.night(publish=True)
    assert again.outcome == "unchanged", again.text
    assert [n for n in bucket.names("tables") if n.split("/")[1] in CORE] == tables
    commits = bucket.requests("PUT", "/_delta_log/0")
    assert commits
    assert {condition for _, _, condition in commits} == {"*"}
    pointer = json.loads(bucket.read("published/latest.json"))
    home = open_home(bucket.home, None)
    assert is_whole(shelf_of(home), pointer["release_id"])

    bucket.other_machine(monkeypatch, "other")
    remote.server.until = DAYS[1]
    held = remote.days()
    third = remote.night(publish=True)
    assert third.outcome == "changed", third.text
    assert third.run.tally.not_modified > 0, "the other machine asks for everything anew"
    assert remote.days() == [*held, (DAYS[1],)]
    archive = archive_of(home)
    assert archive.verify() == []
    assert len({entry.run_id for entry in archive.entries()}) == len(archived(bucket)) == 3
    known = rows_of(bucket.carbonmart("sql", "--json", "select count(*) n from seee_bulletins"))
    assert known == [{"n": remote.ask("select count(*) from seee_bulletins")[0][0]}]
    told = bucket.carbonmart("releases", "--json")
    assert len(rows_of(told)) == 2, told.stdout
    assert SECRET not in told.stdout + told.stderr
    looked = bucket.carbonmart("check", "--json")
    assert rows_of(looked)["open"] == []
    assert b'carbonmart_trading_days{source="seee",state="complete"} 7.0' in bucket.read(
        "metrics.prom"
    )


def test_a_revision_and_a_correction_in_s3_lead_back_to_their_pages(
    remote: World, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.night()
    day = DAYS[0]
    ((high,),) = remote.ask(
        f"select high_cny_per_t from seee_bulletins where period_end = '{day}' and period = 'day'"
    )
    remote.server.fault("", "revision", date=day, changes={"high": "77.70"})
    night = remote.night()
    assert night.run.tally.revised == 1, night.text
    entry = {
        "table": "seee_bulletins",
        "key": {"period": "day", "period_start": day, "period_end": day},
        "column": "high_cny_per_t",
        "expect": "77.70",
        "value": str(high),
        "reason": "digits swapped",
        "reported_by": "A. Analyst",
        "date": day,
        "source": "https://overview.cneeex.example/x",
    }
    text = yaml.safe_dump([entry], allow_unicode=True).encode()
    obstore.put(bucket.store, "corrections.yml", text)
    assert remote.night().run.tally.revised == 1
    assert len(bucket.names("archive/corrections")) == 1
    bucket.other_machine(monkeypatch, "other")
    told = bucket.carbonmart(
        "trace", "seee_bulletins", "day", f"{day}", f"{day}", "high_cny_per_t", "--json"
    )
    revisions = rows_of(told)["revisions"]
    assert [row["value"] for row in revisions] == [str(high), "77.70", str(high)]
    home = open_home(bucket.home, None)
    pages = [archive_of(home).entry(row["fetch_id"]) for row in revisions]
    assert "77.70" in archive_of(home).page(pages[1]).body.decode()
    assert "77.70" not in archive_of(home).page(pages[0]).body.decode()


def killed_when(bucket: Bucket, is_due: Callable[[], bool]) -> None:
    """Start a night in a process of its own and kill it, and its children, at a moment."""
    command = [str(COMMAND), "--home", bucket.home, "refresh", "seee", "--sample", "--no-prefect"]
    cache, rate = os.environ["CARBONMART_CACHE"], "6"
    env = environment(CARBONMART_CACHE=cache, CARBONMART_RATE_PER_SECOND=rate)
    until = ["--until", DAYS[0].isoformat()]
    with subprocess.Popen(
        [*command, *until], env=env, start_new_session=True, stderr=subprocess.PIPE
    ) as process:
        while not is_due():
            assert process.poll() is None, "it was over before it could be killed"
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)


def test_what_a_run_killed_while_fetching_left_goes_up_with_the_next(
    remote: World, bucket: Bucket
) -> None:
    def has_pages() -> bool:
        return sum(p.stat().st_size for p in bucket.cache.rglob("*.warc.gz")) > 15_000

    killed_when(bucket, has_pages)
    assert archived(bucket) == []
    (left,) = bucket.cache.rglob("*.warc.gz")
    night = remote.night()
    assert night.outcome == "changed", night.text
    assert len(archived(bucket)) == 2
    assert any(name.endswith(left.name) for name in archived(bucket))
    assert archive_of(open_home(bucket.home, None)).verify() == []
    assert len(remote.days()) == 6


def test_another_machine_takes_up_what_a_run_killed_before_its_index_was_up_left(
    remote: World, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_when(bucket, lambda: bool(archived(bucket)))
    assert "archive/index.sqlite" not in bucket.names("archive")
    bucket.other_machine(monkeypatch, "other")
    night = remote.night(publish=True)
    assert night.exit_code == 0, night.text
    assert len(remote.days()) == 6
    archive = archive_of(open_home(bucket.home, None))
    assert len({entry.warc for entry in archive.entries()}) == len(archived(bucket)) == 2
    assert archive.verify() == []
    pointer = json.loads(bucket.read("published/latest.json"))
    assert is_whole(shelf_of(open_home(bucket.home, None)), pointer["release_id"])


def test_two_machines_that_write_at_once_lose_no_fetch(bucket: Bucket, tmp_path: Path) -> None:
    address = f"{bucket.home}/archive"
    one, two = (SharedArchive(address, tmp_path / name) for name in ("one", "two"))
    with one.writer("seee", "run-1", BEGAN) as a, two.writer("seee", "run-2", BEGAN) as b:
        first = put(one, a, exchange(1, b"one"))
        second = put(two, b, exchange(2, b"two"), "wall")
        one.share()
        assert bucket.names("archive") == ["archive/index.sqlite"]
    one.mark_read([first.fetch_id], "1")
    one.share()
    two.share()
    seen = [(e.fetch_id, e.verdict) for e in SharedArchive(address, tmp_path / "new").entries()]
    assert sorted(seen) == sorted([(first.fetch_id, "good"), (second.fetch_id, "wall")])
    third = SharedArchive(address, tmp_path / "third")
    assert third.unread([first.fetch_id, second.fetch_id], "1") == [second.fetch_id]
    assert third.page(first).body == b"one"
    assert third.verify() == []
    puts = len(bucket.requests("PUT", "index.sqlite"))
    two.share()
    assert len(bucket.requests("PUT", "index.sqlite")) == puts, "an index that says no more goes up"
    conditions = [condition for _, _, condition in bucket.requests("PUT", "index.sqlite")]
    assert conditions[0] == "*"
    assert all(conditions)


def test_a_lost_index_is_rebuilt_in_s3(bucket: Bucket, tmp_path: Path) -> None:
    address = f"{bucket.home}/archive"
    archive = SharedArchive(address, tmp_path / "one")
    with archive.writer("seee", "run-1", BEGAN) as writer:
        put(archive, writer, exchange(1, b"one"))
    archive.share()
    obstore.delete(bucket.store, "archive/index.sqlite")
    other = SharedArchive(address, tmp_path / "two")
    assert list(other.entries()) == []
    report = other.rebuild()
    assert (report.files, report.fetches, report.problems) == (1, 1, [])
    (entry,) = SharedArchive(address, tmp_path / "three").entries()
    assert entry.verdict == "good"


def test_a_machine_that_lost_its_index_gets_it_back_with_what_it_had_not_sent(
    bucket: Bucket, tmp_path: Path
) -> None:
    address, here = f"{bucket.home}/archive", tmp_path / "one"
    archive = SharedArchive(address, here)
    with archive.writer("seee", "run-1", BEGAN) as writer:
        put(archive, writer, exchange(1, b"one"))
    archive.share()
    alone = Archive(here)  # a run that was killed: its bytes are on this disk alone
    with alone.writer("seee", "run-2", BEGAN) as writer:
        put(alone, writer, exchange(2, b"two"))
    archive.close()
    alone.close()
    for path in here.glob("index.sqlite*"):
        path.unlink()
    again = SharedArchive(address, here)
    with again.writer("seee", "run-3", BEGAN) as writer:
        put(again, writer, exchange(3, b"three"))
    assert [again.page(entry).body for entry in again.entries()] == [b"one", b"two", b"three"]
    assert [entry.verdict for entry in again.entries()] == ["good", "", "good"]
    assert len(archived(bucket)) == 3
    assert again.verify() == []


def test_a_later_home_at_the_same_address_gets_nothing_of_the_former(
    remote: World, bucket: Bucket
) -> None:
    remote.night()
    for name in bucket.names():
        obstore.delete(bucket.store, name)
    night = remote.night()
    assert night.outcome == "changed", night.text
    assert len(archived(bucket)) == 1
    assert Warehouse(bucket.home).version("seee_quotes") == 1
