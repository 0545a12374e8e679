"""A text in two forms: as it was printed, to quote, and plain, to match.

Tags and line breaks of the pages split words and numbers anywhere, and full-width forms
stand beside ASCII ones. So patterns run over a plain form, while a quote gives back the
page's own characters. Chinese needs no blanks (`without_blanks`), English one at a time
(`one_blank`), releases in both are best left as long as they are (`same_length`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from transforms.text.scripts import simplified

_ZERO_WIDTH = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
# Characters that NFKC leaves alone, whatever stands beside them, and those of the full-width
# forms, which it maps one to one: together nearly all there is.
_KEPT = r"!-~\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u3001-\u3011\u4e00-\u9fff"
_AS_IT_IS = re.compile(rf"[{_KEPT}]*")
_ONE_TO_ONE = re.compile(rf"[{_KEPT}\uff01-\uff5e]*")
_PUNCTUATION = tuple(zip("，；：（）％／", ",;:()%/", strict=True))
_SENTENCE_END = "。;!?"
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "\u00a0\u2007\u202f\u3000‘’", "    ''"
)
"""Full-width forms and odd blanks, each to one character: offsets stay."""
_STRAIGHT = str.maketrans("‘’“”—–\u2212", "''\"\"---")
APART = "¦"
_APART = re.compile(r"(?<=[0-9\uff10-\uff19])[^\S\u00a0]\s*(?=[0-9\uff10-\uff19])")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_MARKS = re.compile(
    rf"(?P<exponent>(?<=(?<![0-9])10)[{_RAISED}]{{1,3}})|(?P<power>(?<=m)[²³])"
    r"|(?P<lowered>(?<=[A-Za-z\uff21-\uff5a])[₀-₉]{1,3})"
    r"|(?P<turned>[\u202d\u202e][^\u202c]{0,200}\u202c?)|(?P<fraction>[¼-¾⅐-⅞])"
    rf"|\[[{_RAISED}]{{1,4}}\]|[{_RAISED}₀-₉]|[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]"
    r"|[\u3251-\u325f\u32b1-\u32bf]|[0-9][\u0335-\u0338\u20dd-\u20e0]|[\u0335-\u0338\u20dd-\u20e0]"
)
_LOWERED = re.compile("(?<=[A-Za-z])[₀-₉]+")
_BLANKS = re.compile(r"\s+")
_GASES = re.compile(r"(?:\b([kMG]?t)\s*|\b)CO\s*2(?:\s*(e)q?)?\b")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text as `printed`, and its `plain` form.

    `origins` says for every character of `plain` where it comes from in `printed`; None
    where both run in step.
    """

    printed: str
    plain: str
    origins: tuple[int, ...] | None = None

    def quote(self, start: int, end: int) -> str:
        """The printed characters behind `plain[start:end]`."""
        if self.origins is None:
            return self.printed[start:end]
        return self.printed[self.origins[start] : self.origins[end - 1] + 1] if end > start else ""

    def sentence(self, position: int) -> str:
        """The printed Chinese sentence around a position of `plain`."""
        start = max(self.plain.rfind(mark, 0, position) for mark in _SENTENCE_END) + 1
        ends = [self.plain.find(mark, position) for mark in _SENTENCE_END]
        end = min((found + 1 for found in ends if found >= 0), default=len(self.plain))
        return self.quote(start, end)


def without_blanks(text: str) -> PlainText:
    """NFKC, character by character, of a text without whitespace (NBSP and U+3000 too) and
    zero-width marks; `printed` is the text without them."""
    printed = "".join(text.split())
    # Nearly every text is done here, several times faster than by normalising it.
    plain_text = printed
    for wide, narrow in _PUNCTUATION:
        plain_text = plain_text.replace(wide, narrow)
    if _AS_IT_IS.fullmatch(plain_text):
        return PlainText(printed, plain_text)
    printed = _ZERO_WIDTH.sub("", printed)
    if _ONE_TO_ONE.fullmatch(printed):
        return PlainText(printed, unicodedata.normalize("NFKC", printed))
    plain: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(printed):
        for piece in unicodedata.normalize("NFKC", character):
            if not piece.isspace():
                plain.append(piece)
                origins.append(index)
    return PlainText(printed, "".join(plain), tuple(origins))


def prose(text: str) -> PlainText:
    """The form in which Chinese prose is read: as `without_blanks`, and no mark joins a number.

    Raised digits are dropped but for the exponent of a power of ten (`^8`) and the powers of a
    metre; circled ones, numbers in brackets that are one character, and digits that are struck
    by a combining stroke are dropped; lowered digits stay behind a letter (CO₂). Where blanks
    alone part two numbers, `¦` stands between them. What a bidirectional override turns round
    has no digits.
    """
    text = _APART.sub(APART, text)
    if not _MARKS.search(text) and APART not in text:
        held = without_blanks(text)
        return PlainText(held.printed, simplified(held.plain), held.origins)
    printed = "".join(text.split())
    plain: list[str] = []
    origins: list[int] = []
    position = 0
    for found in [*_MARKS.finditer(printed), None]:
        until = found.start() if found else len(printed)
        for index in range(position, until):
            for piece in unicodedata.normalize("NFKC", printed[index]):
                if not piece.isspace() and not _ZERO_WIDTH.match(piece):
                    plain.append(piece)
                    origins.append(index)
        if found:
            kept = _unmarked(found)
            plain += kept
            origins += [found.start()] * len(kept)
            position = found.end()
    return PlainText(printed.replace(APART, " "), simplified("".join(plain)), tuple(origins))


def _unmarked(found: re.Match[str]) -> str:
    """What a mark is in the plain form."""
    digits = "".join(unicodedata.normalize("NFKC", c) for c in found[0])
    if found["exponent"]:
        return f"^{digits}"
    if found["power"] or found["lowered"]:
        return digits
    return "_" * len(found[0]) if found["turned"] or found["fraction"] else ""


def squeezed(text: str) -> str:
    """NFKC of the whole text, without blanks: the form in which titles and labels are compared.

    What composes (a letter and its accent) becomes one character here, and zero-width marks
    stay: digests of texts rest on it.
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


def same_length(text: str) -> PlainText:
    """Full-width forms made ASCII and odd blanks plain, character by character."""
    return PlainText(text, _with_gas_digits(text).translate(_NARROW))


def one_blank(text: str) -> PlainText:
    """English with one form for quotes, dashes, blanks (in `printed` too) and `t CO 2 eq`;
    nothing else is changed."""
    printed = _BLANKS.sub(" ", text)
    straight = _with_gas_digits(printed).translate(_STRAIGHT)
    gases = list(_GASES.finditer(straight))
    if all(_gas(found) == found[0] for found in gases):
        return PlainText(printed, straight)
    return _with_gases(printed, straight, gases)


def _with_gas_digits(text: str) -> str:
    """The text with the lowered digits behind a letter (CO₂) as plain ones."""
    return _LOWERED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _gas(found: re.Match[str]) -> str:
    return f"{found[1] or ''}CO2{found[2] or ''}"


def _with_gases(printed: str, straight: str, gases: list[re.Match[str]]) -> PlainText:
    """The text with each gas in its one form, whose characters all stand in what was printed."""
    parts: list[str] = []
    origins: list[int] = []
    position = 0
    for found in gases:
        place = found.start()
        parts += [straight[position:place], _gas(found)]
        origins += range(position, place)
        for character in parts[-1]:
            place = straight.index(character, place) + 1
            origins.append(place - 1)
        position = found.end()
    parts.append(straight[position:])
    origins += range(position, len(straight))
    return PlainText(printed, "".join(parts), tuple(origins))
