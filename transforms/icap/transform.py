"""ICAP's records as rows: the one door to its grammar."""

from __future__ import annotations

from collections.abc import Callable

from schemas.sources.icap.news import ICAP_NEWS
from schemas.sources.icap.prices import ICAP_PRICES, ICAP_REVENUE, ICAP_SYSTEMS
from schemas.sources.icap.profiles import ICAP_PROFILES
from transforms.icap.news.article import read_article
from transforms.icap.prices import read_csv_price, read_price, read_revenue, read_system
from transforms.icap.profile import read_profile
from transforms.model import Record, Refused, Row

_READERS: dict[str, tuple[str, Callable[[Record], list[Row]]]] = {
    "price": (ICAP_PRICES.name, lambda record: [read_price(record)]),
    "csv_price": (ICAP_PRICES.name, read_csv_price),
    "revenue": (ICAP_REVENUE.name, lambda record: [read_revenue(record)]),
    "system": (ICAP_SYSTEMS.name, lambda record: [read_system(record)]),
    "profile": (ICAP_PROFILES.name, read_profile),
    "article": (ICAP_NEWS.name, read_article),
}


def transform(record: Record) -> list[Row]:
    """The rows of a record of kind `system`, `price`, `csv_price`, `revenue`, `profile` or
    `article`.

    Raises `Refused` where anything is not understood, with the table's name in it and a
    note that names source and URL.
    """
    if record.kind not in _READERS:
        raise Refused("unknown_kind", record.kind, "no such kind of record in this source")
    table, read = _READERS[record.kind]
    try:
        return read(record)
    except Refused as refused:
        refused.table = table
        refused.add_note(f"{record.source}: {record.url}")
        raise
