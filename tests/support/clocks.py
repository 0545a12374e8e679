"""Another time of day for a test: what the product's modules take for now."""

from __future__ import annotations

import sys
from datetime import datetime, tzinfo
from typing import Any, Self

import pytest

ROOMS = ("extractors", "flows", "schemas", "transforms", "warehouse")


class _AnyDatetime(type(datetime)):  # type: ignore[misc]
    """What is an instant of the real class is one of ours."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, datetime)


def stopped_at(moment: datetime) -> type[datetime]:
    """A clock that stands still."""

    class Stopped(datetime, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return datetime.fromtimestamp(moment.timestamp(), tz)  # type: ignore[return-value]

    return Stopped


def set_clock(patch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Have every module of the rooms that is loaded believe that it is this instant."""
    stopped = stopped_at(moment)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ROOMS and getattr(module, "datetime", None) is datetime:
            patch.setattr(module, "datetime", stopped)
