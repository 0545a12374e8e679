"""Small stores with releases, made by hand: some days of bulletins and quotes, then changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from schemas.ops.tables import OPS_RUNS
from schemas.registry import TABLES
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from schemas.trading import shipped
from tests.support.rows import KNOWN_FROM, RETRIEVED_AT, bulletin, quote
from warehouse.publication.formats.data_package import Credit
from warehouse.publication.publish import Publication, publish
from warehouse.store.home import Home, open_home
from warehouse.store.measures import pin
from warehouse.store.releases import BOOKS, Pinned, Release, commit, current
from warehouse.store.store import Warehouse

CREDITS = {"seee": Credit("National market", "The exchange", "https://x.example/", "credit it")}
DAYS = tuple(shipped().trading_days(date(2025, 3, 3), date(2025, 4, 30)))
PRODUCTS = ("COMCEA", "CEA21", "CEA22", "CEA23")


def local(home: Home) -> Path:
    """The folder of a home that is none in S3."""
    assert isinstance(home.path, Path)
    return home.path


def night(number: int) -> datetime:
    """When the night of that number learned what it loads."""
    return KNOWN_FROM + timedelta(days=number)


def load_days(home: Home, days: Sequence[date], number: int, close: str = "91.00") -> None:
    """Bulletins and quotes of some days, learned in a night, which is booked."""
    warehouse, run_id = Warehouse(home.path), f"night-{number}"
    seen = RETRIEVED_AT + timedelta(days=number)
    price = Decimal(close)
    warehouse.load(
        SEEE_BULLETINS,
        [bulletin(day, close_cny_per_t=price, retrieved_at=seen) for day in days],
        known_from=night(number),
        run_id=run_id,
    )
    warehouse.load(
        SEEE_QUOTES,
        [
            quote(day, product, close_cny_per_t=price, retrieved_at=seen)
            for day in days
            for product in PRODUCTS
        ],
        known_from=night(number),
        run_id=run_id,
    )
    counts = ("fetched", "not_modified", "parsed", "accepted", "quarantined", "duplicates", "new")
    book = dict.fromkeys((*counts, "revised"), 0)
    times = {"started_at": night(number), "finished_at": night(number)}
    told = {"source": "seee", "job": "refresh", "outcome": "changed", "software_version": "0"}
    row = {"run_id": run_id, "seconds": 1.0, **told, **times, **book}
    warehouse.append_log(OPS_RUNS, [row], run_id=run_id)


def release(home: Home) -> Release:
    """A release of all tables as they are now."""
    warehouse = Warehouse(home.path)

    def tables_of(made: Sequence[Release]) -> list[Pinned]:
        found = [
            pin(warehouse, table, BOOKS if table.is_log else "seee")
            for table in TABLES.values()
            if table.name != "ops_releases"
        ]
        return [pinned for pinned in found if pinned]

    made = commit(warehouse, "by the test", "release", tables_of)
    assert made is not None
    return made


def backdate(home: Home, *moments: datetime) -> list[str]:
    """Releases of the tables as they are now, made at these moments; gives their ids."""
    from schemas.ops.tables import OPS_RELEASES

    made = release(home)
    warehouse, ids = Warehouse(home.path), []
    for moment in moments:
        ids.append(f"R{moment:%Y%m%dT%H%M%SZ}")
        head = {"release_id": ids[-1], "created_at": moment, "run_id": "x", "action": "release"}
        rows = [
            head | {name: getattr(pinned, name) for name in Pinned.__dataclass_fields__}
            for pinned in made.tables
        ]
        warehouse.append_log(OPS_RELEASES, rows, run_id="x")
    return ids


def two_releases(path: Path | str) -> tuple[Home, Release, Release]:
    """A store with two releases; between them a day came, one was revised, a quote went."""
    home = open_home(path, "sample")
    load_days(home, DAYS[:-1], 1)
    first = release(home)
    load_days(home, DAYS[-1:], 2)
    load_days(home, DAYS[4:5], 3, close="90.50")
    Warehouse(home.path).retire(
        SEEE_QUOTES, [(DAYS[0], "CEA23")], known_from=night(3), run_id="night-3"
    )
    return home, first, release(home)


def publish_now(home: Home, release_id: str | None = None, *, keep: int = 30) -> Publication:
    """Publish as the command does."""
    return publish(home, release_id, credits_=CREDITS, software="0.1", keep=keep)


def current_id(home: Home) -> str:
    """The id of the current release."""
    found = current(Warehouse(home.path))
    assert found is not None
    return found.release_id
