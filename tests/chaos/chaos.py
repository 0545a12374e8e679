"""Faults drawn from a seed, over a home that two writers work on and a reader looks at."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from extractors.sample.server.server import SampleServer
from tests.chaos import acts
from tests.chaos.acts import Night
from tests.support.damage import DAMAGES, HARMLESS, KINDS, UNTIL, copy, settle

SOURCES = ("seee", "fx")
DAMAGED = [kind for kind in KINDS if kind != "WARC file"]
"""What follows from the rest; a WARC file does not, and is the business of a backup."""
ALONE = ("data file of the releases", "commit of the releases")
"""Without the releases nobody knows what else has to be there."""
PRELOAD = ["tests.chaos.acts", "tests.support.damage"]
Run = Callable[..., Any]


@dataclass(frozen=True)
class Wanted:
    """How much of it: so many faults, spread over so many nights, and no longer than that."""

    seed: int
    faults: int = 1000
    nights: int = 14
    minutes: float = 60


@dataclass(frozen=True)
class Damaged:
    """A damaged file, the part of the home that it is of, and what it was."""

    kind: str
    damage: str
    file: Path
    part: str
    kept: bytes
    mode: int

    @property
    def name(self) -> str:
        return f"{self.kind} damaged"


def _part_of(home: Path, file: Path) -> str:
    """A table's folder, or a whole other part of the home."""
    parts = file.relative_to(home).parts
    return "/".join(parts[:2]) if parts[0] == "tables" else parts[0]


@dataclass
class Chaos:
    """One run: the home, the draws, and what came of them. `lost` has a line for each fault
    that was not survived, with its name."""

    home: Path
    work: Path
    rng: random.Random
    server: SampleServer
    signals: acts.Signals
    spawn: Any
    truth: acts.Rows
    tried: Counter[str] = field(default_factory=Counter)
    lost: list[tuple[str, str]] = field(default_factory=list)
    looks: int = 0
    repaired: int = 0

    def night(self, source: str, **faults: Any) -> Any:
        """A writer, begun."""
        night = Night(self.home, source, dict(self.server.routes), self.server.until, **faults)
        process = self.spawn.Process(target=acts.run_night, args=(night,))
        process.start()
        return process

    def kill(self) -> None:
        """Two writers at once, of which one or both die at a moment."""
        writers = [self.night(source) for source in SOURCES]
        victims = self.rng.sample(writers, self.rng.choice((1, 2)))
        for victim in victims:
            victim.join(self.rng.uniform(0.05, 2.0))
            if victim.is_alive():
                victim.kill()
                self.tried["writer killed"] += 1
        for writer in writers:
            writer.join()

    def fill(self) -> None:
        """A disk that takes no more, at some size of a file."""
        writer = self.night(self.rng.choice(SOURCES), largest=self.rng.choice((1, 4, 16, 64)) * 512)
        writer.join()
        self.tried["disk full"] += 1

    def jump(self) -> None:
        """A night whose clock is days ahead or behind. What it wrote ahead is taken back, as
        nobody may write before that."""
        days = self.rng.choice((-400, -3, -0.1, 0.01, 3, 30))
        name = f"clock {'ahead' if days > 0 else 'behind'}"
        writer = self.night(self.rng.choice(SOURCES), shift_days=days)
        writer.join()
        self.tried[name] += 1
        if days < 0 and writer.exitcode != acts.REFUSED:
            self.lost.append((name, f"by {days} days, and not refused: exit {writer.exitcode}"))
        if days > 0:
            told, code = self.said(acts.take_back)
            if told or code:
                self.lost.append((name, f"by {days} days, not taken back: {told[:200]} ({code})"))

    def spoil(self) -> None:
        """Files are damaged: each is told, and put back; now and then repaired instead."""
        self.signals.rests.clear()
        self.signals.pause.set()
        if not self.signals.rests.wait(120):
            self.lost.append(("reader", "it does not answer"))
        done = [damaged for kind in self._kinds() if (damaged := self._damage(kind))]
        told, _ = self.said(acts.look) if done else ("", 0)
        for each in done:
            self.tried[each.name] += 1
            if each.part not in told and (each.kind, each.damage) not in HARMLESS:
                self.lost.append((each.name, f"{each.damage}: nobody told"))
        if acts.MISLED in told:
            self.lost.append(("reader", f"{[each.name for each in done]}: {told[-200:]}"))
        if told and self.rng.random() < 0.1:
            left, _ = self.said(acts.mend)
            if left:
                kinds = ", ".join(f"{each.kind} {each.damage}" for each in done)
                self.lost.append((done[0].name, f"{kinds}: not repaired: {left[:200]}"))
            self.repaired += len(done)
        else:
            for each in done:
                each.file.unlink(missing_ok=True)
                each.file.write_bytes(each.kept)
                for side in each.file.parent.glob(f"{each.file.name}-*"):
                    side.unlink()  # what a look left of the damaged one
                each.file.chmod(each.mode)
        self.signals.pause.clear()

    def _kinds(self) -> list[str]:
        """One kind of file, or some at once that do not hide one another: of different tables."""
        there = [kind for kind in DAMAGED if self._is_there(kind)]
        first = self.rng.choice(there)
        if first in ALONE:
            return [first]
        drawn = [first, *self.rng.sample(there, self.rng.randrange(4))]
        parts = {_part_of(self.home, KINDS[k](self.home)): k for k in drawn if k not in ALONE}
        return list(parts.values())

    def _is_there(self, kind: str) -> bool:
        """What is lost without harm, a repair leaves lost."""
        try:
            return KINDS[kind](self.home).is_file()
        except IndexError:
            return False

    def _damage(self, kind: str) -> Damaged | None:
        """Do it; None where the file was swapped with its equal."""
        damage, file = self.rng.choice(sorted(DAMAGES)), KINDS[kind](self.home)
        if file.suffix == ".sqlite":
            settle(self.home)
        kept, mode = file.read_bytes(), file.stat().st_mode
        DAMAGES[damage](file)
        if file.is_file() and file.read_bytes() == kept:
            return None
        return Damaged(kind, damage, file, _part_of(self.home, file), kept, mode)

    def said(self, act: Run) -> tuple[str, int]:
        """What an act writes, and its exit code."""
        told = self.work / "told.txt"
        told.unlink(missing_ok=True)
        process = self.spawn.Process(target=act, args=(self.home, told, self.truth))
        process.start()
        process.join()
        broke_off = f"it broke off ({process.exitcode})"
        return told.read_text(encoding="utf-8") if told.exists() else broke_off, process.exitcode

    def settle(self) -> None:
        """An undisturbed night of both writers."""
        for source in SOURCES:
            for _ in range(3):
                writer = self.night(source)
                writer.join()
                if writer.exitcode == 0:
                    break


