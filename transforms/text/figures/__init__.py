"""Every printed figure of a sentence: its place, what it is, its value in base units.

A scanner a language (`zh.scan`) takes a plain sentence and gives each `PrintedFigure` from
left to right, none of them overlapping, and none left out: each digit of the sentence, and each
number in words, stands in one of them. What is no measure (a day, an ordinal, a number of a
document) is a figure of another `FigureKind`, so that the ledger can say why it was not taken. A
scanner knows numbers and units, and no meaning: what a figure counts is read from its clause
(`transforms.text.frames`).
"""

from __future__ import annotations

from transforms.text.figures.model import FigureKind, PrintedFigure, Scanner, Stated

__all__ = ["FigureKind", "PrintedFigure", "Scanner", "Stated"]
