"""Deployments on a real Prefect server on loopback: made, run, scheduled, seen in its UI."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from selenium import webdriver

from flows.jobs.prefect.schedule import DEPLOYMENTS, TIMEZONE
from tests.e2e import compose
from tests.e2e.commands import COMMAND, environment
from tests.e2e.prefect_server import Server, server, wait_for
from tests.e2e.prefect_ui import Pages
from tests.support.chromium import browser
from warehouse.store.store import Warehouse

__all__ = ["browser", "server"]

Run = dict[str, Any]

UNTIL = "2021-07-30"
ENDS = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def worker(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`prefect.yaml` deployed to a process work pool, and a worker of it, by the commands of
    `compose.yaml`; gives its home."""
    folder = tmp_path_factory.mktemp("worker")
    for command in compose.commands("deploy"):
        assert command[:2] == ["prefect", "--no-prompt"]
        server.prefect(*command[2:])
    ((prefect, *options),) = compose.commands("worker")
    assert prefect == "prefect"
    log = folder / "worker.log"
    home = {"CARBONMART_HOME": str(folder / "home"), "CARBONMART_LOG_LEVEL": "info"}
    env = {**server.env, **home}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *options],
            cwd=folder,  # it has carbonmart installed, and no checkout
            env=environment(**env),
            stdout=output,
            stderr=output,
        )
    try:
        yield folder / "home"
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(60)


def test_every_deployment_has_described_typed_parameters_and_one_run_at_a_time(
    server: Server, worker: Path
) -> None:
    for declared in DEPLOYMENTS:
        found = server.deployment(f"{declared.name}/{declared.name}")
        assert found["entrypoint"] == declared.entrypoint
        assert found["work_pool_name"] == "carbonmart"
        assert found["global_concurrency_limit"]["limit"] == 1
        assert found["concurrency_options"]["collision_strategy"] == "ENQUEUE"
        crons = [(s["schedule"]["cron"], s["schedule"]["timezone"]) for s in found["schedules"]]
        assert crons == ([(declared.cron, TIMEZONE)] if declared.cron else [])
        assert found["description"]
        properties = found["parameter_openapi_schema"]["properties"]
        for name, known in properties.items():
            assert known.get("description"), f"{declared.name}: {name}"
            assert known.keys() & {"type", "anyOf", "enum"}, f"{declared.name}: {name}"
    schema = server.deployment("backfill/backfill")["parameter_openapi_schema"]
    assert set(schema["required"]) == {"source", "first", "last"}
    assert schema["properties"]["mode"]["enum"] == ["all", "missing", "reparse"]


@pytest.fixture(scope="module")
def run(server: Server, worker: Path) -> Run:
    """A backfill, run by Prefect's command."""
    days = {"first": "2021-07-16", "last": UNTIL, "until": UNTIL}
    asked = {"source": "seee", "is_sample": "true", **days}
    options = [word for name, value in asked.items() for word in ("--param", f"{name}={value}")]
    server.prefect("deployment", "run", "backfill/backfill", *options, "--watch")
    deployment = server.deployment("backfill/backfill")
    found: list[Run] = server.ask(
        "flow_runs/filter", flow_runs={"deployment_id": {"any_": [deployment["id"]]}}
    )
    assert len(found) == 1
    return found[0]


def part_of(server: Server, worker: Path) -> Run:
    """The backfill's only partition."""
    books = Warehouse(worker).query("select distinct backfill_id from ops_partitions")
    (backfill_id,) = books.fetchone() or ()
    return server.flow_run(f"seee-2021-{backfill_id}")


