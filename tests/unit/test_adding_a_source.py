"""The excerpts of `docs/adding-a-source.md` stand in the files that they are said to be from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
EXCERPTS = re.findall(r"<!-- (\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("file", "shown"), EXCERPTS)
def test_an_excerpt_is_in_its_file(file: str, shown: str) -> None:
    """Piece after piece, in their order; a line `...` says that something is left out."""
    text = (ROOT / file).read_text(encoding="utf-8")
    for piece in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE):
        _, found, text = text.partition(piece)
        assert found, f"not in {file}:\n{piece}"


def test_every_block_of_code_is_an_excerpt_and_every_file_that_is_named_exists() -> None:
    assert len(EXCERPTS) == PAGE.count("```python") > 5
    named = re.findall(r"`((?:extractors|transforms|schemas|tests)/[\w./-]+)`", PAGE)
    assert named
    for place in named:
        assert (ROOT / place).exists(), place


def test_the_folders_of_the_example_are_all_told_of() -> None:
    folders = {
        path.parent
        for room in ("extractors", "transforms", "schemas")
        for path in (ROOT / room).rglob("fx/*.py")
    }
    for folder in folders:
        assert f"`{folder.relative_to(ROOT)}/" in PAGE, folder
