"""The archive when disks fill, files are cut, and writers are killed."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.archive.archive import Archive
from extractors.warc.exchange import ArchiveError
from tests.support.archive_world import BEGAN, exchange, put, read_with_warcio, warcs

ROOT = Path(__file__).parents[3]

ENDLESS = """
import itertools, os, random, sys
from pathlib import Path
from extractors.archive.archive import Archive
from tests.support.archive_world import BEGAN, exchange, put
archive = Archive(Path(sys.argv[1]))
with archive.writer("seee", sys.argv[2], BEGAN) as writer:
    print("ready", flush=True)
    for number in itertools.count():
        body = b"%d " % number + os.urandom(random.randrange(3000))
        put(archive, writer, exchange(number, body, after_s=number))
"""


def _python(code: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "ready\n", process.communicate()[1]


def _check_all(archive: Archive, run_id: str | None = None) -> int:
    """Every entry that the archive serves reads back with the right digest."""
    served = 0
    for entry in archive.entries(run_id=run_id):
        latest = archive.latest(entry.key)
        if latest is not None:
            assert archive.page(latest).body.startswith(b"%s " % entry.url[27:-6].encode())
            served += 1
        archive.page(entry)
    return served


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_only_whole_pages(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    chance = random.Random(7)
    served = 0
    for turn in range(20):
        process = _python(ENDLESS, str(archive.root), f"r{turn}")
        _ready(process)
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        process.communicate()
        torn = {path: path.read_bytes() for path in warcs(archive.root)}
        with archive.writer("seee", f"after{turn}", BEGAN) as writer:
            put(archive, writer, exchange(999_999, b"999999 after", after_s=turn))
        for path, before in torn.items():
            assert path.read_bytes() == before  # a torn tail is left as it is
        served += _check_all(archive, f"r{turn}")
    assert served > 200
    assert archive.verify() == []
    states = {file.state for file in archive._index.files()}
    assert states <= {"closed", "cut"}
    rows = {entry.fetch_id: (entry.warc, entry.offset) for entry in archive.entries()}
    archive.rebuild()
    assert {one.fetch_id: (one.warc, one.offset) for one in archive.entries()} == rows


def test_records_that_a_killed_writer_did_not_index_are_found_but_not_served(
    tmp_path: Path,
) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from extractors.archive.archive import Archive
from tests.support.archive_world import BEGAN, exchange, put
archive = Archive(Path(sys.argv[1]))
writer = archive.writer("seee", "killed", BEGAN)
put(archive, writer, exchange(1, b"flushed"))
writer.flush()
put(archive, writer, exchange(2, b"not flushed"))
os.kill(os.getpid(), signal.SIGKILL)
"""
    process = _python(code, str(tmp_path))
    assert (process.wait(), process.communicate()[1]) == (-9, "")
    archive = Archive(tmp_path)
    assert [entry.verdict for entry in archive.entries()] == ["good"]
    with archive.writer("mee", "next", BEGAN):
        pass
    assert [entry.verdict for entry in archive.entries()] == ["good", ""]
    assert archive.latest(exchange(1).link.key) is not None
    assert archive.latest(exchange(2).link.key) is None
    assert archive.verify() == []


def test_the_file_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    process = _python(ENDLESS, str(tmp_path), "living")
    _ready(process)
    archive = Archive(tmp_path)
    while not archive._index.files(run_id="living"):
        time.sleep(0.01)
    for turn in range(10):
        with archive.writer("seee", f"beside{turn}", BEGAN) as writer:
            put(archive, writer, exchange(turn, b"%d beside" % turn, after_s=turn))
        (living,) = archive._index.files(run_id="living")
        assert living.state == "open"
        time.sleep(0.03)
    assert process.poll() is None
    process.kill()
    process.communicate()
    with archive.writer("seee", "last", BEGAN):
        pass
    assert _check_all(archive) > 10
    assert archive.verify() == []


def _filled(root: Path, count: int = 12) -> Archive:
    archive = Archive(root)
    chance = random.Random(3)
    with archive.writer("seee", "r1", BEGAN) as writer:
        for number in range(count):
            body = b"%d " % number + chance.randbytes(chance.randrange(2000))
            put(archive, writer, exchange(number, body, after_s=number))
    archive.close()
    return archive


def test_a_file_cut_anywhere_reads_up_to_the_cut_and_is_noticed(tmp_path: Path) -> None:
    archive = _filled(tmp_path)
    (path,) = warcs(tmp_path)
    entries = list(archive.entries())
    size = path.stat().st_size
    ends = [entry.offset + entry.length for entry in entries]
    cuts = {random.Random(seed).randrange(size) for seed in range(40)}
    for cut in sorted({*cuts, *ends[3:6], 0, 1, size - 1} - {size}, reverse=True):
        os.truncate(path, cut)
        whole = [entry for entry, end in zip(entries, ends, strict=True) if end <= cut]
        problems = archive.verify()
        assert problems[0].says.startswith(f"cut short: {cut} bytes")
        assert [one.fetch_id for one in problems[1:]] == [
            entry.fetch_id for entry in entries[len(whole) :]
        ]
        for entry in whole:
            archive.page(entry)
        if len(whole) < len(entries):
            with pytest.raises(ArchiveError, match=f"seee: {entries[len(whole)].url}: .*cut short"):
                archive.page(entries[len(whole)])
        (copy := tmp_path / "copy" / str(cut) / "seee" / "2025").mkdir(parents=True)
        (copy / path.name).write_bytes(path.read_bytes())
        rebuilt = Archive(tmp_path / "copy" / str(cut))
        report = rebuilt.rebuild()
        assert list(rebuilt.entries()) == whole
        assert [name for name, _ in report.cut] == (
            [] if cut in ends[:-1] else [f"seee/2025/{path.name}"]
        )


