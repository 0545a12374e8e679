"""Tests that open pages in a real browser are left out, and said to be, where there is none.

`.ci/run` installs Chromium, so that nothing is left out there.
"""

from __future__ import annotations

import shutil
import warnings

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The browser's command, if it and its driver are there."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found if shutil.which("chromedriver") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium():
        return
    left = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
        told = f"{len(left)} tests left out: install chromium and chromium-driver to run them"
        warnings.warn(told, stacklevel=1)
