"""Chinese clauses: the words, figures and marks of a sentence, and where its clauses end.

A clause ends at `,` `:` `;` and brackets; 、 joins nouns, but behind a figure it begins the next
clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.text.figures import FigureKind, PrintedFigure
from transforms.text.frames.words import IDLE, Word, vocabulary

_BREAKS = ",:;()"


@dataclass(slots=True)
class Token:
    """A figure, a known word, a mark of punctuation, or a run of letters that is no word."""

    text: str
    figure: PrintedFigure | None = None
    word: Word | None = None
    is_mark: bool = False

    @property
    def is_unknown(self) -> bool:
        return self.figure is None and self.word is None and not self.is_mark

    def is_of(self, *names: str) -> bool:
        return self.word is not None and (self.word.name in names or self.word.group in names)


@dataclass(slots=True)
class Clause:
    """A clause's tokens, and whether it stands in brackets."""

    tokens: list[Token] = field(default_factory=list)
    in_brackets: bool = False

    def measures(self) -> list[int]:
        """The places of its measures."""
        return [
            n for n, t in enumerate(self.tokens) if t.figure and t.figure.kind is FigureKind.MEASURE
        ]


def tokens(sentence: str, figures: list[PrintedFigure]) -> list[Token]:
    """A sentence in its figures, words, marks and unknown runs."""
    words = vocabulary("zh")
    found: list[Token] = []
    at, unknown = 0, ""
    ahead = iter(figures)
    figure = next(ahead, None)
    while at < len(sentence):
        word = None
        if figure is not None and at == figure.start:
            token, step = Token(sentence[at : figure.end], figure), figure.end - at
            figure = next(ahead, None)
        elif word := words.at(sentence, at, figure.start if figure else None):
            step = len(word.text)
            token = Token(sentence[at : at + step], None, word)
        else:
            step = 1
            token = Token(sentence[at], is_mark=not sentence[at].isalnum())
        if token.is_unknown and not token.is_mark:
            unknown += token.text
        else:
            if unknown:
                found.append(Token(unknown))
                unknown = ""
            found.append(token)
        at += step
    if unknown:
        found.append(Token(unknown))
    return found


def clauses(found: list[Token]) -> list[Clause]:
    """The clauses of a sentence's tokens."""
    done = [Clause()]
    depth = 0
    for token in found:
        clause = done[-1]
        is_break = token.is_mark and token.text in _BREAKS
        if token.is_mark and token.text == "、" and clause.measures():
            is_break = True
        if is_break and token.text == "," and _only_opens(clause):
            is_break = False
        if not is_break:
            clause.tokens.append(token)
            continue
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        done.append(Clause(in_brackets=depth > 0))
    return [clause for clause in _joined(done) if clause.tokens]


def _only_opens(clause: Clause) -> bool:
    """Whether it is nothing but 其中."""
    return any(t.is_of("part") for t in clause.tokens) and all(
        t.is_of("part", IDLE) for t in clause.tokens
    )


def _joined(parts: list[Clause]) -> Iterator[Clause]:
    """Brackets without a figure do not end a clause: what stands around them is one."""
    held: Clause | None = None
    for part in parts:
        is_aside = part.in_brackets and not any(t.figure for t in part.tokens)
        if is_aside and held is not None:
            held.tokens += part.tokens
            held.in_brackets = held.in_brackets or False
            opened = True
        elif held is not None and opened and not part.in_brackets:
            held.tokens += part.tokens
            opened = False
        else:
            if held is not None:
                yield held
            held, opened = part, False
    if held is not None:
        yield held
