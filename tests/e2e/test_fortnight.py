"""A fortnight of nights, 2021-09-13 to 09-26, with whatever can happen to a source and a disk.

Each night is the job as the schedule runs it, on the evening of a day of the sample's
world; every outcome, alarm and message is asserted, and in the end the tables are what an
undisturbed store holds. Runs on loopback: the exchange's site, and the webhook that is told.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import flows.jobs.start
from extractors.sample.server.server import SampleServer
from extractors.sample.sites.seee.markup import HOST
from flows.core.context import Sample
from flows.core.settings import Settings
from flows.jobs.monitor import watch
from flows.jobs.nightly import refresh
from flows.jobs.report.result import MonitorResult, RunReport
from schemas.trading import shipped
from tests.e2e.commands import REPO, carbonmart, environment
from tests.support.disks import largest_file
from tests.support.nights import article
from tests.support.servers import LoopbackServer, Reply, Request
from warehouse.store.store import Warehouse

LISTED = "/qgtpfqjy/mrgk/2021n/index.shtml"
REVISED = date(2021, 9, 13)
PER_RUN = "known_from, known_to, retrieved_at, revision, payload_sha256"
"""What differs where each night read the files anew: they grow by a day."""

pytestmark = pytest.mark.slow


def day(number: int) -> date:
    """A day of the fortnight's month."""
    return date(2021, 9, number)


@dataclass
class Fortnight:
    """The store, the site that it reads, and what the webhook was told."""

    home: Path
    server: SampleServer
    webhook: LoopbackServer
    is_revised: bool = False
    reports: dict[date, RunReport] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(
            home=str(self.home),
            retries=1,
            backoff_s=0.0,
            total_timeout_s=1.5,
            publish=False,
            webhook_url=f"{self.webhook.base}/hook/secret",
        )

    def night(self, number: int) -> RunReport:
        self.server.until = day(number)
        report = refresh(self.settings, ["seee"], is_sample=True, until=day(number))
        self.reports[day(number)] = report
        return report

    def check(self, number: int) -> MonitorResult:
        return watch(self.settings, ["seee"], until=day(number))

    def mend(self) -> None:
        """The site as it should be; what was revised stays revised."""
        self.server.clear()
        if self.is_revised:
            self.server.fault("", "revision", date=REVISED)

    def messages(self) -> list[str]:
        """What the webhook was told since it was last asked."""
        told = [json.loads(request.body)["text"] for request in self.webhook.requests]
        self.webhook.requests.clear()
        return told

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with Warehouse(self.home).query(sql) as answer:
            return answer.fetchall()

    def newest(self, table: str) -> date:
        column = "period_end" if table == "seee_bulletins" else "trade_date"
        where = "where period = 'day'" if table == "seee_bulletins" else ""
        found: date = self.ask(f"select max({column}) from {table} {where}")[0][0]
        return found


def outcome(report: RunReport) -> tuple[str, int]:
    (run,) = report.runs
    return str(run.outcome), report.exit_code


def opened(watched: MonitorResult | None) -> set[str]:
    assert watched is not None
    return {incident.name for incident in watched.told.opened}


def recovered(watched: MonitorResult | None) -> set[str]:
    assert watched is not None
    return {incident.name for incident in watched.told.recovered}


def still_open(watched: MonitorResult | None) -> set[str]:
    assert watched is not None
    return {incident.name for incident in watched.told.still_open}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fortnight]:
    def take(request: Request) -> Reply:
        return Reply(200, b"ok")

    with SampleServer(until=day(10)) as server, LoopbackServer(take) as webhook:

        @contextmanager
        def same_world(until: date | None = None) -> Iterator[Sample]:
            yield Sample(server.routes, until)

        monkeypatch.setattr(flows.jobs.start, "sample_world", same_world)
        yield Fortnight(tmp_path / "home", server, webhook)


def test_a_fortnight(world: Fortnight, tmp_path: Path) -> None:
    assert outcome(world.night(10)) == ("changed", 0)
    for play in SCRIPT:
        play(world)
    assert_same_as_undisturbed(world, tmp_path)


def monday_13_is_quiet(world: Fortnight) -> None:
    report = world.night(13)
    assert outcome(report) == ("changed", 0)
    assert still_open(report.watched) == set()
    assert world.messages() == []
    assert world.newest("seee_bulletins") == day(13)


