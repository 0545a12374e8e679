"""What a look at a store finds, opens, closes and tells, on stores that real nights have filled."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.jobs.monitor import watch
from flows.jobs.report.result import MonitorResult
from flows.stages.monitor.channels import Channel, NotSent
from flows.stages.monitor.look import look
from flows.stages.monitor.model import Finding
from flows.stages.monitor.notify import Notified, tell
from tests.support.nights import FIRST_UNTIL, NEXT, World, article
from tests.support.servers import LoopbackServer, Reply, Request
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse


@dataclass
class Ear:
    """A channel that keeps what it is told, unless it is deaf."""

    name: str = "ear"
    heard: list[tuple[str, list[str]]] = field(default_factory=list)
    failure: BaseException | None = None

    def send(self, title: str, lines: Any) -> None:
        if self.failure:
            raise self.failure
        self.heard.append((title, list(lines)))


def looked(home: Path, until: date = FIRST_UNTIL, **settings: Any) -> MonitorResult:
    return watch(Settings(home=str(home), **settings), ["seee"], until=until)


def failed(watched: MonitorResult) -> list[tuple[str, str]]:
    return [(finding.check, finding.scope) for finding in watched.look.failed]


def finding(watched: MonitorResult, check: str, scope: str | None = None) -> Finding:
    (found,) = [
        each
        for each in watched.findings
        if each.check == check and (scope is None or each.scope == scope)
    ]
    return found


def told_to(home: Path, *channels: Channel, until: date = FIRST_UNTIL) -> Notified:
    return tell(look(Settings(home=str(home)), until=until), list(channels))


@pytest.fixture
def home(first_night: Path, tmp_path: Path) -> Path:
    """A copy of the store of the first night."""
    shutil.copytree(first_night, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def refused(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store whose second night brought a bulletin with a sum that is wrong."""
    home = tmp_path_factory.mktemp("refused") / "home"
    shutil.copytree(first_night, home)
    with SampleServer(until=NEXT[0]) as server:
        world = World(home, server)
        world.serve(NEXT[0], lambda text: re.sub(r"(?<=总成交量)[\d,]+(?=吨)", "999999999", text))
        assert world.night().outcome == "partial"
        yield home


def versions(home: Path) -> dict[str, int]:
    return {info.name: info.version for info in Warehouse(home).tables()}


def test_a_good_night_leaves_nothing_to_look_at(home: Path) -> None:
    before = versions(home)
    watched = looked(home)
    assert (watched.exit_code, failed(watched)) == (0, [])
    assert {each.check for each in watched.findings} == {
        *("run", "overdue", "freshness", "coverage", "held", "identities", "quarantine", "gates"),
        *("bytes", "calendar", "clock", "disk"),
    }
    assert looked(home).exit_code == 0
    assert versions(home) == before, "a look that finds nothing new books nothing"


