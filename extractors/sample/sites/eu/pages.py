"""The Commission's page and EEX's workbook in their shapes, around figures as they are printed."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.model import SIMULATED_META
from extractors.sample.sites.mee.attachments import Cell, xlsx

Cells = Sequence[str]
HEADS = ("Quarter", "Publication date", "Price (EUR/tCO2e)")
COLUMNS = (
    *("Date", "Time", "Auction Name", "Contract", "Status", "Auction Price €/tCO2"),
    *("Minimum Bid €/tCO2", "Maximum Bid €/tCO2", "Auction Volume tCO2"),
    *("Total Number of Bids", "Cover Ratio", "Total Revenue €", "Country"),
)
_TITLE = ("Emission Spot Primary Market Auction Report",)


def commission(rows: Sequence[Cells], more: str = "") -> str:
    """The page of CBAM prices; `more` is whatever else stands on it."""
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>\n" for row in rows)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"{SIMULATED_META.decode()}\n<title>Price of CBAM certificates</title>\n</head>\n<body>\n"
        "<h1>Price of CBAM certificates</h1>\n<p>Our own words: the price of a CBAM certificate, "
        "by the quarter.</p>\n<table>\n<thead><tr>"
        + "".join(f"<th>{head}</th>" for head in HEADS)
        + f"</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n{more}\n</body>\n</html>\n"
    )


def workbook(rows: Sequence[Sequence[Cell]], columns: Cells = COLUMNS) -> bytes:
    """The workbook: a title and empty rows, the heads in row 6, then the auctions."""
    return xlsx([_TITLE, (), (), (), (), columns, *rows], "Primary Market Auction")
