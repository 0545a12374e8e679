"""What makes no sense, and what a machine is short of, is told in one plain line."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.http.response_check import examine
from extractors.source import PageKind
from flows.cli import main as command
from flows.cli.output import write_json
from flows.core.settings import without_secrets
from tests.e2e.commands import COMMAND, REPO, environment
from tests.support.released import release
from warehouse.store.home import open_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    release(open_home(tmp_path / "home", "sample"))
    return tmp_path / "home"


def told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: str
) -> tuple[object, str]:
    """The exit code and the one line on stderr."""
    monkeypatch.setattr(sys, "argv", ["carbonmart", *args])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        command.main()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    return ended.value.code, lines[0]


@pytest.mark.parametrize(
    "args",
    [("tables",), ("releases",), ("check",), ("brief", "--year", "2024"), ("catalog",)],
)
def test_a_home_that_is_missing_or_a_file_is_wrong_usage(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    args: tuple[str, ...],
) -> None:
    (tmp_path / "file").write_text("x")
    for home, says in (
        ("x" * 300, "File name too long"),
        ("none", "no carbonmart home yet"),
        ("file", "is a file"),
        ("file/x", "is a"),
    ):
        code, line = told(capsys, monkeypatch, "--home", str(tmp_path / home), *args)
        assert code == 2
        assert says in line


@pytest.mark.parametrize(
    "query",
    [
        "select * from sql_auto_complete('sel')",
        "select * from check_peg_parser('x')",
        "from duckdb_extensions()",
        "from duckdb_secrets()",
    ],
)
def test_functions_that_would_reach_out_are_refused(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    code, line = told(capsys, monkeypatch, "--home", str(home), "sql", query)
    assert code == 2
    assert "reads the store's tables, nothing else" in line


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.EMFILE, "Too many open files"), 1),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
        (MemoryError(), 1),
        (type("PanicException", (BaseException,), {})("no runtime"), 1),
        (BrokenPipeError(), 141),
        (KeyboardInterrupt(), 130),
    ],
)
def test_what_a_machine_is_short_of_is_a_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(command, "app", fail)
    if isinstance(error, BrokenPipeError):
        monkeypatch.setattr(sys, "argv", ["carbonmart"])
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        with pytest.raises(SystemExit) as ended:
            command.main()
        assert ended.value.code == code
        return
    assert told(capsys, monkeypatch)[0] == code


@pytest.mark.parametrize("contact", ["me", "mail@", "ftp://x.org", "a@b", "x y@z.org"])
def test_a_contact_is_an_address_that_can_be_reached(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    contact: str,
) -> None:
    monkeypatch.setenv("CARBONMART_CONTACT", contact)
    code, line = told(capsys, monkeypatch, "--home", str(home), "tables")
    assert (code, "CARBONMART_CONTACT" in line) == (2, True)


def test_too_little_address_space_is_said_before_a_library_crashes(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (2_000_000_000, -1))
    code, line = told(capsys, monkeypatch, "--home", str(home), "tables")
    assert (code, "2.0 GB of address space" in line) == (1, True)


def test_an_argument_of_another_encoding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, line = told(capsys, monkeypatch, "sql", "select '\udce5'")
    assert (code, "UTF-8" in line) == (2, True)


def test_who_signs_in_stands_in_no_error() -> None:
    assert without_secrets("home s3://key:secret@bucket/x") == "home s3://***@bucket/x"
    assert without_secrets("mail me@example.org of https://x.org/a@b") == (
        "mail me@example.org of https://x.org/a@b"
    )


def test_a_narrow_terminal_gets_json_that_is_json() -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, "ascii", write_through=True)
    write_json(["全\U0001f600"], narrow)
    assert b"\\u5168\\ud83d\\ude00" in raw.getvalue()


def test_a_page_in_utf_16_is_told_to_be_one() -> None:
    kind = PageKind("page", "^/", ("text/html",), ("发布时间",))
    headers = (("content-type", "text/html"),)
    page = "<html><title>x</title>发布时间</html>".encode("utf-16") * 9
    verdict, why = examine(kind, 200, headers, page)
    assert (verdict, "UTF-16" in why) == ("wrong_content", True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_by_convention(home: Path, number: signal.Signals, code: int) -> None:
    query = "select count(*) from range(1000000000000)"
    running = subprocess.Popen(
        [str(COMMAND), "--home", str(home), "sql", query],
        env=environment(PYTHONFAULTHANDLER="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "duckdb" not in Path(f"/proc/{running.pid}/maps").read_text():
        assert running.poll() is None
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == code
    assert "Traceback" not in out + err


GUARDED = """
import os, signal, sys, threading
import duckdb
from flows.cli import main as command
from flows.cli.output import progress_bars

def guarded_for_ever():
    stop = threading.Timer(0.2, os.kill, (os.getpid(), signal.Signals[sys.argv[1]]))
    with progress_bars(is_shown=True) as shown:
        shown("seee", "read", 1, 2)
        stop.start()
        while True:
            try:
                duckdb.sql("select count(*) from range(300000000) where hash(range) = 7").fetchall()
            except Exception:  # as one source's trouble is kept from another's
                shown("seee", "taken for an error", 1, 2)

command.app = guarded_for_ever
command.main()
"""
HIDDEN, SHOWN = b"\x1b[?25l", b"\x1b[?25h"


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_stop_that_a_guard_has_swallowed_is_obeyed(name: str, code: int) -> None:
    """And the terminal has its cursor again."""
    terminal, end = os.openpty()
    with open(terminal, "rb", buffering=0) as screen:
        running = subprocess.Popen(
            [sys.executable, "-c", GUARDED, name],
            stderr=end,
            env=environment(TERM="xterm", COLUMNS="80"),
            cwd=REPO,
        )
        os.close(end)
        seen = b""
        try:
            while part := screen.read(4096):
                seen += part
        except OSError:  # the other end is closed
            pass
        assert running.wait(60) == code, seen
    assert b"Traceback" not in seen
    assert -1 < seen.rfind(HIDDEN) < seen.rfind(SHOWN)


def test_a_question_that_takes_too_long_ends_in_a_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "select count(*) from range(1000000000000)"
    code, line = told(capsys, monkeypatch, "--home", str(home), "sql", query, "--timeout", "0.05")
    assert (code, line) == (
        2,
        "carbonmart: SQL: no answer within 0.05 s: ask for less (`sql --timeout` gives more)",
    )