def tuesday_14_a_wall(world: Fortnight) -> None:
    world.server.fault("^overview", "challenge")
    versions = world.ask("select max(period_end), count(*) from seee_bulletins")
    report = world.night(14)
    assert outcome(report) == ("blocked", 3)
    assert opened(report.watched) == {
        "seee run blocked",
        "seee freshness bulletins_are_fresh",
        "seee freshness quotes_are_fresh",
        "seee gates stale",
    }
    assert world.ask("select max(period_end), count(*) from seee_bulletins") == versions
    (message,) = world.messages()
    assert "4 to look at" in message
    assert "carbonmart ingest" in message, "the next step"
    cause, step = world.ask(
        "select cause, next_step from ops_runs order by started_at desc limit 1"
    )[0]
    assert cause == "wall"
    assert "do not ask more often" in step
    again = world.check(14)
    assert (again.exit_code, opened(again)) == (5, set())
    assert world.messages() == [], "told once"
    by_command = carbonmart(world.home, "check", "--no-tell", "--json", "--until", "2021-09-14")
    assert by_command.returncode == 5, by_command.stderr
    told = {(f["check"], f["scope"]) for f in json.loads(by_command.stdout)["findings"]}
    assert ("run", "blocked") in told
    world.mend()


def wednesday_15_a_slow_host(world: Fortnight) -> None:
    world.server.fault(re.escape(article(day(15)).path), "drip", pause_s=0.1)
    report = world.night(15)
    assert outcome(report) == ("partial", 3)
    assert opened(report.watched) == {"seee run partial"}
    assert recovered(report.watched) == {
        "seee run blocked",
        "seee freshness quotes_are_fresh",
        "seee gates stale",
    }
    assert still_open(report.watched) == {"seee run partial", "seee freshness bulletins_are_fresh"}
    (message,) = world.messages()
    assert "1 to look at, 3 recovered" in message
    assert "raise the timeouts" in message
    assert world.ask("select cause from ops_runs order by started_at desc limit 1") == [
        ("timeout",)
    ]
    assert world.newest("seee_bulletins") == day(14), "what the wall kept back came in"
    assert world.newest("seee_quotes") == day(15)
    world.mend()


def thursday_16_another_layout(world: Fortnight) -> None:
    html = "<html><body><main>" + "全国碳市场行情。" * 400 + "</main></body></html>"
    world.server.fault(re.escape(LISTED), "replace", body=html)
    report = world.night(16)
    assert outcome(report) == ("drifted", 3)
    assert opened(report.watched) == {
        "seee run drifted",
        "seee gates stale",
        "seee coverage",
    }
    assert recovered(report.watched) == {"seee run partial"}
    (message,) = world.messages()
    assert "compare the archived bytes with a good page" in message
    assert world.newest("seee_quotes") == day(16), "what could be read is in"
    world.mend()


def friday_17_a_revision(world: Fortnight) -> None:
    row = f"seee_bulletins day {REVISED} {REVISED}"
    (world.home / "gates.yml").write_text(
        json.dumps({"known_failures": {"held": {row: "the quote file was left as it was"}}})
    )
    world.is_revised = True
    world.mend()
    report = world.night(17)
    assert outcome(report) == ("changed", 0)
    assert still_open(report.watched) == set()
    (message,) = world.messages()
    assert "0 to look at, 4 recovered" in message
    (run,) = report.runs
    # Three days, which the lists named again, and the week.
    told = "4 bulletins added, 1 revised: high_cny_per_t of day 2021-09-13"
    assert told in run.tally.summary
    assert world.ask("select changes from ops_runs order by started_at desc limit 1") == [
        (run.tally.summary,)
    ]
    assert world.ask("select action, key from ops_changes where revision > 1") == [
        ("MOD", '{"period":"day","period_start":"2021-09-13","period_end":"2021-09-13"}')
    ]


def closed_days(*numbers: int) -> Callable[[Fortnight], None]:
    """Nothing is due: nothing is new, nobody is told."""

    def play(world: Fortnight) -> None:
        for number in numbers:
            report = world.night(number)
            assert outcome(report) == ("empty_expected", 0), number
            assert still_open(report.watched) == set()
            assert world.messages() == []
        last_success = (world.home / "last_success").read_text()
        assert last_success.split()[1] == world.reports[day(numbers[-1])].run_id

    return play


def wednesday_22_no_bulletin(world: Fortnight) -> None:
    forget(world, day(22), until=22)
    report = world.night(22)
    assert outcome(report) == ("partial", 3)
    assert opened(report.watched) == {"seee run partial", "seee freshness bulletins_are_fresh"}
    assert len(world.messages()) == 1
    assert world.newest("seee_quotes") == day(22)
    assert report.run_id not in (world.home / "last_success").read_text()


def thursday_23_killed(world: Fortnight) -> None:
    """The process is killed while it fetches; in the morning somebody else looks."""
    world.mend()
    forget(world, day(22), until=23)
    hanging = article(day(23)).path
    world.server.fault(re.escape(hanging), "drip", pause_s=0.5)
    booked = world.ask("select count(*) from ops_runs")
    kill_while_fetching(world, 23, hanging)
    assert world.ask("select count(*) from ops_runs") == booked
    morning = world.check(23)
    assert morning.exit_code == 5
    assert opened(morning) == {
        "seee freshness quotes_are_fresh",
        "seee coverage",
    }
    (message,) = world.messages()
    assert "seee_bulletins lacks 1 trading day: 2021-09-22" in message
    world.mend()
    forget(world, day(22), until=24)


