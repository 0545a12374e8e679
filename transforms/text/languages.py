"""Which language a text is in, whatever its page or its address says."""

from __future__ import annotations

import re

_CJK = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_LEAST_SHARE = 0.25
_FUNCTION_WORDS = {
    "en": re.compile(r"\b(?:the|of|and|to|in|is|for|on|with|that|by|as|at|from|its)\b"),
    "fr": re.compile(r"\b(?:le|la|les|des|du|et|en|est|pour|dans|sur|par|une|au|aux)\b"),
    "es": re.compile(r"\b(?:el|los|las|del|y|en|es|para|por|una|con|que|se|al)\b"),
    "de": re.compile(r"\b(?:der|die|das|und|den|von|mit|ist|für|auf|im|ein|eine|dem)\b"),
}
_CJK_SHARE = 0.3


def is_in(text: str, language: str) -> bool:
    """Whether a text is in the language (`en`, else Chinese) that its page was asked for in.

    Chinese prose holds Latin names, English prose hardly any Chinese.
    """
    chinese, latin = len(_CJK.findall(text)), len(_LETTER.findall(text))
    if not chinese + latin:
        return False
    share = chinese / (chinese + latin)
    return share < _LEAST_SHARE if language == "en" else share >= _LEAST_SHARE


def language_of(text: str) -> str | None:
    """The language of a text (`en`, `fr`, `es`, `de`, `zh`); None for one that is not told."""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return None
    if sum(1 for letter in letters if _CJK.match(letter)) > _CJK_SHARE * len(letters):
        return "zh"
    small = text.lower()
    counts = {code: len(words.findall(small)) for code, words in _FUNCTION_WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else None
