"""The Shanghai exchange's records as rows: the one door to its grammar."""

from __future__ import annotations

from collections.abc import Callable

from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from transforms.model import Record, Refused, Row
from transforms.seee.bulletin import read_bulletin
from transforms.seee.quotes import read_method_total, read_quote

_READERS: dict[str, tuple[str, Callable[[Record], Row]]] = {
    "bulletin": (SEEE_BULLETINS.name, read_bulletin),
    "quote": (SEEE_QUOTES.name, read_quote),
    "method_total": (SEEE_METHOD_TOTALS.name, read_method_total),
}


def transform(record: Record) -> list[Row]:
    """The row of a record of kind `bulletin`, `quote` or `method_total`.

    A row holds exactly the own columns of its table; its evidence maps columns to the
    words that carried them, as printed, blanks left out. Sums are not checked here: that
    is the business of the table's rules.

    Raises `Refused` where anything is not understood, with the table's name in it and a
    note that names source and URL. Rules, for a bulletin: `unknown_title`, `bad_period`,
    `closed_day`, `published_early`, `date_mismatch`, `basis_mismatch`,
    `unclaimed_figure`, `unknown_clause`, `unknown_correction`, `missing_clause`,
    `missing_turnover`, `contradiction`, `wrong_unit`, `bad_number`, `bad_date`; for the JSON:
    `row_shape`, `unknown_product`, `unknown_method`, `bad_date`, `bad_number`; for any:
    `record_shape`, `unknown_kind`.
    """
    if record.kind not in _READERS:
        raise Refused("unknown_kind", record.kind, "no such kind of record in this source")
    table, read = _READERS[record.kind]
    try:
        return [read(record)]
    except Refused as refused:
        refused.table = table
        refused.add_note(f"{record.source}: {record.url}")
        raise
