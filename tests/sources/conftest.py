"""Every source of the registry, each with its store after a first night: made once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from flows.core.sources import names
from tests.sources.case import Case, open_case
from tests.support.nights import World


@pytest.fixture(scope="session", params=names())
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A source whose first night is over."""
    name = str(request.param)
    return open_case(name, tmp_path_factory.mktemp(name) / "home")


@pytest.fixture
def fresh(case: Case, tmp_path: Path) -> Iterator[World]:
    """The source's first night is still to come."""
    with SampleServer(until=case.until) as server:
        yield case.world(tmp_path / "home", server, is_empty=True)


@pytest.fixture
def world(case: Case, tmp_path: Path) -> Iterator[World]:
    """The source after its first night, on the same evening."""
    with SampleServer(until=case.until) as server:
        yield case.world(tmp_path / "home", server)
