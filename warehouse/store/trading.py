"""The trading calendar of a store: what readers see of `calendar_days`, what a person says in
`<home>/calendar.yml`, and on which days was traded, over what carbonmart knows by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from schemas.contracts.calendar_file import CalendarFileError, read_calendar_file
from schemas.trading import BASES, MARKET, CalendarDay, TradingCalendar, shipped
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import storage
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    import duckdb


FILE_NAME = "calendar.yml"
_SAID = (
    "select date, is_trading, coalesce(reason, ''), basis, source_url "
    "from calendar_days where market = ?"
)
_TRADED = (
    "select period_end, source_url from seee_bulletins where period = 'day' and period_end > ?"
)


class ReadableStore(Protocol):
    """What is asked of a `Warehouse` here."""

    root: Place

    def connect(
        self, *names: str, versions: Mapping[str, int | None] | None = None
    ) -> duckdb.DuckDBPyConnection: ...


class WrongCalendarFile(WarehouseError):
    """A `calendar.yml` that is not as it has to be, or can't be read."""


def trading_calendar(store: ReadableStore, released: Mapping[str, int]) -> TradingCalendar:
    """The calendar as the current release has it, of whose tables those are the versions, with
    the lines of persons.

    What can't be read of the tables is left out, and named in `trouble`: a damaged table of
    one source is no matter of another's night. Raises `WrongCalendarFile`.
    """
    import duckdb

    days = dict(shipped().announced)
    _take(days, said_by_persons(store.root.parent))
    trouble = ""
    try:
        _take(days, _released(store, released))
        _take(days, _traded(store, released, TradingCalendar(days)))
    except (WarehouseError, OSError, duckdb.Error) as error:
        trouble = str(error)
    return TradingCalendar(days, trouble)


def _take(days: dict[date, CalendarDay], told: Iterable[CalendarDay]) -> None:
    """Add what is said with no weaker basis than what is known."""
    for day in told:
        known = days.get(day.date)
        if known is None or BASES.index(day.basis) >= BASES.index(known.basis):
            days[day.date] = day


def said_by_persons(home: Place) -> list[CalendarDay]:
    """The days of `<home>/calendar.yml`, none without it. Raises `WrongCalendarFile`."""
    name = str(home / FILE_NAME)
    try:
        text = (storage(home).read_bytes(FILE_NAME) or b"").decode("utf-8")
        return list(read_calendar_file(text, name).values())
    except (OSError, UnicodeDecodeError) as error:
        raise WrongCalendarFile(f"{name} can't be read: {error}") from error
    except CalendarFileError as error:
        raise WrongCalendarFile(str(error)) from error


def _released(store: ReadableStore, released: Mapping[str, int]) -> list[CalendarDay]:
    rows = _rows(store, released, "calendar_days", (_SAID, MARKET))
    return [CalendarDay(*row) for row in rows]


def _traded(
    store: ReadableStore, released: Mapping[str, int], known: TradingCalendar
) -> list[CalendarDay]:
    """The weekdays with a bulletin that are not shipped: it was a trading day, whoever else says
    what. The contradiction is told by a check."""
    asked = (_TRADED, shipped().last_announced)
    return [
        CalendarDay(day, True, known.on(day).reason, "traded", url)
        for day, url in _rows(store, released, "seee_bulletins", asked)
        if day.weekday() < 5
    ]


def _rows(
    store: ReadableStore, released: Mapping[str, int], table: str, asked: tuple[str, object]
) -> list[tuple[Any, ...]]:
    """The answer to a question with one value; nothing of a table that is not released."""
    if table not in released:
        return []
    sql, value = asked
    with store.connect(table, versions={table: released[table]}) as connection:
        return connection.execute(sql, [value]).fetchall()
