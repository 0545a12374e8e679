"""The nightly job under a real Prefect server on loopback, and without any Prefect."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.e2e.commands import REPO, assert_usage_error, carbonmart, environment
from warehouse.store import Warehouse

UNTIL = "2021-07-30"
START_S = 120

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Server:
    """A Prefect server: its API, and the environment of its clients."""

    api: str
    env: dict[str, str]

    def ask(self, path: str, **wanted: Any) -> Any:
        answer = requests.post(f"{self.api}/{path}", json=wanted, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run code as a client of the server."""
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPO,
            env=environment(**self.env),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def flow_run(self, name: str) -> dict[str, Any]:
        """The only flow run of that name, with the name of its flow."""
        (run,) = self.ask("flow_runs/filter", flow_runs={"name": {"any_": [name]}})
        flow = requests.get(f"{self.api}/flows/{run['flow_id']}", timeout=30).json()
        return {**run, "flow": flow["name"]}

    def task_runs(self, flow_run: dict[str, Any]) -> list[tuple[str, str]]:
        """Name (without its random end) and state of each task, in order."""
        found = self.ask(
            "task_runs/filter",
            task_runs={"flow_run_id": {"any_": [flow_run["id"]]}},
            sort="EXPECTED_START_TIME_ASC",
        )
        return [(run["name"].rpartition("-")[0], run["state"]["name"]) for run in found]


