"""The image's steps without Docker: `python -m tests.e2e.image FOLDER`.

Reads the `Dockerfile`, copies what it copies, runs what it runs, in a folder that stands for
the root of the image. Its base is the Python that runs this. What it gives is the
environment that a command of the image would have.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.commands import REPO, environment

OWN = ("/opt/", "/store", "/tmp/carbonmart", "/tmp/prefect")
"""Places of the image, which here lie below the folder."""


@dataclass
class Image:
    """An image in the making."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    command: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Proxies, certificates and caches of this machine; nothing of its Python.
        own = ("PYTHON", "VIRTUAL_ENV")
        self.env = {k: v for k, v in environment().items() if not k.startswith(own)}

    def place(self, path: str) -> Path:
        """Where a path of the image is here."""
        whole = path if path.startswith("/") else f"{self.workdir.rstrip('/')}/{path}"
        return self.root / whole.lstrip("/")

    def here(self, text: str) -> str:
        """The text with the image's own places as they are here."""
        pattern = r"(?<![\w./])(" + "|".join(map(re.escape, OWN)) + ")"
        return re.sub(pattern, lambda found: f"{self.root}{found[1]}", text)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in the image's working directory."""
        folder = self.place("")
        folder.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            ["sh", "-c", self.here(command)],
            cwd=folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )

    def step(self, instruction: str, rest: str) -> None:
        """One instruction. Raises `ValueError` for one that is not known here."""
        if instruction == "ENV":
            name, _, value = rest.partition("=")
            self.env[name] = self.here(os.path.expandvars(value.replace("$PATH", self.env["PATH"])))
        elif instruction == "WORKDIR":
            self.workdir = rest
        elif instruction == "COPY":
            *sources, target = shlex.split(rest)
            for source in sources:
                self._copy(REPO / source, self.place(target), is_folder=target.endswith("/"))
        elif instruction == "RUN":
            done = self.run(rest)
            if done.returncode:
                raise ValueError(f"RUN {rest}\n{done.stdout}{done.stderr}")
        elif instruction == "CMD":
            self.command = json.loads(rest)
        elif instruction not in ("FROM", "USER"):
            raise ValueError(f"no such step here: {instruction} {rest}")

    def _copy(self, source: Path, target: Path, *, is_folder: bool) -> None:
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / source.name if is_folder else target)


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (REPO / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [line.partition(" ") for line in lines]
    return [(instruction, rest.strip()) for instruction, _, rest in found]


def build(root: Path) -> Image:
    """Take all steps. Raises `ValueError` for the one that fails."""
    image = Image(root)
    for instruction, rest in steps():
        image.step(instruction, rest)
    return image


if __name__ == "__main__":
    made = build(Path(sys.argv[1]))
    print(made.run(shlex.join(made.command)).stdout)
