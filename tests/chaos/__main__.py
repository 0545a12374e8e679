"""`python -m tests.chaos`: a fortnight of nights under faults drawn from a seed (`make chaos`).

Two writers work on one home, a reader looks at every published form all the time, and it is
killed, filled, its clock moved and its bytes flipped. Ends with a table of faults tried and
survived, and with code 1 if anything was lost or a reader misled.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from extractors.sample.server.server import SampleServer
from tests.chaos import acts
from tests.chaos.acts import Night
from tests.support.damage import DAMAGES, KINDS, UNTIL, build, copy

SOURCES = ("seee", "fx")
NIGHTS = 14
HARMLESS = {("checkpoint's hint", "flipped"), ("checkpoint's hint", "deleted")}
FLIPPED = [kind for kind in KINDS if kind != "WARC file"]
"""What follows from the rest; a WARC file does not, and is the business of a backup."""
PRELOAD = ["tests.chaos.acts", "tests.support.damage"]
Run = Callable[..., Any]


@dataclass
class Chaos:
    """One run: the home, the draws, and what came of them."""

    home: Path
    work: Path
    rng: random.Random
    server: SampleServer
    pause: Any
    spawn: Any
    tried: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    ahead_days: float = 0.0
    """How far the furthest clock was ahead: runs before that instant may refuse to write."""

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
        """A night whose clock is days ahead or behind."""
        days = self.rng.choice((-400, -3, -0.1, 0.01, 3, 30))
        self.ahead_days = max(self.ahead_days, days)
        writer = self.night(self.rng.choice(SOURCES), shift_days=days)
        writer.join()
        self.tried["clock moved"] += 1

    def spoil(self) -> None:
        """A file is damaged: told, and put back; now and then repaired instead."""
        kind, damage = self.rng.choice(FLIPPED), self.rng.choice(sorted(DAMAGES))
        self.pause.set()
        time.sleep(0.3)
        file = KINDS[kind](self.home)
        kept, mode = file.read_bytes(), file.stat().st_mode
        DAMAGES[damage](file)
        if file.is_file() and file.read_bytes() == kept:  # swapped with its equal
            self.pause.clear()
            return
        is_told = bool(self._said(acts.look))
        if not is_told and (kind, damage) not in HARMLESS:
            self.lost.append(f"{kind} {damage}: nobody told")
        if is_told and self.rng.random() < 0.1:
            if left := self._said(acts.mend):
                self.lost.append(f"{kind} {damage}: not repaired: {left[:200]}")
            self.tried["file damaged and repaired"] += 1
        else:
            file.unlink(missing_ok=True)
            file.write_bytes(kept)
            file.chmod(mode)
            self.tried["file damaged and told"] += 1
        self.pause.clear()

    def _said(self, act: Run) -> str:
        told = self.work / "told.txt"
        told.unlink(missing_ok=True)
        process = self.spawn.Process(target=act, args=(self.home, told))
        process.start()
        process.join()
        return told.read_text(encoding="utf-8") if told.exists() else "it broke off"

    def settle(self) -> None:
        """An undisturbed night of both writers, once every clock has come to the furthest."""
        for source in SOURCES:
            for _ in range(3):
                writer = self.night(source, shift_days=self.ahead_days + 0.01)
                writer.join()
                if writer.exitcode == 0:
                    break


def truth_of(folder: Path, last: date) -> acts.Rows:
    """What an undisturbed home holds on the last day."""
    copy(folder / "sound" / "home", folder / "truth")
    with SampleServer(until=last) as server:
        for source in SOURCES:
            night = Night(folder / "truth", source, dict(server.routes), last)
            process = multiprocessing.get_context("forkserver").Process(
                target=acts.run_night, args=(night,)
            )
            process.start()
            process.join()
    return acts.store_rows(folder / "truth")[1]


def run(folder: Path, seed: int, faults: int, minutes: float, nights: int = NIGHTS) -> Chaos:
    """A run below an empty folder."""
    spawn = multiprocessing.get_context("forkserver")
    spawn.set_forkserver_preload(PRELOAD)
    build(folder / "sound")
    last = UNTIL[-1] + timedelta(days=nights)
    truth = truth_of(folder, last)
    home = copy(folder / "sound" / "home", folder / "home")
    pause, end = spawn.Event(), spawn.Event()
    told = folder / "reader.txt"
    reader = spawn.Process(target=acts.read_on, args=(home, truth, pause, end, told))
    reader.start()
    deadline = time.monotonic() + 60 * minutes
    with SampleServer(until=UNTIL[-1]) as server:
        chaos = Chaos(home, folder, random.Random(seed), server, pause, spawn)
        acts_of_night = [chaos.kill, chaos.spoil, chaos.spoil, chaos.spoil, chaos.fill, chaos.jump]
        for number in range(1, nights + 1):
            server.until = UNTIL[-1] + timedelta(days=number)
            share = faults * number / nights
            while chaos.tried.total() < share and time.monotonic() < deadline:
                chaos.rng.choice(acts_of_night)()
        server.until = last
        chaos.settle()
    end.set()
    reader.join()
    _judge(chaos, told, truth)
    return chaos


def _judge(chaos: Chaos, told: Path, truth: acts.Rows) -> None:
    """What the reader met, and what is left at the end."""
    lines = told.read_text(encoding="utf-8").splitlines()
    chaos.lost += [line for line in lines if line.startswith(("misled", "refused"))]
    looks = [int(line.split()[1]) for line in lines if line.startswith("looks")]
    chaos.tried["(looks of the reader)"] = sum(looks)
    if left := chaos._said(acts.look):
        chaos.lost.append(f"damage at the end: {left[:300]}")
    for form in acts.FORMS:
        rows = form(chaos.home)[1]
        if rows != truth:
            wrong = f"{len(truth - rows)} rows lost, {len(rows - truth)} too many"
            chaos.lost.append(f"{form.__name__} at the end: {wrong}")


def main() -> None:
    """Run, print the table, and say whether all was survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="carbonmart-chaos-") as folder:
        chaos = run(Path(folder), asked.seed, asked.faults, asked.minutes)
    print(f"seed {asked.seed}\n\n| fault | tried |\n|---|---|")
    for name, count in sorted(chaos.tried.items()):
        print(f"| {name} | {count:,} |")
    print(f"\nlost or misled: {len(chaos.lost)}")
    for line in chaos.lost[:40]:
        print(f"- {line}")
    sys.exit(1 if chaos.lost else 0)


if __name__ == "__main__":
    main()
