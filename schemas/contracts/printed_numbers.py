"""Whether a value or a day is what some printed words say: the law of readings by people.

Nothing is parsed that a figure could be read from in two ways: a comma that parts no thousands,
a footnote mark, an exponent, a scale that is not known here make a number that stands for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

_TENS = {"": 0, "十": 1, "百": 2, "千": 3, "拾": 1, "佰": 2, "仟": 3}
_SCALES = {
    **{many + "万": 4 + tens for many, tens in _TENS.items()},
    **{many + "亿": 8 + tens for many, tens in _TENS.items()},
    **{many: tens for many, tens in _TENS.items() if many in "百千佰仟"},
    "": 0,
    "万亿": 12,
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "mn": 6,
    "bn": 9,
    "tn": 12,
    "kt": 3,
    "mt": 6,
    "mmt": 6,
    "gt": 9,
}
"""Powers of ten by the word behind a number, blanks left out."""
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\d.,^])([-\u2212]?)(\d{{1,3}}(?:,\d{{3}}){{1,6}}|\d{{1,30}})(\.\d{{1,30}})?(?![.,]?\d)(?!\^)"
    rf"({_SCALE})(?![十百千万亿拾佰仟]|(?:bn|mn|tn|[kmb])(?![a-z]))",
    re.IGNORECASE,
)
_FALLS = re.compile(
    "[降减跌低少]|fell|fall|decreas|declin|drop|reduc|lower|down|below|less|minus",
    re.IGNORECASE,
)
_ENDS = re.compile("[底末]|end", re.IGNORECASE)
_CIRCLE = "<circle>"
_MARK = "\ufffc"
"""Where a mark in a circle stands while a text is looked at."""


def plain(text: str) -> str:
    """A text as it is compared: no blanks, one form of each character."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _digits(text: str) -> str:
    """The same with nothing but printed digits as digits: a mark in a circle is dropped, as in
    print, unless it would join two numbers, and what is raised, lowered or a fraction stands for
    itself alone (`^`)."""
    kept: list[str] = []
    for letter in "".join(text.split()):
        form = unicodedata.normalize("NFKC", letter)
        if unicodedata.category(letter) != "Nd" and any(c.isdigit() for c in form):
            kept.append(_MARK if unicodedata.decomposition(letter).startswith(_CIRCLE) else "^")
        else:
            kept.append(letter)
    bare = re.sub(rf"(?<=[\d.,]){_MARK}+(?=[\d.,])", "^", "".join(kept))
    # Traditional characters of the same two scales.
    return plain(bare.replace(_MARK, "")).replace("萬", "万").replace("億", "亿")


def states_value(printed: str, value: Decimal, quote: str) -> bool:
    """Whether a number is printed, with the scale behind it: 2.35亿 is 235000000. A negative one
    may be printed without its sign where the quote says that something falls."""
    found = []
    for sign, whole, part, scale in _NUMBER.findall(_digits(printed)):
        number = Decimal(whole.replace(",", "") + part) * 10 ** _SCALES[scale.lower()]
        found += [-number] if sign else [number]
        if not sign and _FALLS.search(quote):
            found.append(-number)
    return value in found


def states_day(printed: str, day: date) -> bool:
    """Whether a day is printed: its number, its year where one is said; of the end of a month
    or year the year at least."""
    numbers = [int(n) for n in re.findall(r"\d+", _digits(printed))]
    years = [n for n in numbers if 1900 <= n <= 2199]
    if years and day.year not in years:
        return False
    return day.day in numbers or bool(_ENDS.search(printed) and (years or day.month in numbers))
