"""Whether the archive's bytes are those that were written, and what becomes of others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from math import inf
from pathlib import Path

from extractors.archive.index.index import Index
from extractors.archive.index.schema import WARC_GLOB
from extractors.archive.walk.scan import Problem, RebuildReport, WarcScan, head_of, read
from extractors.warc.exchange import ArchiveError, Entry, WarcFile

DAMAGED, LOST = "damaged", "lost"
"""The verdict on a fetch whose bytes are not what they were; the state of a file that is gone."""
GONE = "the file is gone"
_OWN = ("verdict", "first_seen_at")
"""What the index alone knows of a fetch: all else stands in its record."""
_SAME = [each.name for each in fields(Entry) if each.name not in _OWN]


def verify(
    root: Path, index: Index, part: tuple[int, int] | None = None, until: float = inf
) -> list[Problem]:
    """Compare the files with the index: sizes, counts, and every record's place and digest.

    `part` (which, of how many) takes that share of the files, by their order, and none after
    `until` (of `time.monotonic`). What `give_up`
    has taken note of is not told again.
    """
    problems = [Problem("", 0, "", "", says) for says in index.faults(part)]
    known = index.files()
    for number, file in enumerate(known):
        if time.monotonic() > until:
            break
        if (part is None or number % part[1] == part[0]) and file.state != LOST:
            problems += _wrong_in_file(root, index, file)
    if part is None:
        there = {path.relative_to(root).as_posix(): path for path in root.glob(WARC_GLOB)}
        for warc in sorted(there.keys() - {file.warc for file in known}):
            if head_of(root, there[warc], RebuildReport()):  # else its writer was killed at once
                problems.append(Problem("", 0, "", "", f"does not know {warc}"))
    return problems


def _wrong_in_file(root: Path, index: Index, file: WarcFile) -> Iterator[Problem]:
    path, entries = root / file.warc, index.in_file(file.warc)
    size = path.stat().st_size if path.exists() else -1
    if size < 0:
        yield Problem(file.warc, 0, "", "", GONE)
    elif size < file.size:
        says = f"cut short: {size} bytes, the index knows {file.size}"
        yield Problem(file.warc, size, "", "", says)
    elif size > file.size and file.state == "closed":
        says = f"{size - file.size} bytes behind the last record that the index knows"
        yield Problem(file.warc, file.size, "", "", says)
    if len(entries) != file.fetches:
        says = f"{len(entries)} fetches in the index, {file.fetches} were written"
        yield Problem(file.warc, 0, "", "", says)
    if size >= 0:
        wrong = list(_wrong_entries(root, index, entries))
        yield from wrong
        if file.state == "closed" and not wrong:
            yield from _wrong_between(root, file, entries)


def _wrong_entries(root: Path, index: Index, entries: list[Entry]) -> Iterator[Problem]:
    for entry in entries:
        says = ""
        if entry.verdict == DAMAGED:
            continue
        if entry.refers_to and index.entry(entry.refers_to) is None:
            says = f"refers to {entry.refers_to}, which the index does not have"
        else:
            try:
                read(root, entry)
            except ArchiveError as error:
                says = str(error)
        if says:
            yield Problem(entry.warc, entry.offset, entry.fetch_id, entry.url, says)


def _wrong_between(root: Path, file: WarcFile, entries: list[Entry]) -> Iterator[Problem]:
    """Damage where no row points at (requests, the head of the file), and rows that say other
    things than their records do."""
    if any(entry.verdict == DAMAGED for entry in entries):
        return
    scan, known = WarcScan(root, file, 0), {entry.fetch_id: entry for entry in entries}
    for entry, _ in scan.fetches():
        row = known.get(entry.fetch_id, entry)
        if wrong := [name for name in _SAME if getattr(row, name) != getattr(entry, name)]:
            says = f"says other things than the record of {entry.url}: {', '.join(wrong)}"
            yield Problem("", entry.offset, entry.fetch_id, entry.url, says)
    yield from scan.problems


def give_up(root: Path, index: Index, problems: Sequence[Problem]) -> list[Entry]:
    """Take note of what is lost: these fetches, those that refer to them, and all of files that
    are gone are good no more, so that their pages are asked for again. Gives them."""
    gone = {problem.warc for problem in problems if problem.says == GONE}
    named = {problem.fetch_id for problem in problems if problem.warc and problem.fetch_id}
    files = index.files()
    entries = [entry for file in files for entry in index.in_file(file.warc)]
    lost = {e.fetch_id: e for e in entries if e.warc in gone or e.fetch_id in named}
    lost |= {e.fetch_id: e for e in entries if e.refers_to in lost}
    for fetch_id in lost:
        index.judge(fetch_id, DAMAGED)
    odd = {problem.warc for problem in problems if problem.warc and not problem.fetch_id}
    for file in files:
        if file.warc in odd:
            path = root / file.warc
            size, count = path.stat().st_size if path.exists() else 0, len(index.in_file(file.warc))
            state = LOST if file.warc in gone else "cut"
            index.put_file(replace(file, state=state, size=size, fetches=count))
    return list(lost.values())
