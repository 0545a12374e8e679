"""What the sample of the ministry's site is made of: documents with their pages and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

HOST = "www.mee.gov.example"
BIG5_HOST = "big5.mee.gov.example"
STATE_HOST = "www.gov.example"

WSQTKZ, SYQHBH = "/ywgz/ydqhbh/wsqtkz/", "/ywgz/ydqhbh/syqhbh/"
XWFB, ZBFT, NEWS = "/ywdt/xwfb/", "/ywdt/zbft/", "/ywdt/hjywnews/"
WJ, LING, GG = "/zcwj/bwj/wj/", "/zcwj/bwj/ling/", "/zcwj/bwj/gg/"
BGT_HAN, BGT_WJ, ZCJD = "/zcwj/bgtwj/han/", "/zcwj/bgtwj/wj/", "/zcwj/zcjd/"
GWY, ZYY = "/zcwj/gwywj/", "/zcwj/zyygwj/"
YJZJ, GZK = "/hdjl/yjzj/zjyj/", "/gzk/gz/"
OTHER_LISTS = ("/ywgz/ydqhbh/qhbhlf/", "/zcwj/bwj/han/", "/hdjl/yjzj/wqzj_1/")
LISTS = (
    WSQTKZ, SYQHBH, XWFB, ZBFT, NEWS, WJ, LING, GG, BGT_HAN, BGT_WJ, ZCJD, GWY, ZYY, YJZJ, GZK,
    *OTHER_LISTS,
)  # fmt: skip

_BASE_DAY, _BASE_NUMBER = date(2025, 1, 5), 1_099_975


@dataclass(frozen=True)
class File:
    """An attached file: its name beside the page, the words of its link, its pages of text, and
    a table at the end of the last one (`pdf.py` says how cells are merged)."""

    name: str
    text: str
    pages: tuple[tuple[str, ...], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    is_ruled: bool = True


@dataclass(frozen=True)
class Doc:
    """A page of the site. `lists` name it; `template` is N, X, W or G (the State Council's)."""

    path: str
    template: Literal["N", "X", "W", "G"]
    title: str
    published: date
    paragraphs: tuple[str, ...]
    lists: tuple[str, ...] = ()
    number: str = ""
    index: str = ""
    issuer: str = ""
    category: str = ""
    signed: date | None = None
    files: tuple[File, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    is_simulated: bool = False
    host: str = HOST
    modified: int = field(default=0)
    """How often the page was revised since."""

    @property
    def folder(self) -> str:
        return self.path.rsplit("/", 1)[0] + "/"


def serial(day: date, offset: int = 0) -> int:
    """A number of the site's series as of a day: about 200 a day until 2025, 107 since."""
    days = (day - _BASE_DAY).days
    return _BASE_NUMBER + days * (107 if days > 0 else 200) + offset


def path_of(folder: str, day: date, offset: int = 0) -> str:
    """`folder` + YYYYMM/tYYYYMMDD_number."""
    return f"{folder}{day:%Y%m}/t{day:%Y%m%d}_{serial(day, offset)}.shtml"


VANISHING = path_of(WSQTKZ, date(2026, 9, 3), 11)
"""A page that the change `vanish` takes away when no other is named."""
