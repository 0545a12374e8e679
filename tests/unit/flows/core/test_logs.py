"""The log: one line an event, source and URL in each, secrets and bodies in none."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.core.logs import LONGEST, ROOT, set_up
from flows.core.settings import Settings, WrongSetting

SECRET = "https://hooks.example/very-secret"
URL = "https://overview.cneeex.example/c/2021-07-16/1.shtml"

SetUp = Callable[..., Path]


@pytest.fixture
def logging_to(tmp_path: Path) -> Iterator[SetUp]:
    """Sets the log up; gives its file. Everything is as before in the end."""
    logger = logging.getLogger(ROOT)
    before = (logger.handlers[:], logger.level, logger.propagate)

    def set_up_to(**settings: Any) -> Path:
        file = tmp_path / "logs" / "carbonmart.log"
        set_up(Settings(log_file=str(file), webhook_url=SECRET, **settings))
        return file

    yield set_up_to
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:], logger.level, logger.propagate = before


def test_json_lines(logging_to: SetUp) -> None:
    file = logging_to(log_format="json", log_level="info")
    said = {"run_id": "r1", "source": "seee", "url": URL}
    log = logging.getLogger("carbonmart.web")
    log.info("again in %.1f s: %s", 2.0, "HTTP 503", extra=said)
    log.debug("HTTP 200, good", extra=said)
    logging.getLogger("carbonmart.run").error("two\nlines\x1b[31m")
    first, second = (json.loads(line) for line in file.read_text().splitlines())
    at = first.pop("at")
    assert at.endswith("+00:00")
    assert first == {
        "level": "info",
        "logger": "carbonmart.web",
        "run_id": "r1",
        "source": "seee",
        "url": URL,
        "event": "again in 2.0 s: HTTP 503",
    }
    assert (second["source"], second["url"], second["event"]) == (None, None, "two\nlines\x1b[31m")


def test_key_value_lines(logging_to: SetUp) -> None:
    file = logging_to()
    log = logging.getLogger("carbonmart.web")
    log.info("not shown by default")
    log.warning('a "quoted" word', extra={"source": "seee", "url": URL})
    log.warning("two\nlines\x1b[31m")
    first, second = file.read_text().splitlines()
    assert " level=warning logger=carbonmart.web run_id=- source=seee " in first
    assert f' url={URL} event="a \\"quoted\\" word"' in first
    assert second.endswith('source=- url=- event="two\\nlines\\u001b[31m"')


def test_no_secret_and_no_page_gets_in(logging_to: SetUp) -> None:
    file = logging_to(log_format="json")
    log = logging.getLogger("carbonmart.watch")
    log.error("could not post to %s", SECRET)
    log.error("x" * 100_000, extra={"url": SECRET})
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("it broke")
    text = file.read_text()
    assert "very-secret" not in text
    assert text.count("***") == 3
    assert len(json.loads(text.splitlines()[1])["event"]) == LONGEST + 3


def test_setting_it_up_again_doubles_no_line(logging_to: SetUp) -> None:
    logging_to()
    file = logging_to()
    logging.getLogger("carbonmart.run").error("once")
    assert len(file.read_text().splitlines()) == 1


def test_a_file_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongSetting, match="CARBONMART_LOG_FILE="):
        set_up(Settings(log_file=str(tmp_path / "file" / "log")))
