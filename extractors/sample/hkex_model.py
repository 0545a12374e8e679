"""What a release of the sample is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

LANGUAGES = ("en", "zh-HK", "zh-CN")


@dataclass(frozen=True)
class Text:
    """A release in one language. `table` is rows of cells; `notes` stand behind the end mark."""

    title: str
    paragraphs: tuple[str, ...]
    bullets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Release:
    """A release: its id, its texts by language (those it was written in), its list row.

    `edited` is a later version of texts, shown from its day on. `updated_at` is the
    Hong Kong hour of its last-updated stamp.
    """

    release_id: str
    day: date
    texts: Mapping[str, Text]
    categories: tuple[str, ...] = ("Corporate",)
    section: str = "News-Release"
    attachment: str = ""
    is_simulated: bool = True
    hour: int = 17
    edited: tuple[date, Mapping[str, Text]] | None = field(default=None)

    @property
    def number(self) -> int:
        return int(self.release_id[6:-4] or 1)

    def path(self, language: str = "en") -> str:
        return f"/News/{self.section}/{self.day.year}/{self.release_id}?sc_lang={language}"

    def is_edited(self, until: date) -> bool:
        return self.edited is not None and self.edited[0] <= until

    def text(self, language: str, until: date) -> Text | None:
        """The text in a language as it stands on the evening of a day."""
        texts = self.edited[1] if self.edited and self.is_edited(until) else self.texts
        return texts.get(language)


def release_id(day: date, number: int = 1) -> str:
    """`YYMMDD[n]news`."""
    return f"{day:%y%m%d}{number if number > 1 else ''}news"
