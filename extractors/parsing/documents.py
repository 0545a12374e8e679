"""The text and tables of attached files: PDF, DOCX, XLSX, and zips of these.

A file is read in a process of its own (`document_child`), which is kept for the next one. Its
memory, its processor time and its answer have limits; where a file passes one, the process ends
and the file is refused with the reason. The process ends with this one, however this one ends.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from extractors.parsing.files.model import Document
from extractors.parsing.files.read import type_of

__all__ = ["Document", "Limits", "read_document", "type_of"]

_ROOT = Path(__file__).parents[2]
_LENGTH = 8
"""Bytes of the length before each message."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of a file may take. A file of the ministry takes about a second of
    processor time, 200 MB and 1 MB of answer. `wall_s` only ends what waits for ever: how long
    a file takes must not depend on what else the machine does."""

    cpu_s: int = 40
    wall_s: int = 600
    memory_bytes: int = 1_500_000_000
    output_bytes: int = 64_000_000
    files: int = 200
    """Files after which the process is replaced: what its libraries keep has an end."""


class _Failed(Exception):
    """The process ended, or was ended: a stable word for why."""


class _Lost(Exception):
    """The process was ended by somebody else: with the thread that had started it, perhaps."""


class DocumentReader:
    """One process that reads files, started when the first one comes."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._read = 0

    def read(self, name: str, data: bytes) -> Document:
        """The text of a file; raises nothing for what is in it."""
        with self._lock:
            try:
                try:
                    answer = self._ask(name, data)
                except (BrokenPipeError, _Lost):  # it ended for no reason of this file's
                    answer = self._ask(name, data)
            except (BrokenPipeError, _Lost, _Failed) as ended:
                why = str(ended) if isinstance(ended, _Failed) else "too_complex"
                return Document(type_of(data), sha256(data).hexdigest(), (), why)
        return _document(json.loads(answer))

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, name: str, data: bytes) -> bytes:
        process = self._running()
        assert process.stdin is not None
        head = json.dumps({"name": name}).encode()
        end = time.monotonic() + self.limits.wall_s
        try:
            for message in (head, data):
                process.stdin.write(len(message).to_bytes(_LENGTH, "big"))
                process.stdin.write(message)
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            raise
        self._read += 1
        length = int.from_bytes(self._receive(process, _LENGTH, end), "big")
        if length > self.limits.output_bytes:
            self._kill()
            raise _Failed("too_large")
        return self._receive(process, length, end)

    def _running(self) -> subprocess.Popen[bytes]:
        """The process: a new one in a fork of its owner, after many files, and if it ended."""
        if self._process is not None and (
            self._owner != os.getpid()
            or self._read >= self.limits.files
            or self._process.poll() is not None
        ):
            self.close()
            self._process = None
        if self._process is None:
            limits = self.limits
            self._process = subprocess.Popen(  # noqa: S603 - this program, numbers
                [
                    *(sys.executable, "-m", "extractors.parsing.document_child"),
                    *map(str, (limits.cpu_s, limits.memory_bytes, limits.output_bytes)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "PYTHONPATH": str(_ROOT),
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
            )
            self._owner, self._read = os.getpid(), 0
        return self._process

    def _receive(self, process: subprocess.Popen[bytes], length: int, end: float) -> bytes:
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        received = bytearray()
        while len(received) < length:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                self._kill()
                raise _Failed("too_slow")
            part = os.read(descriptor, min(1 << 20, length - len(received)))
            if not part:
                raise self._ended()
            received += part
        return bytes(received)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self.close()

    def _ended(self) -> Exception:
        """Why the process ended in the middle of a file."""
        process = self._process
        code = process.wait() if process is not None else 0
        self.close()
        if code == -signal.SIGKILL:
            return _Lost()
        if code == -signal.SIGPROF:
            return _Failed("too_slow")
        return _Failed("too_large" if code in (-signal.SIGABRT, 1) else "too_complex")


def _document(told: dict[str, object]) -> Document:
    """What the process told, with tuples in place of lists."""
    fields = {
        name: tuple(tuple(each) if isinstance(each, list) else each for each in value)
        if isinstance(value, list)
        else value
        for name, value in told.items()
    }
    return Document(**fields)  # type: ignore[arg-type]


_READER = DocumentReader()
atexit.register(_READER.close)


def read_document(name: str, data: bytes) -> Document:
    """The text and tables of a file, or why there are none; raises nothing for what is in it.

    Refused are among others `encrypted`, `damaged (...)`, `too_large`, `too_slow`.
    """
    return _READER.read(name, data)
