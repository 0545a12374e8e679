"""A real Prefect server on loopback, for all tests of a session that need one."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.e2e import compose
from tests.e2e.commands import REPO, environment

START_S = 200


@dataclass(frozen=True)
class Server:
    """A Prefect server: its API, and the environment of its clients."""

    api: str
    env: dict[str, str]

    def ask(self, path: str, **wanted: Any) -> Any:
        """The server's answer; asked again while its database is busy, as Prefect's client does."""
        for _ in range(20):
            answer = requests.post(f"{self.api}/{path}", json=wanted, timeout=30)
            if answer.status_code != requests.codes.service_unavailable:
                break
            time.sleep(1)
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

    def prefect(self, *args: str) -> str:
        """Run Prefect's own command as a client; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *args],
            cwd=REPO,
            env=environment(**self.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment by `flow/name`."""
        found: dict[str, Any] = requests.get(
            f"{self.api}/deployments/name/{name}", timeout=30
        ).json()
        return found

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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """By the command of `compose.yaml`, on loopback and with a database of its own."""
    folder = tmp_path_factory.mktemp("prefect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    composed = compose.services()["server"]["environment"]
    api_for_browsers = composed["PREFECT_SERVER_UI_API_URL"]
    leases = "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"
    env = {
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_API_PORT": port,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        leases: composed[leases],
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
        "PREFECT_SERVER_UI_API_URL": api_for_browsers.replace("4200", port),
        "DO_NOT_TRACK": "1",
    }
    api = f"http://127.0.0.1:{port}/api"
    log = folder / "server.log"
    ((prefect, *options),) = compose.commands("server")
    assert (prefect, options.count("0.0.0.0"), options.count("4200")) == ("prefect", 1, 1)
    options = [{"0.0.0.0": "127.0.0.1", "4200": port}.get(word, word) for word in options]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *options],
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
