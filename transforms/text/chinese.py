"""Reading Chinese prose for its figures: one plain form to match, the printed form to quote.

Tags and line breaks of the sources split words and numbers anywhere, and full-width
forms stand beside ASCII ones. So patterns run over a plain text (NFKC, nothing blank in
it), while a quote gives back the page's own characters, blanks left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ZERO_WIDTH = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
# Characters that NFKC leaves alone, whatever stands beside them, and those of the full-width
# forms, which it maps one to one: together nearly all there is.
_KEPT = r"!-~\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u3001-\u3011\u4e00-\u9fff"
_AS_IT_IS = re.compile(rf"[{_KEPT}]*")
_ONE_TO_ONE = re.compile(rf"[{_KEPT}\uff01-\uff5e]*")
_PUNCTUATION = tuple(zip("，；：（）％／", ",;:()%/", strict=True))
_SENTENCE_END = "。;!?"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in two forms: `printed` (blanks left out) and `plain` (NFKC of it).

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
        """The printed sentence around a position of `plain`."""
        start = max(self.plain.rfind(mark, 0, position) for mark in _SENTENCE_END) + 1
        ends = [self.plain.find(mark, position) for mark in _SENTENCE_END]
        end = min((found + 1 for found in ends if found >= 0), default=len(self.plain))
        return self.quote(start, end)


def read(text: str) -> Reading:
    """Both forms of a text: whitespace (NBSP and U+3000 too) and zero-width marks go."""
    printed = "".join(text.split())
    # Nearly every text is done here, several times faster than by normalising it.
    plain_text = printed
    for wide, narrow in _PUNCTUATION:
        plain_text = plain_text.replace(wide, narrow)
    if _AS_IT_IS.fullmatch(plain_text):
        return Reading(printed, plain_text)
    printed = _ZERO_WIDTH.sub("", printed)
    if _ONE_TO_ONE.fullmatch(printed):
        return Reading(printed, unicodedata.normalize("NFKC", printed))
    plain: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(printed):
        for piece in unicodedata.normalize("NFKC", character):
            if not piece.isspace():
                plain.append(piece)
                origins.append(index)
    return Reading(printed, "".join(plain), tuple(origins))