def run(sound: Path, folder: Path, wanted: Wanted) -> Chaos:
    """A run below a folder, over a copy of a home as `tests.support.damage.build` makes it."""
    spawn = multiprocessing.get_context("forkserver")
    spawn.set_forkserver_preload(PRELOAD)
    last = UNTIL[-1] + timedelta(days=wanted.nights)
    truth = _truth_of(sound, folder / "truth", last, spawn)
    home = copy(sound, folder / "home")
    signals = acts.Signals(spawn.Event(), spawn.Event(), spawn.Event())
    told = folder / "reader.txt"
    reader = spawn.Process(target=acts.read_on, args=(home, truth, signals, told))
    reader.start()
    try:
        chaos = _nights(home, folder, wanted, (signals, spawn, truth))
    finally:
        signals.end.set()
        reader.join()
    _judge(chaos, told)
    return chaos


def _nights(
    home: Path, folder: Path, wanted: Wanted, world: tuple[acts.Signals, Any, acts.Rows]
) -> Chaos:
    """The fortnight, and an undisturbed night after it."""
    deadline = time.monotonic() + 60 * wanted.minutes
    with SampleServer(until=UNTIL[-1]) as server:
        chaos = Chaos(home, folder, random.Random(wanted.seed), server, *world)
        drawn = [chaos.kill, chaos.spoil, chaos.spoil, chaos.spoil, chaos.fill, chaos.jump]
        lost = 0
        for number in range(1, wanted.nights + 1):
            server.until = UNTIL[-1] + timedelta(days=number)
            share = wanted.faults * number / wanted.nights
            while chaos.tried.total() < share and time.monotonic() < deadline:
                chaos.rng.choice(drawn)()
                if len(chaos.lost) > lost:
                    lost = len(chaos.lost)
                    sys.stderr.write(f"lost: {chaos.lost[-1]}\n")
            sys.stderr.write(f"night {number}: {chaos.tried.total()} faults, {lost} lost\n")
        chaos.settle()
    return chaos


def _truth_of(sound: Path, home: Path, last: date, spawn: Any) -> acts.Rows:
    """What an undisturbed home holds on the last day."""
    copy(sound, home)
    with SampleServer(until=last) as server:
        for source in SOURCES:
            night = Night(home, source, dict(server.routes), last)
            process = spawn.Process(target=acts.run_night, args=(night,))
            process.start()
            process.join()
    return acts.store_rows(home)[1]


def _judge(chaos: Chaos, told: Path) -> None:
    """What the reader met, and what is left at the end."""
    lines = told.read_text(encoding="utf-8").splitlines()
    chaos.lost += [("reader", x) for x in lines if x.startswith((acts.MISLED, "refused"))]
    if not any(line.startswith("looks") for line in lines):
        chaos.lost.append(("reader", "it died"))
    chaos.looks = sum(int(line.split()[1]) for line in lines if line.startswith("looks"))
    if left := chaos.said(acts.look)[0]:
        chaos.lost.append(("at the end", f"damage: {left[:300]}"))
    for form in acts.FORMS:
        rows = form(chaos.home)[1]
        if rows != chaos.truth:
            missing, more = len(chaos.truth - rows), len(rows - chaos.truth)
            lost = f"{form.__name__}: {missing} rows lost, {more} too many"
            chaos.lost.append(("at the end", lost))
