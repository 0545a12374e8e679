"""Tests that open pages in a real browser are left out, and said to be, where there is none.

`.ci/run` installs Chromium, so that nothing is left out there.
"""

from __future__ import annotations

import warnings

import pytest

from tests.support.chromium import chromium


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium():
        return
    left = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
        told = f"{len(left)} tests left out: install chromium and chromium-driver to run them"
        warnings.warn(told, stacklevel=1)
