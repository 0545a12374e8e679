"""The sample's documents: data of their own (`data/`), and the pages that come again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from extractors.sample.items import read_items
from extractors.sample.sites.mee import LAST_DAY
from extractors.sample.sites.mee.model import LISTS, SYQHBH, WSQTKZ, Doc, path_of

_DATA = Path(__file__).parent / "data"
_OPENED = date(2020, 12, 1)
_FIRST_TRAINING = date(2021, 8, 18)
_PLACES = ("北京", "上海", "湖北", "广东", "四川", "山东", "江苏", "河南", "辽宁", "陕西")


@dataclass(frozen=True)
class _Words:
    name: str
    title: str
    paragraphs: tuple[str, ...]

    def page(self, folder: str, day: date, offset: int, **known: object) -> Doc:
        return Doc(
            path_of(folder, day, offset),
            "N",
            self.title.format_map(known),
            day,
            tuple(each.format_map(known) for each in self.paragraphs),
            lists=(folder,),
            issuer="生态环境部",
            is_simulated=True,
        )


@cache
def all_docs() -> tuple[Doc, ...]:
    """Every page of the sample.

    Raises ValueError if one is later than the last day that `days` tells of the site.
    """
    docs = (
        *_read("bulletins"),
        *_read("regulations"),
        *_read("documents"),
        *_recurring(),
        *_read("notices"),
    )
    last = max(docs, key=lambda doc: doc.published)
    if last.published > LAST_DAY:
        raise ValueError(f"{last.path} is later than the site's last day, {LAST_DAY}")
    return docs


def _read(name: str) -> tuple[Doc, ...]:
    return read_items(_DATA / f"{name}.yml", Doc)


def _recurring() -> Iterator[Doc]:
    """Each list's oldest item, so that none is ever empty; one training a quarter, by turns in
    the two climate channels."""
    words = {each.name: each for each in read_items(_DATA / "recurring.yml", _Words)}
    for n, folder in enumerate(LISTS):
        yield words["opening"].page(folder, _OPENED, 200 + n)
    for n, place in enumerate(_PLACES * 2):
        folder, day = WSQTKZ if n % 3 else SYQHBH, _FIRST_TRAINING + timedelta(days=91 * n)
        yield words["training"].page(folder, day, 20 + n, no=n + 1, place=place)
