"""The demo's home in Python: the examples of `carbonmart`, of the pages, and the notebooks."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import carbonmart
from tests.docs.markdown import ROOT, text_of
from tests.docs.pages import DOCS
from tests.e2e.commands import demo

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::carbonmart.SimulatedWarning")]
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
PAGES = (ROOT / "README.md", DOCS / "readers.md")
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's home as `data`."""
    folder = tmp_path_factory.mktemp("python")
    home, _ = demo(folder)
    (folder / "data").symlink_to(home)
    return folder


def test_the_examples_of_the_module_are_true(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    found = doctest.testmod(carbonmart)
    assert found.attempted > 10
    assert found.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_the_python_of_a_page_runs(here: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    blocks = _PYTHON.findall(text_of(page))
    assert blocks
    for block in blocks:
        exec(compile(block, str(page), "exec"), {"__name__": "page"})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.stem))
def test_a_notebook_runs(here: Path, path: Path) -> None:
    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") for cell in book.cells), "figures of some other store"
    resources = {"metadata": {"path": str(here)}}
    NotebookClient(book, timeout=240, startup_timeout=240, resources=resources).execute()
    shown = str([cell.get("outputs") for cell in book.cells])
    assert carbonmart.open(here / "data").release in shown
    assert "SIMULATED" in shown
    assert re.search(r"sha256 [0-9a-f]{64}", shown)


def test_there_are_two_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["from-figure-to-source", "quarterly-analysis"]
