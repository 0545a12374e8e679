"""The examples that readers are given run on the demo's home: commands, Python, notebooks."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

import carbonmart
from flows.cli.main import app
from tests.docs.markdown import ROOT, calls, codes, text_of
from tests.docs.pages import DOCS
from tests.e2e.commands import demo

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::carbonmart.SimulatedWarning")]
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
PAGES = (ROOT / "README.md", DOCS / "readers.md")
READING = {"show", "figures", "sql", "trace", "history", "diff", "brief", "tables", "releases"}
"""Commands that show rows; what a night or a server does has tests of its own."""
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


def _calls() -> list[list[str]]:
    """The commands of the pages, each once."""
    found = [call for page in PAGES for code in codes(text_of(page)) for call in calls(code)]
    reading = (call for call in found if call[0] in READING)
    return list({" ".join(call): call for call in reading}.values())


@pytest.mark.parametrize("call", _calls(), ids=" ".join)
def test_the_command_of_a_page_shows_something(
    here: Path, call: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    done = CliRunner().invoke(app, call, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    written = [here / word for word in call if re.fullmatch(r"\w+\.(html|xlsx)", word)]
    assert all(path.stat().st_size > 1_000 for path in written)
    assert done.stdout.strip() or written


def test_there_are_such_commands() -> None:
    assert {call[0] for call in _calls()} == READING


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.stem))
def test_a_notebook_runs(here: Path, path: Path) -> None:
    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") for cell in book.cells), "figures of some other store"
    resources = {"metadata": {"path": str(here)}}
    client = NotebookClient(book, timeout=240, startup_timeout=240, resources=resources)
    client.iopub_timeout = 240
    client.execute()
    shown = str([cell.get("outputs") for cell in book.cells])
    assert carbonmart.open(here / "data").release in shown
    assert "SIMULATED" in shown
    assert re.search(r"sha256 [0-9a-f]{64}", shown)


def test_there_are_two_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["from-figure-to-source", "quarterly-analysis"]
