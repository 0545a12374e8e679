"""The schedule on one machine: the deployments served from this process, and a Prefect server
beside it where none is configured."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.jobs.prefect.schedule import DEPLOYMENTS, TIMEZONE, Deployment

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

LEASES = "prefect.server.concurrency.lease_storage.filesystem"
START_S = 180
STOP_S = 20


def serve(
    settings: Settings, *, port: int = 4200, is_sample: bool = False, until: date | None = None
) -> None:
    """Serve the deployments until the process is stopped. Runs are processes of their own.

    Raises `UsageError` where live sources would be asked without a contact, or where the
    server does not come up.
    """
    if not is_sample and not settings.contact:
        raise UsageError(
            "live sources are asked with an honest User-Agent: set CARBONMART_CONTACT to an "
            "e-mail or URL by which a publisher can reach you (or try `serve --sample`)"
        )
    # Each run is a process of its own, in a folder of its own.
    home = settings.home if "://" in settings.home else str(Path(settings.home).resolve())
    os.environ["CARBONMART_HOME"] = home
    with server(port):
        from flows.jobs.prefect.nightly import nightly as _  # noqa: F401 - it sets Prefect up

        # isort: split
        from prefect import serve as serve_deployments

        world: dict[str, Any] = {"is_sample": True, "until": until} if is_sample else {}
        serve_deployments(*(_deployment(each, world) for each in DEPLOYMENTS))


def _deployment(declared: Deployment, world: dict[str, Any]) -> RunnerDeployment:
    from prefect.client.schemas.objects import (
        ConcurrencyLimitConfig,
        ConcurrencyLimitStrategy,
    )
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    module, _, name = declared.entrypoint.rpartition(".")
    found = getattr(import_module(module), name)
    known = found.parameters.properties
    return found.to_deployment(  # type: ignore[no-any-return]
        name=declared.name,
        schedule=Cron(declared.cron, timezone=TIMEZONE) if declared.cron else None,
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
        ),
        parameters={
            key: value
            for key, value in {**declared.parameters, **world}.items()
            if key in known and value is not None
        },
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


@contextmanager
def server(port: int) -> Iterator[None]:
    """The configured Prefect server, or one of our own on loopback for as long as this lasts."""
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    base = f"http://127.0.0.1:{port}"
    quiet = {
        # Without it the pages of the UI would look for their server on another port.
        "PREFECT_SERVER_API_PORT": str(port),
        # In memory they would go with the server, and the places of their runs never be free.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    sys.stderr.write(f"starting a Prefect server at {base} ...\n")
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [*command, "--port", str(port)], env=os.environ | quiet, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_up(f"{base}/api/health", process)
        os.environ["PREFECT_API_URL"] = f"{base}/api"
        sys.stderr.write(f"the schedule is at {base}\n")
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    import requests

    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise UsageError(f"the Prefect server does not come up at {address}: is the port taken?")
