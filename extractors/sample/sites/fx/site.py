"""The sample of the European Central Bank's rates: its two files, with made-up rates in them.

Each currency swings about a round level, so that no figure is one that the bank published.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from extractors.sample.site import Response, UnknownFault, error

HOST = "www.ecb.europa.example"
DAILY, HISTORY = (f"/stats/eurofxref/eurofxref-{name}.xml" for name in ("daily", "hist-90d"))
LEVELS = {"USD": 1.1, "JPY": 150, "GBP": 0.85, "CNY": 7.5, "HKD": 8.5, "KRW": 1450, "SGD": 1.45}
CLOSING_DAYS = Path(__file__).parent / "data" / "closing_days.txt"
"""The weekdays from 2021 to 2026 on which TARGET was closed, one a line."""
_ROBOTS = b"User-agent: *\nDisallow: /search/\n"


class FxSite:
    """Both files as they are on the evening of `until`."""

    hosts = (HOST,)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of the ECB knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A file without a day."""
        return self._file(()) if target in (DAILY, HISTORY) else None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET."""
        if body is not None:
            return error(405, "method not allowed")
        if target == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_afternoon(_START))
        if target not in (DAILY, HISTORY):
            return error(404, "not found")
        days = [day for n in range(90) if _is_open(day := self.until - timedelta(days=n))]
        return self._file(days if target == HISTORY else days[:1])

    def _file(self, days: Iterable[date]) -> Response:
        days = tuple(days)
        newest = max(days, default=self.until)
        return Response(xml(days).encode(), "text/xml", last_modified=_afternoon(newest))


_START = date(2021, 7, 16)


@cache
def _closed() -> frozenset[date]:
    return frozenset(map(date.fromisoformat, CLOSING_DAYS.read_text(encoding="utf-8").split()))


def _is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in _closed()


def _afternoon(day: date) -> datetime:
    """When a day's rates are published."""
    return datetime(day.year, day.month, day.day, 15, 0, tzinfo=UTC)


def rate(day: date, currency: str) -> str:
    """A made-up rate, as printed: five digits or so."""
    order = list(LEVELS).index(currency)
    swing = math.sin((day - _START).days / (23 + order) + order)
    value = LEVELS[currency] * (1 + 0.04 * swing)
    return f"{value:.2f}" if value > 100 else f"{value:.4f}"


def xml(days: Iterable[date]) -> str:
    """The file's text, newest day first."""
    cubes = "".join(
        f'\t\t<Cube time="{day}">\n'
        + "".join(f'\t\t\t<Cube currency="{name}" rate="{rate(day, name)}"/>\n' for name in LEVELS)
        + "\t\t</Cube>\n"
        for day in days
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n'
        "\t<gesmes:subject>Reference rates</gesmes:subject>\n"
        "\t<gesmes:Sender>\n\t\t<gesmes:name>European Central Bank</gesmes:name>\n"
        f"\t</gesmes:Sender>\n\t<Cube>\n{cubes}\t</Cube>\n</gesmes:Envelope>\n"
    )


SITE = FxSite
