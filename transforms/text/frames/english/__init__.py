"""English prose read by closed frames: clauses, their words by class, and the one row that fits.

`around` gives each measure of a sentence with the words of its clause; `judge` says which row of a
source claims it, or why none does. A source keeps its rows in a YAML file (`rows`).
"""

from __future__ import annotations

from transforms.text.frames.english.classes import share_of
from transforms.text.frames.english.clauses import around
from transforms.text.frames.english.judge import Judgement, judge
from transforms.text.frames.english.moods import is_of_before, sector_of, untold
from transforms.text.frames.english.rows import EnglishRow, EnglishRows, is_money, load_rows
from transforms.text.frames.english.words import EnglishToken, InClause

__all__ = [
    "EnglishRow",
    "EnglishRows",
    "EnglishToken",
    "InClause",
    "Judgement",
    "around",
    "is_money",
    "is_of_before",
    "judge",
    "load_rows",
    "sector_of",
    "share_of",
    "untold",
]
