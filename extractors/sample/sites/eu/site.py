"""The sample of both publishers' sites: which address answers what, on which evening."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from extractors.sample.days import FIRST_DAY
from extractors.sample.site import Response, UnknownFault, error
from extractors.sample.sites.eu import pages
from extractors.sample.sites.eu.figures import Auction, auctions, mean
from extractors.sample.sites.mee.attachments import Cell, content_type

COMMISSION, EXCHANGE = "taxation-customs.ec.europa.example", "public.eex-group.example"
PRICES = "/carbon-border-adjustment-mechanism/price-cbam-certificates_en"
QUARTERS = {
    date(2026, 4, 7): ("Q1 2026", "7 April 2026", date(2026, 1, 1), date(2026, 3, 31)),
    date(2026, 7, 6): ("Q2 2026", "6 July 2026", date(2026, 4, 1), date(2026, 6, 30)),
}
"""Day of publication -> the quarter and that day as printed, and the quarter's days."""
_WORKBOOK = re.compile(r"^/eex/eua-auction-report/[a-z-]+-report-(\d{4})-data\.xlsx$")
_ROBOTS = b"User-agent: *\nDisallow: /search/\n"
_EPOCH = date(1899, 12, 30)


class EuSites:
    """All that both sites hold on the evening of `until`; nothing later exists."""

    hosts = (COMMISSION, EXCHANGE)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of European prices knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A page of prices without a price; None for anything else."""
        is_prices = (host, target) == (COMMISSION, PRICES)
        return Response(pages.commission(()).encode()) if is_prices else None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET."""
        if body is not None:
            return error(405, "method not allowed")
        if target == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_noon(FIRST_DAY))
        if (host, target) == (COMMISSION, PRICES):
            out = [day for day in QUARTERS if day <= self.until]
            html = pages.commission([_quarter(day) for day in reversed(out)])
            return Response(html.encode(), last_modified=_noon(max(out, default=FIRST_DAY)))
        if host == EXCHANGE and (found := _WORKBOOK.match(target)):
            return self._workbook(int(found[1]))
        return error(404, "not found")

    def _workbook(self, year: int) -> Response:
        some = [a for a in auctions() if a.held_on.year == year and a.held_on <= self.until]
        if not some:
            return error(404, "not found")
        return Response(
            pages.workbook([cells(auction) for auction in reversed(some)]),
            content_type("a.xlsx"),
            last_modified=_noon(some[-1].held_on),
        )


def _quarter(day: date) -> Sequence[str]:
    printed, published, begins, ends = QUARTERS[day]
    return (printed, published, str(mean(begins, ends)))


def cells(of: Auction) -> Sequence[Cell]:
    """An auction as a row of the workbook, its day as a serial number."""
    return (
        *((of.held_on - _EPOCH).days, "11:00", f"CAP3 {of.seller} Auction", "T3PA", "successful"),
        *(of.price, of.price - 9, of.price + 4, of.volume_t, 140, of.cover_ratio),
        *(of.price * of.volume_t, of.seller),
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC)


SITE = EuSites
