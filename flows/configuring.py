"""What is set, to what, and where that comes from; secrets are never shown."""

from __future__ import annotations

import os
from typing import Any

from pydantic import SecretStr

from flows.settings import PREFIX, READ_ELSEWHERE, Settings, origins

HIDDEN = "(set, not shown)"


def rows_of(home: str | None) -> list[dict[str, Any]]:
    """One row per setting. Raises `WrongSetting`."""
    settings = Settings.load(home)
    told = origins(home)
    rows = [
        {
            "setting": name,
            "value": _shown(getattr(settings, name)),
            "from": told.get(name, "default"),
            "variable": f"{PREFIX}{name.upper()}",
            "says": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
    rows += [
        {
            "setting": variable.removeprefix(PREFIX).lower(),
            "value": os.environ.get(variable),
            "from": f"environment {variable}" if variable in os.environ else "default",
            "variable": variable,
            "says": says,
        }
        for variable, says in READ_ELSEWHERE.items()
    ]
    return rows


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return HIDDEN
    return ", ".join(value) if isinstance(value, tuple) else value
