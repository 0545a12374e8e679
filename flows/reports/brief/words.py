"""Figures as a reader writes them: 亿 and 万 in Chinese, million and billion in English.

The brief's fixed words are data, `words.yml`, in both languages.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

import yaml
from babel.dates import format_date

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
Words = dict[Lang, dict[str, str]]
_FILE = Path(__file__).with_name("words.yml")
_SCALES = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, " billion"), (10**6, " million")),
}


def read_words(path: Path = _FILE) -> dict[str, Words]:
    """The sections of a file of words, each by language.

    Raises `ValueError` with the name of an entry that is not a text in every language.
    """
    return {
        section: _by_language(f"{path.name}, {section}", entries)
        for section, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def _by_language(where: str, entries: dict[str, dict[str, str]] | list[dict[str, str]]) -> Words:
    # Entries of a list are known by their English.
    named = (
        entries.items()
        if isinstance(entries, dict)
        else [(one.get("en", str(one)), one) for one in entries]
    )
    made: Words = {lang: {} for lang in LANGS}
    for name, said in named:
        if set(said) != set(LANGS) or not all(isinstance(text, str) for text in said.values()):
            raise ValueError(f"{where}: {name} must be said in {' and '.join(LANGS)}: {said}")
        for lang in LANGS:
            made[lang][name] = said[lang]
    return made


_SECTIONS = read_words()
WORDS, EVENTS, CONCEPTS = (_SECTIONS[name] for name in ("words", "events", "concepts"))
OUTCOMES, FORMULAS = _SECTIONS["outcomes"], _SECTIONS["formulas"]
_UNITS, _BOUNDS, _MOVES = (_SECTIONS[name] for name in ("units", "bounds", "moves"))
_DATES = _SECTIONS["dates"]


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half up, as the publishers round."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Decimal, places: int | None = None) -> str:
    """With commas; without decimals that say nothing, unless their number is given."""
    if places is not None:
        return f"{rounded(value, places):,}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(value: Decimal, lang: Lang) -> str:
    """1.89亿 or 188.65 million; small figures in full. No unit.

    Babel's compact numbers would say 6.3亿 of what is 6.30亿 rounded, 43.12 thousand where the
    amount itself is as short, and 万亿 and trillion, which the publishers do not write.
    """
    for size, name in _SCALES[lang]:
        if abs(value) >= size:
            exact = Decimal(value) / size
            shown = rounded(exact)
            return f"{plain(shown) if shown == exact else plain(shown, 2)}{name}"
    return plain(rounded(value)) if value == value.to_integral_value() else plain(value, 2)


def amount(value: Decimal, unit: str, lang: Lang, qualifier: str | None = None) -> str:
    """A figure with its unit and bound: 约30亿吨, about 3 billion t."""
    told = _with_unit(value, unit, lang)
    return _BOUNDS[lang].get(qualifier or "", "{}").format(told)


def _with_unit(value: Decimal, unit: str, lang: Lang) -> str:
    if unit in ("t", "CNY"):
        told = scaled(value, lang)
    else:
        told = plain(value, 2 if unit == "CNY/t" else None)
    name = "one day" if unit == "days" and value == 1 else unit
    return _UNITS[lang].get(name, "{}").format(told)


def change(percent: Decimal, lang: Lang, *, is_price: bool = False) -> str:
    """增长12.34% or up 12.34%; 上涨, 下跌 of prices."""
    if not percent:
        return _MOVES[lang]["none"]
    move = "up" if percent > 0 else "down"
    return _MOVES[lang][f"price_{move}" if is_price else move].format(f"{plain(abs(percent), 2)}%")


def day(on: date, lang: Lang, *, with_year: bool = True) -> str:
    """2024年11月13日 or 13 November 2024."""
    return format_date(on, _DATES[lang]["day" if with_year else "day_of_year"], lang)


def month(on: date, lang: Lang, *, with_year: bool = True) -> str:
    """2024年11月 or November 2024; 11月 or Nov."""
    return format_date(on, _DATES[lang]["month" if with_year else "month_of_year"], lang)
