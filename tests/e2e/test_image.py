"""Dockerfile and compose.yaml: what they say, and their steps and commands run without Docker.

The commands of the server, of the deploying service and of the worker are those that
`test_prefect.py` runs for real.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e import compose
from tests.e2e.commands import REPO
from tests.e2e.image import Image, build, steps

pytestmark = pytest.mark.slow


def test_the_files_fit_together() -> None:
    whole, services = compose.whole(), compose.services()
    assert set(services) == {"database", "server", "deploy", "worker"}
    for name, service in services.items():
        assert "image" in service, name
        for other, wanted in service.get("depends_on", {}).items():
            is_once = wanted["condition"] == "service_completed_successfully"
            assert "healthcheck" in services[other] or is_once, f"{name} waits for {other}"
            assert not is_once or services[other]["restart"] == "no"
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in whole["volumes"]
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), "open to the world"
    for name in ("server", "deploy", "worker"):
        assert (REPO / services[name]["build"] / "Dockerfile").is_file()
    store = services["worker"]["environment"]["CARBONMART_HOME"]
    assert f"store:{re.sub(r'[${}]|CARBONMART_HOME:-', '', store)}" in services["worker"]["volumes"]
    pool = compose.commands("worker")[0][-1]
    assert f"name: {pool}\n" in (REPO / "prefect.yaml").read_text()
    text = (REPO / "compose.yaml").read_text()
    for secret in ("POSTGRES_PASSWORD", "CARBONMART_CONTACT"):
        assert f"${{{secret}:?" in text, f"{secret} has a default"
    assert ("USER", "10001:10001") in steps()
    database = services["server"]["environment"]["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert database.startswith("postgresql+asyncpg://prefect:")


def test_the_steps_of_the_image_make_one_that_runs(tmp_path: Path) -> None:
    image: Image = build(tmp_path)
    assert (
        image.run("command -v carbonmart").stdout.strip() == f"{tmp_path}/opt/venv/bin/carbonmart"
    )
    assert "Usage: carbonmart" in image.run("carbonmart --help").stdout
    where = image.run("cd / && python -c 'import flows; print(flows.__path__[0])'").stdout
    assert where.startswith(str(tmp_path)), "the code of the checkout, not of the image"
    # What a run needs and no more: the store is written to, the tools are not there. A folder of
    # the user's named as a room of ours, here and on the path, is not taken for it.
    own = "mkdir -p /tmp/carbonmart/own/flows && cd /tmp/carbonmart/own"
    image.run(f"{own} && echo 'raise SystemExit(1)' > flows/__init__.py")
    asked = f"{own} && PYTHONPATH=. carbonmart refresh --sample --until 2021-07-30 --json"
    done = image.run(asked)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "store/tables/seee_bulletins/_delta_log").is_dir()
    assert image.run("python -c 'import asyncpg, carbonmart, distributed'").returncode == 0
    assert image.run("python -c 'import pytest'").returncode != 0
    assert image.place("prefect.yaml").is_file()
