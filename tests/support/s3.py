"""A real S3 API over HTTP on loopback (moto's server), and homes in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
import requests
from obstore.store import S3Store

from tests.e2e.commands import COMMAND, environment

__all__ = ["SECRET", "Bucket", "bucket", "s3_server"]

ROOT = Path(__file__).parents[2]
SECRET = "a-key-that-must-never-be-shown"


@dataclass(frozen=True)
class Bucket:
    """An empty bucket. `log` has all requests that its server was ever asked."""

    endpoint: str
    log: Path
    cache: Path
    name: str

    @property
    def home(self) -> str:
        """An address for a home."""
        return f"s3://{self.name}/markets/cn"

    @property
    def store(self) -> S3Store:
        """The home as it is, beside the code under test."""
        return S3Store.from_url(self.home)

    def names(self, folder: str = "") -> list[str]:
        """The names of the objects in a folder of the home."""
        batches = obstore.list(self.store, prefix=folder or None)
        return sorted(meta["path"] for batch in batches for meta in batch)

    def read(self, name: str) -> bytes:
        """An object of the home."""
        return bytes(obstore.get(self.store, name).bytes())

    def requests(self, method: str = "", part: str = "") -> list[list[str]]:
        """Method, path and condition of the requests made of this bucket, in order."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        found = [line for line in map(json.loads, lines) if line[1].startswith(f"/{self.name}/")]
        return [line for line in found if method in line[0] and part in line[1]]

    def carbonmart(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command on the home and wait for its end."""
        return subprocess.run(
            [str(COMMAND), "--home", self.home, *args],
            env=environment(CARBONMART_CACHE=os.environ["CARBONMART_CACHE"]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def other_machine(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        """Go on as on another machine: with nothing at hand."""
        monkeypatch.setenv("CARBONMART_CACHE", str(self.cache.with_name(name)))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server, and its log."""
    log = tmp_path_factory.mktemp("s3") / "requests"
    command = [sys.executable, "-m", "tests.support.s3_server", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}", log
        process.kill()


@pytest.fixture
def bucket(s3_server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, with the environment set for it."""
    endpoint, log = s3_server
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    env = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "AKIATESTING",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "CARBONMART_CACHE": str(tmp_path / "cache"),
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    name = f"carbon-{os.urandom(4).hex()}"
    assert requests.put(f"{endpoint}/{name}", timeout=30).ok
    return Bucket(endpoint, log, tmp_path / "cache", name)
