"""The nightly job under a real Prefect server on loopback, and without any Prefect."""

from __future__ import annotations

import json
import signal
import socket
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

from flows.schedule import DEPLOYMENTS, TIMEZONE
from tests.e2e import compose
from tests.e2e.commands import COMMAND, REPO, assert_usage_error, carbonmart, environment
from tests.e2e.prefect_server import Server, server, wait_for
from tests.servers import LoopbackServer, Reply
from warehouse.home import open_home
from warehouse.store import Warehouse

__all__ = ["server"]

UNTIL = "2021-07-30"
ENDS = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

pytestmark = pytest.mark.slow


def refresh(home: Path, *args: str) -> tuple[str, ...]:
    return ("--home", str(home), "refresh", "seee", "--sample", "--until", UNTIL, *args)


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
    incidents, report, sources = sorted(found, key=lambda artifact: str(artifact["key"]))
    assert (incidents["key"], incidents["type"]) == ("incidents", "markdown")
    assert incidents["data"].endswith("\n\nnone\n")
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
    (incidents,) = server.ask(
        "artifacts/filter",
        artifacts={"key": {"any_": ["incidents"]}},
        flow_runs={"name": {"any_": [f"nightly-{told['run_id']}"]}},
    )
    _, _, head, _, *rows = incidents["data"].splitlines()
    assert head == "| since (UTC) | source | what | next step |"
    assert [row for row in rows if "| seee | run blocked: " in row and "ingest" in row]
    assert len([row for row in rows if row.startswith("| ")]) == len(told["incidents"]["open"])
    assert "Traceback" not in done.stderr


def test_the_entry_point_of_deployments_is_the_same_flow(server: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = server.python(
        "from datetime import date\n"
        "from flows.nightly import nightly\n"
        f"state = nightly(['seee'], {str(home)!r}, is_sample=True, until=date(2021, 7, 30), "
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
        assert found["concurrency_options"]["collision_strategy"] == declared.collision
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


def test_a_deployment_runs_by_the_command_with_its_parameters(server: Server, worker: Path) -> None:
    days = {"first": "2021-07-16", "last": UNTIL, "until": UNTIL}
    asked = {"source": "seee", "is_sample": "true", **days}
    options = [word for name, value in asked.items() for word in ("--param", f"{name}={value}")]
    server.prefect("deployment", "run", "backfill/backfill", *options, "--watch")
    deployment = server.deployment("backfill/backfill")
    (run,) = server.ask(
        "flow_runs/filter", flow_runs={"deployment_id": {"any_": [deployment["id"]]}}
    )
    assert (run["state"]["name"], run["state"]["message"]) == ("Completed", "seee changed")
    assert run["parameters"]["first"] == "2021-07-16"
    assert run["work_pool_name"] == "carbonmart"
    store = Warehouse(worker)
    (backfill_id,) = store.query("select distinct backfill_id from ops_partitions").fetchone() or ()
    assert store.query("select count(*) from seee_bulletins").fetchone() == (14,)
    part = server.flow_run(f"seee-2021-{backfill_id}")
    assert (part["flow"], part["state"]["message"]) == ("source-seee", "changed")
    stages = [name for name, _ in server.task_runs(part)]
    assert [s for s in stages if s in ("discover", "fetch", "read and load", "settle")] == [
        "discover",
        "fetch",
        "read and load",
        "settle",
    ]
    found = server.ask("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    told = {artifact["key"]: artifact["data"] for artifact in found}
    assert "| seee | changed |" in told["backfill-report"]
    assert json.loads(told["backfill-partitions"])[0]["partition"] == "2021"
    assert told["incidents"].endswith("\n\nnone\n")
    logs = server.ask("logs/filter", logs={"flow_run_id": {"any_": [part["id"], run["id"]]}})
    ours = [line["message"] for line in logs if line["name"].startswith("carbonmart")]
    assert any("ndgk/index.shtml" in line for line in ours), ours


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
        made = server.ask(
            f"deployments/{nightly_one['id']}/create_flow_run", parameters={"sources": ["seee"]}
        )

        def ended() -> str | None:
            run = requests.get(f"{server.api}/flow_runs/{made['id']}", timeout=30).json()
            return run["state"]["message"] if run["state"]["type"] in ENDS else None

        assert wait_for("end of the night", ended) == "seee changed"
        bulletins = Warehouse(tmp_path / "home").query("select count(*) from seee_bulletins")
        assert bulletins.fetchone() == (14,)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def test_a_notification_block_is_told_of_an_incident_and_of_its_end(
    server: Server, tmp_path: Path
) -> None:
    """A block of the server's, a webhook of its own: what is told is no matter of ours."""
    home = open_home(tmp_path / "home", "sample").path
    env = {**server.env, "CARBONMART_NOTIFY_BLOCKS": "custom-webhook/ops"}

    def check(**settings: str) -> Any:
        done = carbonmart(Path(str(home)), "check", "--json", env={**env, **settings})
        assert done.returncode in (0, 5), done.stderr
        return json.loads(done.stdout)

    with LoopbackServer(lambda request: Reply(200)) as webhook:
        lost = check(CARBONMART_MIN_FREE_MB="999999999")
        assert lost["errors"] == ["Prefect block custom-webhook/ops: ValueError"]
        saved = server.python(
            "from prefect.blocks.notifications import CustomWebhookNotificationBlock as Block\n"
            "data = {'subject': '{{subject}}', 'body': '{{body}}'}\n"
            f"block = Block(name='ops', url='{webhook.base}/hook', json_data=data)\n"
            "block.save('ops')"
        )
        assert saved.returncode == 0, saved.stderr
        for least in ("999999999", "0"):
            told = check(CARBONMART_MIN_FREE_MB=least)
            assert told["errors"] == []
        opening, end = (json.loads(request.body) for request in webhook.requests)
    assert "1 to look at, 0 recovered" in opening["subject"]
    assert "store disk: " in opening["body"]
    assert "0 to look at, 1 recovered" in end["subject"]


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
        f"until = date.fromisoformat({UNTIL!r})\n"
        "report = refresh(settings, ['seee'], is_sample=True, until=until)\n"
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