def wait_for(what: str, ask: Any) -> Any:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.25)
    pytest.fail(f"no {what} after {START_S} s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("prefect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": port,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    api = f"http://127.0.0.1:{port}/api"
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start"],
            env=environment(**env),
            stdout=output,
            stderr=output,
        )

    def is_up() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return requests.get(f"{api}/health", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        wait_for("server", is_up)
        yield Server(api, {"PREFECT_API_URL": api, "PREFECT_HOME": str(folder)})
    finally:
        process.terminate()
        process.wait(60)


def refresh(home: Path, *args: str) -> tuple[str, ...]:
    return ("--home", str(home), "refresh", "--sample", "--until", UNTIL, *args)


def test_a_night_shows_on_the_server_with_its_subflow_tasks_and_artifacts(
    server: Server, tmp_path: Path
) -> None:
    done = carbonmart(tmp_path / "home", *refresh(tmp_path)[2:], "--json", env=server.env)
    assert done.returncode == 0, done.stderr
    assert " | INFO " not in done.stderr  # it would run through the progress bars
    told = json.loads(done.stdout)
    whole = server.flow_run(f"nightly-{told['run_id']}")
    assert (whole["flow"], whole["state"]["name"]) == ("nightly", "Completed")
    assert "seee changed" in whole["state"]["message"].split("; ")
    part = server.flow_run(f"seee-{told['run_id']}")
    assert (part["flow"], part["state"]["name"]) == ("source-seee", "Completed")
    assert part["state"]["message"] == "changed"
    stages = server.task_runs(part)
    assert {state for _, state in stages} == {"Completed"}
    ours = ("discover", "fetch", "read and load", "check")
    assert [name for name, _ in stages if name in ours] == list(ours)
    assert server.task_runs(whole)[0] == ("source-seee", "Completed")
    found = server.ask(
        "artifacts/filter", artifacts={"flow_run_id": {"any_": [whole["id"]]}}, sort="KEY_ASC"
    )
    report, sources = sorted(found, key=lambda artifact: str(artifact["key"]))
    assert (report["key"], report["type"]) == ("nightly-report", "markdown")
    assert f"| seee | changed | {told['sources'][0]['fetched']} |" in report["data"]
    assert (sources["key"], sources["type"]) == ("nightly-sources", "table")
    row, *_ = json.loads(sources["data"])
    assert (row["source"], row["new"]) == ("seee", told["sources"][0]["new"])


def test_a_blocked_night_is_failed_there_with_its_reason(server: Server, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.e2e.spoilt", "challenge", "/qgtpfqjy/"),
            *refresh(tmp_path / "home", "--json"),
        ],
        cwd=REPO,
        env=environment(**server.env),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    for name in (f"nightly-{told['run_id']}", f"seee-{told['run_id']}"):
        state = server.flow_run(name)["state"]
        assert state["name"] == "Failed"
        assert "blocked" in state["message"]
        assert "overview.cneeex.example/qgtpfqjy/" in state["message"]
    assert "Traceback" not in done.stderr


def test_the_entry_point_of_deployments_is_the_same_flow(server: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = server.python(
        "from datetime import date\n"
        "from flows.nightly import nightly\n"
        f"state = nightly(home={str(home)!r}, is_sample=True, until=date(2021, 7, 30), "
        "return_state=True)\n"
        "print(state.name, state.message, state.state_details.flow_run_id)\n"
        "properties = nightly.parameters.model_dump()['properties']\n"
        "assert all(p['description'] for p in properties.values()), properties\n"
        "assert 'entry point' in nightly.description"
    )
    assert done.returncode == 0, done.stderr
    state, *message, flow_run_id = done.stdout.split()
    assert state == "Completed"
    assert "seee changed" in " ".join(message).split("; ")
    run = requests.get(f"{server.api}/flow_runs/{flow_run_id}", timeout=30).json()
    assert run["parameters"]["until"] == "2021-07-30"
    assert server.task_runs(run)[0] == ("source-seee", "Completed")
    bulletins = Warehouse(home).query("select count(*) from seee_bulletins").fetchone()
    assert bulletins == (14,)
    unknown = server.python("from flows.nightly import nightly; nightly(sources=['moon'])")
    assert unknown.returncode != 0
    assert "no source 'moon'; there are: seee" in unknown.stderr


def test_a_schedule_yields_runs_at_half_past_ten_in_shanghai(server: Server) -> None:
    """Prefect 3.8.8 with SQLAlchemy 2.1 looks healthy and never schedules a run."""
    done = server.python(
        "from flows.nightly import nightly\n"
        "from prefect.schedules import Cron\n"
        "schedule = Cron('30 22 * * *', timezone='Asia/Shanghai')\n"
        "print(nightly.to_deployment('every-night', schedule=schedule).apply())"
    )
    assert done.returncode == 0, done.stderr
    deployment_id = done.stdout.split()[-1]

    def scheduled() -> list[dict[str, Any]]:
        wanted = {"deployment_id": {"any_": [deployment_id]}}
        found = server.ask("flow_runs/filter", flow_runs=wanted)
        return found if len(found) >= 3 else []

    runs = wait_for("scheduled runs", scheduled)
    assert {run["state"]["type"] for run in runs} == {"SCHEDULED"}
    moments = sorted(datetime.fromisoformat(run["expected_start_time"]) for run in runs)
    assert {moment.astimezone(UTC).strftime("%H:%M") for moment in moments} == {"14:30"}
    assert {b - a for a, b in pairwise(moments)} == {timedelta(days=1)}
    now = datetime.now(UTC)
    assert now - timedelta(minutes=5) < moments[0] < now + timedelta(days=1)
    assert moments[0].astimezone(ZoneInfo("Asia/Shanghai")).time().isoformat() == "22:30:00"


def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        api = f"http://127.0.0.1:{taken.getsockname()[1]}/api"
        env = {"PREFECT_API_URL": api, "PREFECT_HOME": str(tmp_path / "prefect")}
        done = carbonmart(tmp_path / "home", *refresh(tmp_path)[2:], env=env)
    assert_usage_error(done, f"no Prefect server answers at PREFECT_API_URL={api}", "--no-prefect")


def test_without_a_server_the_night_runs_plainly_and_imports_no_prefect(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from datetime import date\n"
        "from flows.refresh import refresh\n"
        "from flows.settings import Settings\n"
        f"settings = Settings.load({str(tmp_path / 'home')!r})\n"
        f"report = refresh(settings, is_sample=True, until=date.fromisoformat({UNTIL!r}))\n"
        "print(report.exit_code, report.runs[0].outcome, 'prefect' in sys.modules)"
    )
    env = environment()
    assert "PREFECT_API_URL" not in env
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPO,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout.split() == ["0", "changed", "False"], done.stderr