def test_a_flipped_byte_is_never_served(tmp_path: Path) -> None:
    archive = _filled(tmp_path)
    (path,) = warcs(tmp_path)
    entries, sound = list(archive.entries()), path.read_bytes()
    for seed in range(40):
        entry = entries[seed % len(entries)]
        at = entry.offset + random.Random(seed).randrange(entry.length)
        # The gzip header's time, flags and system (bytes 4 to 9) carry nothing of ours.
        if 4 <= at - entry.offset <= 9:
            continue
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x10]) + sound[at + 1 :])
        with pytest.raises(ArchiveError, match=entry.url):
            archive.page(entry)
        assert [one.fetch_id for one in archive.verify()] == [entry.fetch_id]


def test_a_record_that_is_not_the_one_of_the_index_is_never_served(tmp_path: Path) -> None:
    archive = _filled(tmp_path)
    first, second = list(archive.entries())[:2]
    with sqlite3.connect(tmp_path / "index.sqlite") as db:
        other = (second.payload_sha256, first.fetch_id)
        db.execute("UPDATE fetches SET payload_sha256 = ? WHERE fetch_id = ?", other)
        db.execute("DELETE FROM fetches WHERE fetch_id = ?", (second.fetch_id,))
    db.close()
    with pytest.raises(ArchiveError, match=f"SHA-256 is {first.payload_sha256}, not"):
        archive.page(archive.entry(first.fetch_id))
    with pytest.raises(ArchiveError, match="another record"):
        archive.page(replace(second, offset=first.offset, length=first.length))
    says = [problem.says for problem in archive.verify()]
    assert says[0] == f"a row of fetches is not what was written: {first.fetch_id}"
    assert says[1] == "11 fetches in the index, 12 were written"
    assert [first.payload_sha256 in text for text in says] == [False, False, True]


def test_bytes_behind_the_last_record_and_lost_files_are_noticed(tmp_path: Path) -> None:
    archive = _filled(tmp_path)
    (path,) = warcs(tmp_path)
    with path.open("ab") as file:
        file.write(b"more")
    (problem,) = archive.verify()
    assert problem.says == "4 bytes behind the last record that the index knows"
    path.unlink()
    (problem,) = archive.verify()
    assert problem.says == "the file is gone"


DISK_FULL = """
import os, resource, sys
from pathlib import Path
from extractors.archive.archive import Archive
from extractors.warc.exchange import ArchiveError
from tests.support.archive_world import BEGAN, exchange, put
archive = Archive(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
kept = 0
with archive.writer("seee", "full", BEGAN) as writer:
    try:
        for number in range(100):
            put(archive, writer, exchange(number, os.urandom(30_000)))
            kept += 1
    except ArchiveError as error:
        print(error)
    put(archive, writer, exchange(500, b"a small page still fits"))
    for entry in archive.entries():
        archive.page(entry)
print(kept)
"""


def test_a_full_disk_is_said_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    process = _python(DISK_FULL, str(tmp_path))
    said, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    message, kept = said.splitlines()
    (path,) = warcs(tmp_path)
    assert message == (
        f"seee: could not archive {exchange(int(kept)).link.url} in {path}: File too large"
    )
    archive = Archive(tmp_path)
    entries = list(archive.entries())
    assert len(entries) == int(kept) + 1
    assert archive.verify() == []
    assert len(read_with_warcio(path)) == 1 + 2 * len(entries)


READ_ONLY = """
import os, sys
from pathlib import Path
from extractors.archive.archive import Archive
from extractors.warc.exchange import ArchiveError
from tests.support.archive_world import BEGAN
if os.geteuid() == 0:
    os.seteuid(65534)
for root in (Path(sys.argv[1]), Path(sys.argv[1]) / "below"):
    try:
        Archive(root).writer("seee", "r1", BEGAN)
    except ArchiveError as error:
        print(error)
    try:
        Archive(root).latest("key")
    except ArchiveError as error:
        print(error)
"""


def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        process = _python(READ_ONLY, folder)
        said, errors = process.communicate()
        Path(folder).chmod(0o755)
    assert (process.returncode, errors) == (0, "")
    lines = said.splitlines()
    assert len(lines) == 4
    assert lines[0] == f"archive at {folder}: Permission denied"
    assert lines[1] == f"index of the archive, {folder}/index.sqlite: unable to open database file"
    assert lines[2:] == [f"archive at {folder}/below: Permission denied"] * 2


@pytest.mark.slow
def test_processes_that_open_a_new_archive_at_once_agree(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from extractors.archive.archive import Archive
from tests.support.archive_world import BEGAN, exchange, put
archive = Archive(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
with archive.writer("seee", sys.argv[2], BEGAN) as writer:
    for number in range(150):
        put(archive, writer, exchange(number, b"%d %s" % (number, sys.argv[2].encode())))
"""
    root = tmp_path / "archive"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(root), f"p{number}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for process in processes:
        _ready(process)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate()
        assert (process.returncode, errors) == (0, "")
    archive = Archive(root)
    assert len(list(archive.entries())) == 600
    assert archive.verify() == []
