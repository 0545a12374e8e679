"""Walking the archive's WARC files: mending the index after a kill, making it anew, checking it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from extractors.archive.index.index import Index
from extractors.archive.index.schema import WARC_GLOB
from extractors.warc import files as archive_files
from extractors.warc import records as warcfile
from extractors.warc.convert import check_digest, entry_of, uuid_of
from extractors.warc.exchange import ArchiveError, Entry, WarcFile
from extractors.warc.records import Stored

VerdictOf = Callable[[Entry, Stored], str]
"""Judges a fetch from what is archived of it. `Stored.body` is still content-encoded; of a
revisit for an equal payload it is that payload, of a 304 it is empty."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file of the archive. `fetch_id` is empty if it is the file's."""

    warc: str
    offset: int
    fetch_id: str
    url: str
    says: str


@dataclass(slots=True)
class RebuildReport:
    """What a rebuild found. `cut` are files whose last record is torn, with where."""

    files: int = 0
    fetches: int = 0
    cut: list[tuple[str, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class WarcScan:
    """The whole records of a file. `size` is where the last of them ends."""

    root: Path
    file: WarcFile
    size: int
    problems: list[Problem] = field(default_factory=list)

    def fetches(self) -> Iterator[tuple[Entry, Stored]]:
        """The responses and revisits; a damaged one becomes a problem."""
        request: Stored | None = None
        with (self.root / self.file.warc).open("rb") as source:
            for offset, length, plain in archive_files.members(source, self.size):
                if offset > self.size:
                    self._tell(self.size, f"{offset - self.size} bytes are damaged")
                try:
                    stored = warcfile.parse(plain)
                    if stored.kind in ("response", "revisit"):
                        yield entry_of(stored, request, self.file, offset, length), stored
                except ArchiveError as error:
                    self._tell(offset, str(error))
                else:
                    request = stored if stored.kind == "request" else None
                self.size = offset + length

    def _tell(self, offset: int, says: str) -> None:
        self.problems.append(Problem(self.file.warc, offset, "", "", says))

    def state(self) -> str:
        """Whether the file ends with its last whole record."""
        return "closed" if (self.root / self.file.warc).stat().st_size == self.size else "cut"


def reconcile(root: Path, index: Index) -> None:
    """Index what killed writers left: whole records, unjudged; torn ends stay as they are.

    Only files that the index calls open are looked at, so the cost does not grow with
    the archive. Files that are being written now are left alone.
    """
    for file in index.files(state="open"):
        path = root / file.warc
        if not path.exists():
            index.put_file(replace(file, state="lost"))
        elif (handle := archive_files.try_lock(path, create=False)) is not None:
            with archive_files.held(handle):
                archive_files.sync(handle)
                scan = WarcScan(root, file, file.size)
                with index.transaction():
                    index.put((entry for entry, _ in scan.fetches()), replace=False)
                    count = len(index.in_file(file.warc))
                    index.put_file(replace(file, state=scan.state(), size=scan.size, fetches=count))


def adopt(root: Path, index: Index, warc: str) -> None:
    """Index a file that the index does not know: whole records, unjudged."""
    file = head_of(root, root / warc, RebuildReport())
    if file is None:
        return
    scan = WarcScan(root, file, 0)
    with index.transaction():
        index.put((entry for entry, _ in scan.fetches()), replace=False)
        count = len(index.in_file(warc))
        index.put_file(replace(file, state=scan.state(), size=scan.size, fetches=count))


def adopt_left(root: Path, index: Index) -> None:
    """Index the files of a spool that its index, got anew from elsewhere, does not know."""
    known = {file.warc for file in index.files()}
    for path in sorted(root.glob(WARC_GLOB)):
        warc = path.relative_to(root).as_posix()
        if warc in known or (handle := archive_files.try_lock(path, create=False)) is None:
            continue
        with archive_files.held(handle):
            adopt(root, index, warc)


def rebuild(root: Path, index: Index, verdict_of: VerdictOf | None) -> RebuildReport:
    """Make the index anew from the WARC files alone. The caller keeps writers away."""
    report = RebuildReport()
    with index.repair():
        found = [head_of(root, path, report) for path in sorted(root.glob(WARC_GLOB))]
        files = [file for file in found if file is not None]
        for file in sorted(files, key=lambda one: (one.started_at, one.warc)):
            scan = WarcScan(root, file, 0)
            count = 0
            for entry, stored in scan.fetches():
                judged = replace(entry, verdict=_judge(root, index, entry, stored, verdict_of))
                index.put([judged], replace=False)
                count += 1
            state = scan.state()
            index.put_file(replace(file, state=state, size=scan.size, fetches=count))
            if state == "cut":
                report.cut.append((file.warc, scan.size))
            report.files += 1
            report.fetches += count
            report.problems += scan.problems
    return report


def head_of(root: Path, path: Path, report: RebuildReport) -> WarcFile | None:
    """What a file's warcinfo says of it; None, and a problem, where there is none."""
    warc = path.relative_to(root).as_posix()
    with path.open("rb") as source:
        _, _, plain = next(archive_files.members(source), (0, 0, b""))
    if not plain:  # its writer was killed at once
        report.cut.append((warc, 0))
        return None
    try:
        stored = warcfile.parse(plain)
        lines = (line.partition(": ") for line in stored.body.decode("utf-8").splitlines())
        says = {name: value for name, _, value in lines}
        started = datetime.fromisoformat(says["run-started"])
        day = says.get("business-day", "")
        return WarcFile(warc, says["source"], says["run"], started, "open", 0, 0, day)
    except (ArchiveError, KeyError, ValueError) as error:
        report.problems.append(Problem(warc, 0, "", "", f"no warcinfo of ours: {error}"))
        return None


def _judge(
    root: Path, index: Index, entry: Entry, stored: Stored, verdict_of: VerdictOf | None
) -> str:
    if verdict_of is None:
        return verdict_by_status(entry)
    if entry.refers_to and entry.status != 304:
        base = index.entry(entry.refers_to)
        if base is None:
            return ""  # its payload's file is gone: nothing to judge
        stored = replace(stored, body=read(root, base).body)
    return verdict_of(entry, stored)


def verdict_by_status(entry: Entry) -> str:
    """The verdict as far as status and completeness tell: not whether a 200 is a bot wall."""
    if entry.truncated:
        return "too_large" if entry.truncated == "length" else "broken"
    known = {200: "good", 304: "not_modified", 404: "not_found", 410: "not_found"}
    if entry.status in known:
        return known[entry.status]
    return "redirect" if 300 <= entry.status < 400 else "error"


def read(root: Path, entry: Entry) -> Stored:
    """The record of a fetch. Raises `ArchiveError` unless it is there, whole and unchanged."""
    where = f"{entry.source}: {entry.url}"
    try:
        stored = archive_files.read_record(root / entry.warc, entry.offset, entry.length)
    except ArchiveError as error:
        raise ArchiveError(f"{where}: {error}") from error
    if uuid_of(stored.head.get("warc-record-id", "")) != entry.fetch_id:
        raise ArchiveError(f"{where}: another record than {entry.fetch_id} at its place")
    if stored.kind != "revisit":
        check_digest(stored, entry)
    return stored
