"""Apache Superset from a venv of its own, set up as docs/readers.md says, with its API."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

BIN = "CARBONMART_SUPERSET_BIN"
"""Environment variable: the folder of Superset's commands. `make test-bi` sets it."""
_USER, _PASSWORD = "admin", secrets.token_urlsafe(12)
_START_S = 180.0


@dataclass(frozen=True)
class Superset:
    """A Superset home, and the commands that work on it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """No configuration file: its defaults, a secret key, a home of its own."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("SUPERSET", "FLASK"))}
        own = {"SUPERSET_HOME": str(self.home), "FLASK_APP": "superset"}
        return kept | own | {"SUPERSET_SECRET_KEY": "of this test alone, " + _PASSWORD}

    @property
    def program(self) -> str:
        found = os.environ.get(BIN)
        assert found, f"{BIN} names no folder: this test is run by `make test-bi`"
        return str(Path(found).absolute() / "superset")

    def run(self, *words: str) -> None:
        """Run a command to its end, which must be a good one."""
        done = subprocess.run(
            [self.program, *words],
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"superset {' '.join(words)}\n{done.stderr[-4000:]}"

    def set_up(self) -> None:
        """Its own database, a user, its roles."""
        self.run("db", "upgrade")
        names = ("--firstname", "A", "--lastname", "B", "--email", "a@example.org")
        self.run("fab", "create-admin", "--username", _USER, "--password", _PASSWORD, *names)
        self.run("init")

    @contextmanager
    def served(self) -> Iterator[Api]:
        """Its API on loopback, for a user who has logged in."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = self.home / "run.log"
        with log.open("w") as told:
            process = subprocess.Popen(
                [self.program, "run", "-h", "127.0.0.1", "-p", str(port)],
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
            )
        try:
            base = f"http://127.0.0.1:{port}"
            _await(process, f"{base}/health", log)
            yield Api.login(base)
        finally:
            process.terminate()
            process.wait(30)


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-4000:]
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.5)
    raise AssertionError(f"no answer in {_START_S:.0f} s\n{log.read_text()[-4000:]}")


@dataclass(frozen=True)
class Api:
    """Superset's REST API."""

    base: str
    session: requests.Session

    @classmethod
    def login(cls, base: str) -> Api:
        api = cls(base, requests.Session())
        user = {"username": _USER, "password": _PASSWORD, "provider": "db"}
        token = api.post("security/login", user).json()["access_token"]
        api.session.headers.update({"Authorization": f"Bearer {token}", "Referer": base})
        api.session.headers["X-CSRFToken"] = api.get("security/csrf_token/")["result"]
        return api

    def get(self, path: str) -> Any:
        """The JSON of a good answer; some paths end in a slash, some do not."""
        answer = self.session.get(f"{self.base}/api/v1/{path}", timeout=120)
        assert answer.ok, (path, answer.status_code, answer.text[:2000])
        return answer.json()

    def post(self, path: str, document: dict[str, Any]) -> requests.Response:
        """Whatever the answer is."""
        return self.session.post(f"{self.base}/api/v1/{path}", json=document, timeout=120)
