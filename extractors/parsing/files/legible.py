"""Whether what came out of a PDF is its text: characters that a font gives no meaning are none.

A font without a map to Unicode gives numbers of glyphs, a wrong map rare characters, others the
radicals of the dictionary in place of the characters that look the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

MOST_UNKNOWN = 0.01
"""Share of characters without a meaning from which a page is not read."""
MOST_RARE = 0.1
_LEAST = 20
"""Chinese characters below which nothing is said of how rare they are."""
# What Unicode's EquivalentUnifiedIdeograph.txt has and NFKC has not.
_RADICALS = str.maketrans(
    "⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰",
    "民西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙",
)
_LOOKALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]+")
_BULLET = re.compile("[\uf000-\uf0ff]")
"""Signs of symbol fonts, which stand before the items of lists."""
_UNKNOWN = re.compile(
    "\\(cid:\\d{1,6}\\)|[\u2e80-\u2eff\ue000-\uf8ff\ufffd\x01-\x08\x0e-\x1f\x80-\x9f]"
    "|[\U000f0000-\U0010fffd]"
)
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_OPAQUE = re.compile(r"/(?:g|G|cid|CID|c|C|a|glyph|index|uni0|gid)\d+")
_SHOWN = re.compile(rb"/([^\s/\[\]()<>]{1,60})\s+[\d.]+\s+Tf\b")


def legible(text: str) -> str:
    """The text with radicals as the characters that they stand for, and plain bullets."""
    text = _LOOKALIKE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _BULLET.sub("•", text.translate(_RADICALS))


def garbled(text: str) -> str:
    """Why a text is none; empty where it is one."""
    plain = "".join(text.split())
    unknown = len(_UNKNOWN.findall(plain))
    if unknown and unknown > MOST_UNKNOWN * len(plain):
        return f"{unknown} of {len(plain)} characters have no meaning"
    han = _HAN.findall(plain)
    if len(han) >= _LEAST:
        rare = min(_outside(han, "gb2312"), _outside(han, "big5"))
        if rare > MOST_RARE * len(han):
            return f"{rare} of {len(han)} characters are rare ones"
    return ""


def _outside(characters: list[str], charset: str) -> int:
    joined = "".join(characters)
    return len(joined) - len(joined.encode(charset, "ignore").decode(charset))


def without_map(page: Any, content: bytes) -> tuple[str, bool]:
    """Of a PDF page: the font that it is set in and that has no map to Unicode, if any; and
    whether one has a map that pypdf does not know."""
    resources = page.get("/Resources")
    fonts = resources.get_object().get("/Font") if resources is not None else None
    if fonts is None:
        return "", False
    shown = set(_SHOWN.findall(content))
    is_other = False
    for name, held in fonts.get_object().items():
        if str(name).lstrip("/").encode("utf-8", "replace") not in shown:
            continue
        font = held.get_object()
        verdict = _map_of(font)
        if verdict == "none":
            return str(font.get("/BaseFont", name)).lstrip("/"), False
        is_other = is_other or verdict == "other"
    return "", is_other


def _map_of(font: Any) -> str:
    """`none`, `other` (of a character collection), or empty where there is nothing to say."""
    if "/ToUnicode" in font:
        return ""
    encoding = font.get("/Encoding")
    encoding = encoding.get_object() if encoding is not None else None
    if font.get("/Subtype") == "/Type0":
        if not str(encoding).startswith("/Identity"):
            return ""
        inner = font["/DescendantFonts"].get_object()[0].get_object()
        ordering = inner.get("/CIDSystemInfo", {}).get_object().get("/Ordering", "Identity")
        return "none" if str(ordering) == "Identity" else "other"
    if isinstance(encoding, dict) and "/Differences" in encoding:
        names = [
            str(each) for each in encoding["/Differences"].get_object() if str(each)[:1] == "/"
        ]
        opaque = sum(1 for each in names if _OPAQUE.fullmatch(each))
        return "none" if names and opaque > len(names) / 2 else ""
    return ""
