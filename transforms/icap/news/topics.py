"""What a news item is about, told from its title first: jurisdictions, schemes, kind."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_SCHEMES = (
    ("China National ETS", "CN", r"national ETS|National ETS|national carbon market|\bCCER\b"),
    ("Shanghai ETS", "CN", r"Shanghai (?:pilot )?ETS"),
    ("CBAM", "EU", r"\bCBAM\b"),
    ("EU ETS", "EU", r"\bEU ETS\b|EU and UK|European Union and the United Kingdom"),
    ("UK ETS", "GB", r"\bUK ETS\b|EU and UK"),
    ("UK CPS", "GB", r"Carbon Price Support"),
    ("K-ETS", "KR", r"K-ETS|\bKETS\b|Korean ETS|national ETS|phase ETS"),
    ("GX-ETS", "JP", r"GX-ETS"),
    ("India CCTS", "IN", r"Carbon Credit Trading Scheme|compliance carbon market"),
    ("Indonesia ETS", "ID", r"Indonesia"),
    ("Vietnam ETS", "VN", r"Vietnam"),
    ("Turkish ETS", "TR", r"Turkish ETS|T[üu]rkiye|Turkey"),
    ("SBCE", "BR", r"\bSBCE\b|cap-and-trade system"),
    ("Canada OBPS", "CA", r"\bOBPS\b|carbon price trajectory"),
)
_KIND_WORDS = (
    ("membership", r"(?i)\bjoins? ICAP|\bICAP(?: as its)? [\w-]+ member|as an observer"),
    ("cbam", r"\bCBAM\b"),
    ("offset_market", r"offset market|offset mechanism"),
    ("linkage", r"(?i)\blink(?:s|ing|age)?\b|\bCoalition"),
    ("guideline", r"guidelines?\b"),
    ("draft_plan", r"(?i)draft|second consultation"),
    ("final_plan", r"(?i)allocation plan|emission intensity targets"),
    ("scope_expansion", r"(?i)expan(?:ds?|sions?)\b(?! of benchmarking)"),
    ("auction", r"(?i)\bauction"),
    ("suspension", r"(?i)\bsuspen|\brepeal|\bcancel|\brevoke|\bpostpone"),
    ("cap", r"(?i)\bcaps?\b(?![ -]and[ -](?:trade|invest))"),
    ("price_path", r"(?i)price support|price trajectory|price floor|price path"),
    (
        "launch",
        r"(?i)commences|(?:re)?launch(?:es|ing)?\b|\brestarts?\b|\b(?:ETS|trading) begins"
        r"|mandatory phase|enter into force",
    ),
    ("law", r"(?i)\blaw\b|regulations?\b|adopts|rules\b"),
    ("institution", r"(?i)\bministry|\bmarket makers?\b|\bregistry|\bregulator\b|\bagency\b"),
)


@cache
def _places() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern of all words for places, the longest first, and the ISO code of each."""
    import yaml

    text = (Path(__file__).parent / "places.yml").read_text(encoding="utf-8")
    held = yaml.load(text, Loader=yaml.CSafeLoader)
    codes = {word: code for code, words in held.items() for word in words}
    words = "|".join(map(re.escape, sorted(codes, key=len, reverse=True)))
    return re.compile(rf"\b(?=[A-Z])(?:{words})(?![\w$])"), codes


def places_in(text: str) -> list[tuple[int, str]]:
    """Where a text names a place, and its ISO code."""
    pattern, codes = _places()
    return [(found.start(), codes[found[0]]) for found in pattern.finditer(text)]


def jurisdictions(title: str, lead: str) -> list[str]:
    """ISO codes of the places that the title names, in its order, else of the first sentence."""
    for text in (title, lead):
        if found := places_in(text):
            return list(dict.fromkeys(code for _, code in found))
    return []


def schemes(title: str, lead: str, places: list[str]) -> list[str]:
    """The schemes that title or first sentence name, of the places in question."""
    text = f"{title}\n{lead}"
    return [name for name, place, words in _SCHEMES if place in places and re.search(words, text)]


def kind_of(title: str, path: str) -> str | None:
    """What kind of news the title tells of; None where no kind fits."""
    if "/publications/" in path:
        return "publication"
    return next((kind for kind, words in _KIND_WORDS if re.search(words, title)), None)
