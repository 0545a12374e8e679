"""The bulletins of the sample site as numbered articles, and the lists that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from extractors.sample.seee_chrome import FOLDERS
from extractors.sample.seee_figures import days, months, weeks, years
from extractors.sample.seee_model import Figures, Value
from extractors.sample.seee_pages import Article
from extractors.sample.seee_text import render_bulletin

FIRST_NUMBER = 491247
CATALOGUES = {"daily": 15372, "weekly": 15520, "monthly": 15540, "yearly": 15560}
_DAILY_CATALOGUES = {2021: 15372, 2022: 15369, 2023: 15416, 2024: 15440, 2025: 15464}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of bulletins: all of a kind in a year (yearly ones: of all years)."""

    kind: str
    year: int | None

    @property
    def folder(self) -> str:
        path = FOLDERS[self.kind][1]
        return f"{path}{self.year}n/" if self.year else path

    @property
    def catalogue(self) -> int:
        if self.kind == "daily" and self.year:
            return _DAILY_CATALOGUES[self.year]
        return CATALOGUES[self.kind] + (self.year or 2021) - 2021

    def holds(self, article: Article) -> bool:
        return article.kind == self.kind and self.year in (None, article.published.year)


LISTS = (
    *(ListOf(kind, y) for kind in ("daily", "weekly", "monthly") for y in range(2021, 2026)),
    ListOf("yearly", None),
)


@cache
def all_articles() -> tuple[Article, ...]:
    """All bulletins in the order of their site-wide numbers, which have gaps."""
    rng = Random(FIRST_NUMBER)  # noqa: S311 - the same numbers every time
    order = {"daily": 0, "weekly": 1, "monthly": 2, "yearly": 3}
    figures = [*days(), *weeks(), *months(), *years()]
    figures.sort(key=lambda f: (f.period_end, order[f.kind]))
    made, number = [], FIRST_NUMBER
    for each in figures:
        made.append(_article(each.as_row(), each, number))
        number += 1 + rng.randrange(7)
    return tuple(made)


def _article(row: Mapping[str, Value], figures: Figures, number: int) -> Article:
    title, paragraphs = render_bulletin(row)
    is_simulated = figures.is_simulated
    end = row["period_end"]
    if not isinstance(end, date):
        raise TypeError(f"period_end is no date: {end!r}")
    return Article(number, figures.kind, title, end, tuple(paragraphs), is_simulated)
