"""What `compose.yaml` says, and the commands that its services run."""

from __future__ import annotations

import shlex
from typing import Any

import yaml

from tests.e2e.commands import REPO


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = whole()["services"]
    return found


def whole() -> dict[str, Any]:
    """The file."""
    found: dict[str, Any] = yaml.safe_load((REPO / "compose.yaml").read_text(encoding="utf-8"))
    return found


def commands(service: str) -> list[list[str]]:
    """The commands of a service, in turn; those of a shell line that joins them by `&&`."""
    command = services()[service]["command"]
    if command[:2] == ["sh", "-c"]:
        return [shlex.split(part) for part in command[2].split("&&")]
    return [command]
