"""English prose read by closed frames: clauses, their words by class, and the one row that fits.

`around` gives each measure of a sentence with the words of its clause; `judge` says which row of a
source claims it, or why none does. A source keeps its rows in a YAML file (`rows`).
"""

from __future__ import annotations

from transforms.text.frames.english.clauses import InClause, around
from transforms.text.frames.english.judge import Judgement, judge, share_of
from transforms.text.frames.english.rows import EnglishRow, is_money, load_rows

__all__ = [
    "EnglishRow",
    "InClause",
    "Judgement",
    "around",
    "is_money",
    "judge",
    "load_rows",
    "share_of",
]
