"""English units: what each is in base units, and by what a figure in it is multiplied."""

from __future__ import annotations

import re

CODES = (
    "CNY|RMB|KRW|USD|EUR|GBP|NZD|CAD|JPY|CHF|AUD|INR|BRL|TRY|MXN|KZT|HKD|VND|IDR|SGD|TWD|THB|UAH"
    "|COP|CLP|MYR|PHP|SEK|NOK|DKK|PLN|RUB|ZAR|ARS"
)
_SYMBOLS = {
    "US$": "USD",
    "HK$": "HKD",
    "NZ$": "NZD",
    "CA$": "CAD",
    "AU$": "AUD",
    "C$": "CAD",
    "A$": "AUD",
    "S$": "SGD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₩": "KRW",
    "₹": "INR",
    "RMB": "CNY",
    "$": "$",
    "¥": "¥",
}
"""A dollar or yen sign alone says a currency only to who knows where it was printed."""
CURRENCY = (
    rf"(?:US\$|HK\$|NZ\$|CA\$|AU\$|C\$|A\$|S\$|R\$|[$€£¥₩₹]|(?<![A-Za-z])(?:{CODES})(?![A-Za-z]))"
)
_NAMED = {"yuan": "CNY", "won": "KRW", "euro": "EUR", "euros": "EUR", "yen": "JPY"}
_NAMED |= {"pound": "GBP", "pounds": "GBP", "dollar": "$", "dollars": "$", "tenge": "KZT"}
SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "mln": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
}
SCALE = r"(?:hundred|thousand|millions?|billions?|trillions?|mln|mn|bn)"
_GAS = (
    r"(?:CO2(?:[- ]?eq(?:uivalents?)?|-?e)?|carbon dioxide(?: equivalents?)?|carbon|GHGs?"
    r"|greenhouse gas(?:es)?)"
)
_MASS = (
    rf"(?:[kKMG]t|t)(?: ?CO2(?:-?eq?)?)?|MMT(?: ?CO2(?:-?eq?)?)?"
    rf"|(?:metric |short |mega|giga)?(?:tonnes?|tons?)(?: (?:of )?{_GAS})?"
)
_PER = r"(?: ?/ ?| per | for every )"
_ENERGY = r"(?:[kMGT]Wh|[MGTP]J)"
_PLAIN = (
    r"%|per ?cent(?:age points?)?|percentage points?|pp|MWh|GWh|TWh|kWh|[kMG]W|GJ|TJ|PJ|GT"
    r"|gross (?:tonnage|tonnes|tons)|megawatts?|gigawatts?|times|km|kilomet(?:er|re)s?|ha|hectares?"
    r"|lit(?:er|re)s?|basis points|degrees|°C"
)
UNIT = re.compile(
    rf" ?(?:(?P<rate>(?:[kM]?g|t|kt|tonnes?|tons?)(?: ?(?:of )?CO2(?:-?eq?)?){_PER}(?P<of>{_ENERGY}"
    rf"|(?:tonnes?|tons?|t)(?: of)?(?: [a-z-]+)?))(?![A-Za-z0-9])"
    rf"|(?P<mass>{_MASS})(?P<year> ?/ ?(?:yr|year|a))?(?![A-Za-z0-9])"
    rf"|(?P<money>yuan|won|euros?|yen|pounds?|dollars?|tenge)(?![A-Za-z])"
    rf"|(?P<plain>{_PLAIN})(?![A-Za-z0-9]))"
)
PER_UNIT = re.compile(
    rf"(?: ?/ ?| per | an? )(?:(?P<short>short ton)|(?P<mass>(?:metric )?(?:tonne|ton)|t|allowance"
    rf"|unit|permit|certificate|credit|KAU|EUA|NZU|UKA)|(?P<other>{_ENERGY}|lit(?:er|re)))"
    rf"(?: (?:of )?{_GAS}|CO2(?:-?eq?)?)?(?![A-Za-z0-9])"
)
_PLAINS = {
    "%": "percent",
    "percent": "percent",
    "per cent": "percent",
    "percentage point": "points",
    "percentage points": "points",
    "pp": "points",
    "gross tonnage": "GT",
    "gross tons": "GT",
    "gross tonnes": "GT",
    "megawatt": "MW",
    "megawatts": "MW",
    "gigawatt": "GW",
    "gigawatts": "GW",
}


def currency_of(printed: str) -> str:
    """The ISO code of a sign, code or name; a sign that many share stays itself."""
    word = printed.strip()
    return _SYMBOLS.get(word) or _NAMED.get(word.lower()) or word


def unit_of(found: re.Match[str]) -> tuple[str, int]:
    """The base unit of a match of `UNIT`, and by what its figures are multiplied."""
    if found["rate"]:
        return _rate(found)
    if found["mass"]:
        return mass_of(found["mass"])
    if found["money"]:
        return currency_of(found["money"]), 1
    plain = found["plain"]
    return _PLAINS.get(plain.lower(), plain), 1


def _rate(found: re.Match[str]) -> tuple[str, int]:
    top = re.match(r"[kM]?g|kt|t", found["rate"])
    per = found["of"]
    below = per if re.fullmatch(_ENERGY, per) else "t"
    return f"{top[0] if top else 't'}CO2/{below}", 1


def mass_of(printed: str) -> tuple[str, int]:
    """`t` and the tonnes in a unit of mass; short tons are a unit of their own."""
    if printed.startswith("short"):
        return "short t", 1
    for prefix, factor in (("MMT", 10**6), ("mega", 10**6), ("giga", 10**9)):
        if printed.startswith(prefix):
            return "t", factor
    return "t", {"kt": 10**3, "Kt": 10**3, "Mt": 10**6, "Gt": 10**9}.get(printed[:2], 1)
