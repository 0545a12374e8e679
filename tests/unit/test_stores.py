"""Stores that tests begin with are built once, are never shared, and do not grow old."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.support import stores
from tests.support.stores import store

built: list[Path] = []


def one_file(folder: Path) -> None:
    built.append(folder)
    assert list(folder.iterdir()) == []
    (folder / "home").mkdir()
    (folder / "home" / "row").write_text("as built")


def broken(folder: Path) -> None:
    (folder / "half").touch()
    raise OSError("no room")


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    built.clear()
    monkeypatch.setattr(stores, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def folder(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_it_is_built_once_and_a_copy_is_its_owner_s_alone(tmp_path: Path) -> None:
    first = store("first", one_file, folder(tmp_path, "one"))
    (first / "home" / "row").write_text("spoilt")
    second = store("first", one_file, folder(tmp_path, "two"))
    (second / "home" / "row").write_text("spoilt, too")
    third = store("first", one_file, folder(tmp_path, "three"))
    assert (third / "home" / "row").read_text() == "as built"
    assert built == [first]
    other = store("other", one_file, folder(tmp_path, "four"))
    assert built == [first, other]


def test_other_code_has_other_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = folder(tmp_path, "code")
    (code / "reader.py").write_text("1")
    monkeypatch.setattr(stores, "ROOMS", (str(code),))
    found = []
    for number, text in enumerate(("1", "2", "1")):
        (code / "reader.py").write_text(text)
        stores._digest.cache_clear()
        found.append(stores._digest(Path(__file__)))
        store("first", one_file, folder(tmp_path, str(number)))
    stores._digest.cache_clear()
    assert found[0] == found[2] != found[1]
    assert len(built) == 2


def test_an_old_one_is_built_anew_and_what_nobody_asks_for_is_cleared(
    tmp_path: Path, kept: Path
) -> None:
    store("first", one_file, folder(tmp_path, "one"))
    (held,) = kept.glob("*/first")
    left = folder(kept, "of-other-code")
    old = time.time() - stores.YOUNG_S - 1
    for path in (held, left):
        os.utime(path, (old, old))
    store("first", one_file, folder(tmp_path, "two"))
    assert len(built) == 2
    assert not left.exists()
    assert (held / "home" / "row").read_text() == "as built"


def test_what_could_not_be_built_is_not_kept(tmp_path: Path, kept: Path) -> None:
    with pytest.raises(OSError, match="no room"):
        store("first", broken, folder(tmp_path, "one"))
    assert list(kept.glob("*/first")) == []
    done = store("first", one_file, folder(tmp_path, "two"))
    assert [path.name for path in done.iterdir()] == ["home"]
