"""The pages of `docs/` taken apart: code, headings, sections, names to link to."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.docs.pages import DOCS, MARK

ROOT = DOCS.parent
_BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.M | re.S)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
WRITTEN = [page for page in PAGES if MARK not in text_of(page)]
"""Those that were written by hand."""


def name_of(page: Path) -> str:
    """The page's name in a test."""
    return str(page.relative_to(ROOT))


def codes(text: str) -> list[str]:
    """Each line of the code blocks, and each piece of code in the prose (which may be wrapped)."""
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    return lines + [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose_of(text))]


def calls(code: str) -> list[list[str]]:
    """The words after `carbonmart` of each call of it in a line of shell."""
    if not re.search(r"(?:^|[\s/;&|])carbonmart\s", code):
        return []
    lexer = shlex.shlex(code, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if re.fullmatch(r"[|&;]+", word):
            parts.append([])
        elif parts[-1] or not re.match(r"[A-Z_]+=", word):
            parts[-1].append(word)
    return [part[1:] for part in parts if part[1:] and part[0].rsplit("/", 1)[-1] == "carbonmart"]


def prose_of(text: str) -> str:
    """The text without its code blocks."""
    return _BLOCK.sub("", text)


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose_of(text), re.M)


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second rank."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    """The words of code that the rows of a table begin with."""
    return set(re.findall(r"^\| `(\w+)` \|", text, re.M))


def anchor(heading: str) -> str:
    """The name under which a heading is linked to."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