def friday_24_a_full_disk(world: Fortnight) -> None:
    held = world.ask("select count(*) from ops_incidents__history")
    with largest_file(600):
        report = world.night(24)
    assert outcome(report) == ("failed", 3)
    assert report.watched is not None
    assert any("could not be booked" in error for error in report.watched.told.errors)
    (message,) = world.messages()
    assert "seee run failed" in message, "a store that takes no more still has a voice"
    assert world.ask("select count(*) from ops_incidents__history") == held
    assert "failed" not in {row[0] for row in world.ask("select outcome from ops_runs")}


def saturday_25_all_of_it(world: Fortnight) -> None:
    """There is room again, and the publisher has put up the day that was missing."""
    world.mend()
    report = world.night(25)
    assert outcome(report) == ("changed", 0)
    assert still_open(report.watched) == set()
    (message,) = world.messages()
    assert "0 to look at" in message
    assert world.ask("select count(*) from ops_incidents where status = 'open'") == [(0,)]
    assert world.check(25).exit_code == 0
    metrics = (world.home / "metrics.prom").read_text()
    assert 'carbonmart_run_outcome{outcome="changed",source="seee"} 1.0' in metrics
    assert 'carbonmart_open_incidents{check="run",source="seee"} 0.0' in metrics
    assert re.search(r"^carbonmart_last_success_timestamp_seconds 1\.\d+e\+09$", metrics, re.M)


SCRIPT: tuple[Callable[[Fortnight], None], ...] = (
    monday_13_is_quiet,
    tuesday_14_a_wall,
    wednesday_15_a_slow_host,
    thursday_16_another_layout,
    friday_17_a_revision,
    closed_days(18, 19, 20, 21),
    wednesday_22_no_bulletin,
    thursday_23_killed,
    friday_24_a_full_disk,
    saturday_25_all_of_it,
    closed_days(26),
)


def forget(world: Fortnight, missing: date, until: int) -> None:
    """Serve the daily list of an evening without a day's bulletin."""
    world.server.until = day(until)
    page = world.server.sites["seee"].respond(HOST, LISTED).body.decode()
    path = article(missing).path
    items = re.findall(r"<li\b.*?</li>", page, re.DOTALL)
    for item in (item for item in items if path in item):
        page = page.replace(item, "")
    assert path not in page
    world.server.fault(re.escape(LISTED), "replace", body=page)


def kill_while_fetching(world: Fortnight, number: int, hanging: str) -> None:
    """Run the night in a process of its own and kill it once it waits for a page."""
    world.server.until = day(number)
    world.server.requests.clear()
    code = (
        "import sys, json\n"
        "from contextlib import contextmanager\n"
        "from datetime import date\n"
        "from flows.jobs import nightly, start\n"
        "from flows.core.context import Sample\n"
        "from flows.core.settings import Settings\n"
        "home, routes = sys.argv[1], json.loads(sys.argv[2])\n"
        "day = date.fromisoformat(sys.argv[3])\n"
        "@contextmanager\n"
        "def same_world(until=None):\n"
        "    yield Sample(routes, until)\n"
        "start.sample_world = same_world\n"
        "nightly.refresh(Settings(home=home, publish=False), ['seee'], is_sample=True, until=day)\n"
    )
    routes = json.dumps(world.server.routes)
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(world.home), routes, f"{day(number)}"],
        cwd=REPO,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not any(target == hanging for _, _, target, _ in world.server.requests):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def assert_same_as_undisturbed(world: Fortnight, tmp_path: Path) -> None:
    """The rows, and what was said of each before it was revised."""
    calm = Fortnight(tmp_path / "calm", world.server, world.webhook)
    world.server.clear()
    assert outcome(calm.night(13)) == ("changed", 0)
    shutil.copy(world.home / "gates.yml", calm.home)
    calm.is_revised = True
    calm.mend()
    assert outcome(calm.night(26)) == ("changed", 0)
    for table in ("seee_bulletins", "seee_quotes", "seee_method_totals"):
        sql = f"select * exclude ({PER_RUN}) from {table}__history order by all"
        assert world.ask(sql) == calm.ask(sql), table
    states = "select state, count(*) from ops_coverage where trade_date <= '2021-09-26' group by 1"
    due = len(list(shipped().trading_days(date(2021, 7, 16), day(26))))
    assert world.ask(states) == calm.ask(states) == [("complete", due)]
