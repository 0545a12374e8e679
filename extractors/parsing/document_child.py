"""The process that reads files for another: `python -m extractors.parsing.document_child
CPU_SECONDS MEMORY_BYTES OUTPUT_BYTES`.

It takes a name and bytes from its standard input, each with its length before it, answers with
JSON, and ends with its input. A file that takes more than its time ends it by a signal; one that
takes more than its memory is refused.
"""

from __future__ import annotations

import ctypes
import dataclasses
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from extractors.parsing.files.model import Document
from extractors.parsing.files.read import read_here, type_of

_LENGTH = 8
_PR_SET_PDEATHSIG = 1


def main(cpu_s: int, memory_bytes: int, output_bytes: int) -> None:
    """Read files until the input ends."""
    parent = os.getppid()
    _end_with_parent()
    if os.getppid() != parent:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's, for whoever asks us
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while (head := _message(sys.stdin.buffer)) is not None:
        data = _message(sys.stdin.buffer) or b""
        answer = _answer(json.loads(head)["name"], data, cpu_s, output_bytes)
        answers.write(len(answer).to_bytes(_LENGTH, "big") + answer)
        answers.flush()


def _answer(name: str, data: bytes, cpu_s: int, output_bytes: int) -> bytes:
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        answer = _encoded(read_here(name, data))
        if len(answer) > output_bytes:
            answer = _refused(data, "too_large")
    except MemoryError:
        answer = _refused(data, "too_large")
    except RecursionError:
        answer = _refused(data, "too_complex")
    signal.setitimer(signal.ITIMER_PROF, 0)
    return answer


def _refused(data: bytes, why: str) -> bytes:
    from hashlib import sha256

    return _encoded(Document(type_of(data), sha256(data).hexdigest(), (), why))


def _encoded(document: Document) -> bytes:
    return json.dumps(dataclasses.asdict(document), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def _message(stream: BinaryIO) -> bytes | None:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    return stream.read(int.from_bytes(length, "big"))


def _end_with_parent() -> None:
    """Have the system end this process with the one that asks it (Linux; elsewhere the end of
    the input does)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
