"""The sample server in a Python process of its own, so that it shares nobody's GIL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import extractors

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10


class SampleFailed(RuntimeError):
    """The process did not start, or refused an order."""


class SampleProcess:
    """The API of `SampleServer` over a process.

    The process ends when its standard input does: with this object, or with
    whatever process holds it, however that one ended.
    """

    def __init__(self, until: date | None = None) -> None:
        self._until = until
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self._hosts: list[str] = []

    def __enter__(self) -> Self:
        root = str(Path(extractors.__path__[0]).parent)
        path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH")) if p)
        command = [sys.executable, "-P", "-m", "extractors.sample"]
        if self._until:
            command.append(self._until.isoformat())
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.__exit__(None, None, None)
            raise SampleFailed("the sample server ended before it listened: see its messages above")
        told = json.loads(line)
        self.port, self._hosts = int(told["port"]), told["hosts"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise SampleFailed("the sample server is not running")
        return self._process.pid

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def routes(self) -> dict[str, str]:
        return dict.fromkeys(self._hosts, self.base)

    @property
    def until(self) -> date:
        return date.fromisoformat(self._order({"do": "state"})["until"])

    @until.setter
    def until(self, day: date | None) -> None:
        self._order({"do": "until", "date": day.isoformat() if day else None})

    def fault(self, pattern: str, kind: str, times: int | None = None, **args: Any) -> str:
        """As `SampleServer.fault`. Raises `SampleFailed` where the server refuses."""
        told: dict[str, Any] = {name: _plain(value) for name, value in args.items()}
        if isinstance(told.get("body"), bytes):
            told["body_base64"] = b64encode(told.pop("body")).decode()
        order = {"do": "fault", "pattern": pattern, "kind": kind, "times": times, "args": told}
        return str(self._order(order)["path"])

    def clear(self) -> None:
        """As `SampleServer.clear`."""
        self._order({"do": "clear"})

    def _order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_TIMEOUT_S)
        try:
            connection.request("POST", "/__control__", json.dumps(order))
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        told: dict[str, Any] = json.loads(body)
        if answer.status != 200:
            raise SampleFailed(f"{order['do']}: {told['error']}")
        return told


def _plain(value: Any) -> Any:
    """Dates and decimals as text, since orders travel as JSON."""
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value
