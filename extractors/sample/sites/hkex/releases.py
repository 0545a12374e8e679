"""The sample's releases: those on carbon, and those about other subjects, to be left alone.

Their words are data (`data/`), in the languages they were written in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from extractors.sample.items import read_items
from extractors.sample.sites.hkex import LAST_DAY
from extractors.sample.sites.hkex.markup import SampleRelease, Text, release_id, simplified

FIRST_DAY = date(2021, 7, 5)
_DATA = Path(__file__).parent / "data"

Texts = Mapping[Literal["en", "zh-HK"], Text]


@dataclass(frozen=True)
class _Edit:
    """Texts that replace the first ones from a day on; the other languages stay."""

    day: date
    texts: Texts


@dataclass(frozen=True)
class _Written:
    """A release as it stands in a data file."""

    day: date
    categories: tuple[str, ...]
    texts: Texts
    number: int = 1
    attachment: str = ""
    edited: _Edit | None = None

    def release(self, hour: int, *, is_simulated: bool) -> SampleRelease:
        edit = self.edited
        return SampleRelease(
            release_id(self.day, self.number),
            self.day,
            _in_languages(self.texts),
            self.categories,
            attachment=self.attachment,
            is_simulated=is_simulated,
            hour=hour,
            edited=(edit.day, _in_languages({**self.texts, **edit.texts})) if edit else None,
        )


@dataclass(frozen=True)
class _Subject:
    """What made-up releases are about, by turns."""

    category: str
    texts: Texts


def _in_languages(written: Texts) -> dict[str, Text]:
    texts: dict[str, Text] = dict(written.items())
    if "zh-HK" in written:
        texts["zh-CN"] = simplified(written["zh-HK"])
    return texts


def carbon_releases() -> list[SampleRelease]:
    """The twelve releases on carbon, oldest first, with the exchange's published figures."""
    written = read_items(_DATA / "carbon.yml", _Written)
    return [each.release(17, is_simulated=False) for each in written]


def control_releases() -> list[SampleRelease]:
    """All about other subjects, oldest first."""
    releases = {
        each.release_id: each for each in (made.release(16, is_simulated=True) for made in _made())
    }
    return sorted(releases.values(), key=lambda release: (release.day, release.number))


def _made() -> Iterator[_Written]:
    """One every other week, in 2025 one a week: more than a list shows at first.

    What the data file holds of the same id is in its place.
    """
    subjects = read_items(_DATA / "subjects.yml", _Subject)
    day, at = FIRST_DAY, 0
    while day <= LAST_DAY:
        subject = subjects[at % len(subjects)]
        english = subject.texts["en"]
        titled = Text(f"{english.title} ({day:%B %Y})", english.paragraphs)
        yield _Written(day, (subject.category,), {**subject.texts, "en": titled})
        day += timedelta(days=8 if day.year == 2025 else 15)
        at += 1
    yield from read_items(_DATA / "others.yml", _Written)