def test_a_deployment_runs_by_the_command_with_its_parameters(
    server: Server, worker: Path, run: Run
) -> None:
    assert (run["state"]["name"], run["state"]["message"]) == ("Completed", "seee changed")
    assert run["parameters"]["first"] == "2021-07-16"
    assert run["work_pool_name"] == "carbonmart"
    bulletins = Warehouse(worker).query("select count(*) from seee_bulletins")
    assert bulletins.fetchone() == (14,)
    part = part_of(server, worker)
    assert (part["flow"], part["state"]["message"]) == ("source-seee", "changed")
    stages = [name for name, _ in server.task_runs(part)]
    assert [s for s in stages if s in ("discover", "fetch", "read and load", "finalize")] == [
        "discover",
        "fetch",
        "read and load",
        "finalize",
    ]
    found = server.ask("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    told = {artifact["key"]: artifact["data"] for artifact in found}
    assert "| seee | changed |" in told["backfill-report"]
    assert json.loads(told["backfill-partitions"])[0]["partition"] == "2021"
    assert told["incidents"].endswith("\n\nnone\n")
    logs = server.ask("logs/filter", logs={"flow_run_id": {"any_": [part["id"], run["id"]]}})
    ours = [line["message"] for line in logs if line["name"].startswith("carbonmart")]
    assert any("ndgk/index.shtml" in line for line in ours), ours


def test_the_ui_shows_the_run_its_parameters_its_log_and_its_artifacts(
    server: Server, worker: Path, run: Run, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    pages = Pages(browser, server, tmp_path)
    pages.open(f"/runs/flow-run/{run['id']}")
    part = part_of(server, worker)
    pages.show(f"{run['name']}\nCompleted", "Finished in state Completed('seee changed')")
    pages.click("Parameters")
    pages.show('"source": "seee"', '"first": "2021-07-16"', f'"until": "{UNTIL}"')
    pages.click("Artifacts")
    pages.click("backfill-report")
    report, *_ = server.ask("artifacts/filter", artifacts={"key": {"any_": ["backfill-report"]}})
    lines = [line for line in report["data"].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert pages.table() == [cells[0], *cells[2:]]
    pages.show("seee: 14 added to seee_bulletins")
    pages.open(f"/runs/flow-run/{part['id']}")
    pages.show(f"{part['name']}\nCompleted", "https://overview.cneeex.example/qgtpfqjy/jysj/ndgk/")
    pages.click("Task Runs")
    pages.show("discover", "read and load", "finalize")


def test_the_ui_lists_the_deployments_and_their_hours(
    server: Server, worker: Path, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    pages = Pages(browser, server, tmp_path)
    pages.open("/deployments")
    pages.show(f"{len(DEPLOYMENTS)} Deployments", *(declared.name for declared in DEPLOYMENTS))
    pages.show("At 10:30 PM every day", "At 09:00 AM, only on Saturday")


def test_a_schedule_yields_runs_at_half_past_ten_in_shanghai(server: Server, worker: Path) -> None:
    """Prefect 3.8.8 with SQLAlchemy 2.1 looks healthy and never schedules a run."""
    deployment_id = server.deployment("nightly/nightly")["id"]

    def scheduled() -> list[dict[str, Any]]:
        wanted = {
            "deployment_id": {"any_": [deployment_id]},
            "state": {"type": {"any_": ["SCHEDULED"]}},
        }
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


def test_a_run_that_is_told_to_stop_is_booked_and_the_next_takes_up(
    server: Server, worker: Path, run: Run
) -> None:
    """By SIGTERM to its process, in the midst of its pages."""
    nightly_one = server.deployment("nightly/nightly")
    asked = {"sources": ["seee"], "is_sample": True, "until": "2021-10-29"}
    create = f"deployments/{nightly_one['id']}/create_flow_run"

    def now(of: Run) -> Run:
        found: Run = requests.get(f"{server.api}/flow_runs/{of['id']}", timeout=30).json()
        return found

    def is_at_work() -> bool:
        parts = {"parent_flow_run_id": {"any_": [made["id"]]}}
        is_begun = bool(now(made)["infrastructure_pid"])
        return is_begun and bool(server.ask("flow_runs/filter", flow_runs=parts))

    made = server.ask(create, parameters=asked)
    wait_for("a source's turn", is_at_work)
    os.kill(int(now(made)["infrastructure_pid"].rpartition(":")[2]), signal.SIGTERM)
    wait_for("its end", lambda: now(made)["state"]["type"] in ENDS)
    assert now(made)["state"]["type"] == "CRASHED"
    after = server.ask(create, parameters=asked)
    wait_for("the next one's end", lambda: now(after)["state"]["type"] in ENDS)
    assert now(after)["state"]["message"] == "seee changed"
    parts = server.ask("flow_runs/filter", flow_runs={"parent_flow_run_id": {"any_": [made["id"]]}})
    assert {part["state"]["type"] for part in parts} <= {"CRASHED"}
    days = Warehouse(worker).query("select count(distinct trade_date) from seee_bulletins")
    assert days.fetchone() == (69,)


def killed(server: Server, of: Run) -> tuple[Run, str]:
    """A run of a deployment as the server knows it after a kill: begun, and silent since; and
    the lease of its place."""
    made: Run = server.ask(f"deployments/{of['id']}/create_flow_run", state={"type": "PENDING"})
    answer = server.ask(f"flow_runs/{made['id']}/set_state", state={"type": "RUNNING"})
    assert answer["status"] == "ACCEPT", answer
    place = {"names": [of["global_concurrency_limit"]["name"]], "slots": 1, "lease_duration": 300}
    lease = server.ask("v2/concurrency_limits/increment-with-lease", mode="concurrency", **place)
    return made, lease["lease_id"]


def test_one_machine_serves_the_same_deployments(server: Server, tmp_path: Path) -> None:
    for declared in DEPLOYMENTS:  # nothing of the work pool's is left
        known = server.deployment(f"{declared.name}/{declared.name}").get("id")
        requests.delete(f"{server.api}/deployments/{known}", timeout=30)
    log = tmp_path / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(COMMAND), "--home", "home", "serve", "--sample", "--until", UNTIL],
            cwd=tmp_path,
            env=environment(**server.env),
            stdout=output,
            stderr=output,
        )

    def served() -> dict[str, Any] | None:
        assert process.poll() is None, log.read_text()
        found = server.deployment("publish/publish")
        return found if "id" in found else None

    try:
        wait_for("served deployments", served)
        nightly_one = server.deployment("nightly/nightly")
        assert nightly_one["parameters"] == {"is_sample": True, "until": UNTIL}
        assert nightly_one["global_concurrency_limit"]["limit"] == 1
        dead, lease = killed(server, nightly_one)
        made = server.ask(
            f"deployments/{nightly_one['id']}/create_flow_run", parameters={"sources": ["seee"]}
        )

        def state(run: Run = made) -> Run:
            found: Run = requests.get(f"{server.api}/flow_runs/{run['id']}", timeout=30).json()
            return dict(found["state"])

        wait_for("its turn", lambda: state()["name"] == "AwaitingConcurrencySlot")
        # As the server does once the lease is over.
        free = f"{server.api}/v2/concurrency_limits/decrement-with-lease"
        assert requests.post(free, json={"lease_id": lease}, timeout=30).ok
        assert wait_for("end of the night", lambda: state()["type"] in ENDS)
        assert state()["message"] == "seee changed"
        assert (state(dead)["type"], "its process died" in state(dead)["message"]) == (
            "CRASHED",
            True,
        )
        bulletins = Warehouse(tmp_path / "home").query("select count(*) from seee_bulletins")
        assert bulletins.fetchone() == (14,)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