def test_a_refused_record_is_an_incident_until_somebody_accepts_it(
    refused: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(refused, home)
    watched = looked(home, NEXT[0])
    assert watched.exit_code == 5
    quarantined = finding(watched, "quarantine")
    assert quarantined.verdict == "fail"
    assert f"1 refused by {quarantined.scope} since" in quarantined.told
    assert "quarantine --replay" in quarantined.next_step
    ((identity,),) = (
        Warehouse(home)
        .query("select quarantine_id from ops_quarantine where status = 'open'")
        .fetchall()
    )
    (home / "gates.yml").write_text(
        f"known_failures:\n  quarantine:\n    {identity}: misprint, the publisher was told\n"
    )
    accepted = looked(home, NEXT[0])
    assert finding(accepted, "quarantine").verdict == "pass"
    assert quarantined.scope in {each.scope for each in accepted.told.recovered}


def test_a_day_that_is_lacking_is_named_until_somebody_accepts_it(
    refused: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(refused, home)
    today = looked(home, NEXT[0])
    assert finding(today, "coverage").verdict == "pass", "of the day that is due freshness speaks"
    assert finding(today, "freshness").told.startswith("newest bulletin: 2021-09-30, due is")
    tomorrow = looked(home, NEXT[1])
    assert finding(tomorrow, "coverage").told == f"seee_bulletins lacks 1 trading day: {NEXT[0]}"
    (home / "gates.yml").write_text(
        f"known_failures:\n  coverage:\n    {NEXT[0]} seee_bulletins: never published\n"
    )
    assert finding(looked(home, NEXT[1]), "coverage").told.endswith(", 1 accepted")


def test_a_schedule_that_died_is_found_by_the_day(home: Path) -> None:
    day = FIRST_UNTIL + timedelta(days=1)
    assert finding(looked(home, day), "overdue").verdict == "pass"
    late = finding(looked(home, day + timedelta(days=1)), "overdue")
    assert late.verdict == "fail"
    assert "2 days ago" in late.told
    assert finding(looked(home, day + timedelta(days=1), overdue_days=2), "overdue").verdict == (
        "pass"
    )


def test_a_full_disk_is_foretold(home: Path) -> None:
    watched = looked(home, min_free_mb=10**9)
    assert failed(watched) == [("disk", "")]
    assert "CARBONMART_MIN_FREE_MB" in finding(watched, "disk").told
    assert "vacuum" in finding(watched, "disk").next_step


def test_a_source_that_is_switched_off_alarms_nobody(home: Path) -> None:
    watched = looked(home, NEXT[3], disabled=("seee",))
    assert failed(watched) == []
    assert finding(watched, "run").verdict == "warn"


def test_a_table_that_cannot_be_read_is_told_and_closes_nothing(home: Path) -> None:
    assert failed(looked(home, NEXT[3]))
    still = {(each.check_name, each.scope) for each in looked(home, NEXT[3]).told.still_open}
    for file in (home / "tables" / "seee_quotes" / "_delta_log").iterdir():
        file.write_text("{")
    watched = looked(home, NEXT[3])
    assert watched.exit_code == 5
    assert ("freshness", "unlooked") in failed(watched)
    now = {(each.check_name, each.scope) for each in watched.told.still_open}
    assert still <= now


def test_a_live_store_that_was_never_run_warns_of_today(tmp_path: Path) -> None:
    home = tmp_path / "live"
    open_home(home, "live")
    watched = watch(Settings(home=str(home)), ["seee"])
    (run,) = [each for each in watched.findings if each.check == "run"]
    assert (run.scope, run.verdict) == ("never", "warn")
    assert {scope for _, scope in failed(watched)} <= {""}, "but for disk and calendar: as it is"
    with pytest.raises(UsageError, match="--until goes with a sample store"):
        looked(home)


def test_only_to_look_leaves_no_trace(refused: Path) -> None:
    def stamps() -> dict[Path, int]:
        """SQLite moves its own log into the index when the last reader leaves: no trace."""
        files = (path for path in refused.rglob("*") if path.is_file())
        return {f: f.stat().st_mtime_ns for f in files if not f.name.startswith("index.sqlite")}

    before = stamps()
    watched = watch(Settings(home=str(refused)), until=NEXT[0], tells=False)
    assert watched.exit_code == 5
    assert stamps() == before


def test_each_channel_is_told_once_and_once_again_when_it_is_over(
    refused: Path, home: Path
) -> None:
    shutil.rmtree(home)
    shutil.copytree(refused, home)
    ear, late = Ear(), Ear("late", failure=NotSent("late: down"))
    first = told_to(home, ear, late, until=NEXT[0])
    assert first.errors == ["late: down"]
    ((title, lines),) = ear.heard
    assert f"{len(first.opened)} to look at, 0 recovered" in title
    assert any("Next: See `carbonmart quarantine`" in line for line in lines)
    late.failure = None
    second = told_to(home, ear, late, until=NEXT[0])
    assert (second.opened, second.sent_to) == ([], ["late"])
    assert len(ear.heard) == 1
    ((_, later_lines),) = late.heard
    assert sorted(later_lines) == sorted(lines), "what it could not be told it is told later"
    assert told_to(home, ear, late, until=NEXT[0]).sent_to == []
    with SampleServer(until=NEXT[0]) as server:
        assert World(home, server).night().outcome == "changed"
    deaf = Ear("new")
    over = told_to(home, ear, deaf, until=NEXT[0])
    assert (over.still_open, len(over.recovered)) == ([], len(first.opened))
    assert "0 to look at" in ear.heard[-1][0]
    assert all(line.startswith("recovered after 0 min: seee ") for line in ear.heard[-1][1])
    assert deaf.heard == [], "of what it never heard of it hears no end"
    assert told_to(home, ear, until=NEXT[0]).sent_to == []


def test_killed_between_booking_and_telling_it_is_told_by_the_next_look(
    refused: Path, home: Path
) -> None:
    shutil.rmtree(home)
    shutil.copytree(refused, home)
    with pytest.raises(KeyboardInterrupt):
        told_to(home, Ear(failure=KeyboardInterrupt()), until=NEXT[0])
    booked = Warehouse(home).query("select count(*) from ops_incidents where status = 'open'")
    ((opened,),) = booked.fetchall()
    assert opened
    ear = Ear()
    assert told_to(home, ear, until=NEXT[0]).opened == []
    assert len(ear.heard[0][1]) == opened


def test_two_looks_at_once_tell_it_once(refused: Path, home: Path) -> None:
    shutil.rmtree(home)
    shutil.copytree(refused, home)
    settings = Settings(home=str(home))
    first, second = look(settings, until=NEXT[0]), look(settings, until=NEXT[0])
    is_telling, may_end = threading.Event(), threading.Event()

    class Slow(Ear):
        def send(self, title: str, lines: Any) -> None:
            is_telling.set()
            assert may_end.wait(60)
            super().send(title, lines)

    slow, other = Slow(), Ear()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(tell, first, [slow])
        assert is_telling.wait(60)
        two = pool.submit(tell, second, [other])
        may_end.set()
        assert one.result(60).sent_to == ["ear"]
        assert (two.result(60).opened, two.result(60).sent_to) == ([], [])
    assert (len(slow.heard), other.heard) == (1, [])


def test_the_webhook_of_the_settings_is_told(refused: Path, home: Path) -> None:
    shutil.rmtree(home)
    shutil.copytree(refused, home)

    def take(request: Request) -> Reply:
        return Reply(200)

    with LoopbackServer(take) as server:
        url = f"{server.base}/hook/very-secret"
        watched = looked(home, NEXT[0], webhook_url=url)
        assert watched.told.sent_to == ["webhook"]
        (asked,) = server.requests
    text = json.loads(asked.body)["text"]
    assert article(NEXT[0]).path in text
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not any(b"very-secret" in path.read_bytes() for path in files)


def test_metrics_go_where_they_are_wanted(refused: Path, home: Path, tmp_path: Path) -> None:
    shutil.rmtree(home)
    shutil.copytree(refused, home)
    file = tmp_path / "textfile" / "carbonmart.prom"
    looked(home, NEXT[0], metrics_file=str(file))
    lines = file.read_text().splitlines()
    assert 'carbonmart_check{check="quarantine",source="seee"} 2.0' in lines
    assert 'carbonmart_check{check="disk",source="store"} 0.0' in lines
    assert 'carbonmart_quarantine_open{source="seee"} 1.0' in lines
    assert 'carbonmart_run_outcome{outcome="partial",source="seee"} 1.0' in lines
    assert not (home / "metrics.prom").exists()
    assert not [line for line in lines if line.startswith("carbonmart_last_success")]
