"""A text of the ministry read whole: its figures with their fates, and the facts among them."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from transforms.mee.facts.deadlines import due_under
from transforms.mee.facts.forms import FACTOR_UNIT, forms
from transforms.mee.words import document_numbers
from transforms.model import Refused
from transforms.text.frames.model import ClaimedFigure, Fate, ProseReading
from transforms.text.frames.reading import ProseText, read
from transforms.text.frames.rows import Metrics, load_metrics
from transforms.text.frames.zh import CHINESE
from transforms.text.plain import prose, squeezed

CYCLES = {1: "2019-2020", 2: "2021-2022", 3: "2023-2024"}
"""Emission years of each compliance cycle (mee.md 6.1)."""
_TITLE_YEAR = re.compile(r"(?<![-\u2010-\u2015~、\d])((?:19|20)\d{2})年(?!度?[、-])")


@cache
def metrics() -> Metrics:
    """What the ministry counts (`metrics.yml`)."""
    return load_metrics(Path(__file__).with_name("metrics.yml"), CYCLES)


def read_text(
    text: str, *, title: str = "", published_on: date | None = None, own_number: str | None = None
) -> ProseReading:
    """Every figure of a text (lines; positions are offsets of lines in it), and its facts.

    Raises `Refused`: `benchmark_count` for benchmarks that do not go with their years,
    `bad_number` for a figure with a unit whose number is none.
    """
    plain_title = squeezed(title)
    year = _TITLE_YEAR.search(plain_title)
    unit = FACTOR_UNIT.search(squeezed(text))
    by_form = forms(unit[0] if unit else "", year[1] if year else "")
    prose_text = ProseText(text, plain_title, published_on)
    reading = read(prose_text, CHINESE, metrics(), due_under(plain_title), by_form)
    for figure in reading.figures:
        if figure.fate is Fate.DOUBTED and figure.unit and figure.value is None:
            raise Refused("bad_number", figure.printed, f"no number: {figure.sentence[:120]}")
    reading.claims += _cited(text, own_number)
    return reading


def _cited(text: str, own_number: str | None) -> list[ClaimedFigure]:
    """The numbers of other documents that a text names, each with its sentence."""
    cited = []
    for position, paragraph in CHINESE.paragraphs(text):
        if "号" not in paragraph:
            continue
        plain = prose(paragraph)
        for start, end in CHINESE.sentences(plain.plain):
            for number, _, _ in document_numbers(plain.plain[start:end]):
                if number != own_number:
                    quote = plain.quote(start, end)
                    cited.append(
                        ClaimedFigure("cites_document", None, None, "", number, quote, position)
                    )
    return cited
