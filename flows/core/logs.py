"""The log: one line an event, as `key=value` or JSON, each with source and URL; never a body.

Levels: `debug` each request and its verdict; `info` stages, retries, how a run ended well;
`warning` what a source or a page did not give; `error` what somebody has to look at.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.core.settings import SECRETS, Settings, WrongSetting

ROOT = "carbonmart"
FIELDS = ("run_id", "source", "url")
LONGEST = 400
"""Characters of a value: words about a page, never the page."""


def set_up(settings: Settings) -> None:
    """Send the log where the settings say. Raises `WrongSetting` for a file that can't be had."""
    logger = logging.getLogger(ROOT)
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if settings.log_file:
        try:
            Path(settings.log_file).parent.mkdir(parents=True, exist_ok=True)
            handler = logging.FileHandler(settings.log_file, encoding="utf-8")
        except OSError as error:
            raise WrongSetting(f"CARBONMART_LOG_FILE={settings.log_file!r}: {error}") from None
    secrets = [s.get_secret_value() for name in SECRETS if (s := getattr(settings, name))]
    handler.setFormatter(_Lines(secrets, is_json=settings.log_format == "json"))
    logger.addHandler(handler)
    logger.setLevel(settings.log_level.upper())
    logger.propagate = False


def logged(home: str | None) -> Settings:
    """The settings of a command that works, with its log set up. Raises `WrongSetting`."""
    settings = Settings.load(home)
    set_up(settings)
    return settings


class _Lines(logging.Formatter):
    """A record as one line. What is a secret is left out wherever it turns up."""

    def __init__(self, secrets: list[str], *, is_json: bool) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]
        self._is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **{name: self._clean(getattr(record, name, None)) for name in FIELDS},
            "event": self._clean(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = self._clean(self.formatException(record.exc_info)[-LONGEST:])
        if self._is_json:
            return json.dumps(line, ensure_ascii=False)
        return " ".join(f"{name}={_value(value)}" for name, value in line.items())

    def _clean(self, value: Any) -> str | None:
        if value is None:
            return None
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _value(value: str | None) -> str:
    """A value as it is where that is one printable word, else quoted as JSON does."""
    if value is None or value == "":
        return "-"
    is_word = value.isprintable() and not any(mark in value for mark in ' ="\\')
    return value if is_word else json.dumps(value, ensure_ascii=not value.isprintable())
