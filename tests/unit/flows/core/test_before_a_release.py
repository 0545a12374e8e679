"""Before the first release a reader is shown what is loaded, and told so."""

from __future__ import annotations

from pathlib import Path

from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from warehouse.store.home import open_home


def test_what_is_loaded_is_shown_until_something_is_released(tmp_path: Path) -> None:
    open_home(tmp_path, "live")
    seen = chosen(Settings(home=str(tmp_path)), Wanted())
    assert seen.is_working
    assert not seen.release
    assert "nothing is released yet" in seen.label
