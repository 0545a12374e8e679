"""Tests that open pages in a real browser are left out, and said to be, where there is none.

`.ci/run` installs Chromium, so that nothing is left out there.
"""

from __future__ import annotations

import warnings

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.support.chromium import chromium

TOGETHER = "tests/e2e/test_prefect"
"""Files that share a Prefect server, which takes as much as ten tests of theirs do."""


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """A test file stays on one runner, and so do those that share a server."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(TOGETHER):
            return TOGETHER
        return str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium():
        return
    left = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
        told = f"{len(left)} tests left out: install chromium and chromium-driver to run them"
        warnings.warn(told, stacklevel=1)
