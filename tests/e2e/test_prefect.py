"""The nightly job under a real Prefect server on loopback, and without any Prefect."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.clusters import Cluster, client_of, cluster
from tests.e2e.commands import REPO, assert_usage_error, carbonmart, environment
from tests.e2e.holding import all_revisions
from tests.e2e.prefect_server import Server, server, wait_for
from tests.support.nights import first_night
from tests.support.servers import LoopbackServer, Reply
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

__all__ = ["first_night", "server"]

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
        "from flows.jobs.prefect.nightly import nightly\n"
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
    unknown = server.python(
        "from flows.jobs.prefect.nightly import nightly; nightly(sources=['moon'])"
    )
    assert unknown.returncode != 0
    assert "no source 'moon'; there are: " in unknown.stderr


def by_dask(server: Server, home: Path, dask: Cluster) -> subprocess.CompletedProcess[str]:
    """Read the home's archive again under the server, in batches of 40 pages, by the workers."""
    return carbonmart(
        home,
        *("backfill", "seee", "--from", "2021-07-16", "--to", "2021-09-30", "--reparse", "--json"),
        *("--task-runner", "dask", "--dask-address", dask.address),
        env={**server.env, "CARBONMART_BATCH_PAGES": "40"},
    )


def readings(server: Server, done: subprocess.CompletedProcess[str]) -> list[tuple[int, str]]:
    """The pages of each of the partition's task runs that read some, and its last state."""
    assert done.returncode == 0, done.stderr
    part = server.flow_run(f"seee-2021-{json.loads(done.stdout)['run_id']}")
    wanted = {"flow_run_id": {"any_": [part["id"]]}, "name": {"like_": "pages of seee"}}

    def ended() -> list[tuple[int, str]]:  # what workers tell may arrive when all is done
        found = server.ask("task_runs/filter", task_runs=wanted)
        runs = [(int(run["name"].split()[1]), run["state"]["name"]) for run in found]
        is_over = len(runs) >= 4 and not {"Pending", "Running"} & {state for _, state in runs}
        return runs if is_over else []

    return sorted(wait_for("task runs of readers", ended), reverse=True)


def test_dask_workers_read_as_task_runs_of_the_source_and_when_lost_these_end_here(
    server: Server, first_night: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(first_night, home)
    wanted = [(pages, "Completed") for pages in (40, 40, 40, 2)]
    with cluster(tmp_path, 2) as dask:
        done = by_dask(server, home, dask)
        assert readings(server, done) == wanted
        with client_of(dask.address) as client:
            seen = client.run(lambda: "flows.stages.read.prepare" in __import__("sys").modules)
        assert any(seen.values()), "none of the workers read anything"
        assert all_revisions(home) == all_revisions(first_night)
        held: list[int] = []

        def strike() -> None:
            held[:] = dask.wait_until_busy()
            dask.kill(0)
            dask.kill(1)

        dask.pause(0)
        dask.pause(1)
        killer = threading.Thread(target=strike)
        killer.start()
        done = by_dask(server, home, dask)
        killer.join()
    assert min(held) > 0, "they had nothing to do"
    assert "no Dask worker is left; its pages are read here" in done.stderr
    assert readings(server, done) == wanted
    assert all_revisions(home) == all_revisions(first_night)


def test_dask_workers_that_do_not_reach_the_server_read_all_the_same(
    server: Server, first_night: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(first_night, home)
    with socket.socket() as taken:  # bound, not listening
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        walled = {"HTTP_PROXY": nowhere, "http_proxy": nowhere, "NO_PROXY": "", "no_proxy": ""}
        with cluster(tmp_path, 1, **walled) as dask:
            done = by_dask(server, home, dask)
    assert done.returncode == 0, done.stderr
    assert "its pages are read without one: Failed to reach API at" in done.stderr
    assert all_revisions(home) == all_revisions(first_night)


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
        "from flows.jobs.nightly import refresh\n"
        "from flows.core.settings import Settings\n"
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
