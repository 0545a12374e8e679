"""The sample's news items: data of their own, and which version stands on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from extractors.sample.items import load

_FILE = Path(__file__).parent / "data" / "news.yml"


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A news item. `published` is what its <time> says, None where it has none; `form` how.

    `rewritten` is the day on which `before` (title, body) was overwritten in place.
    """

    path: str
    shown: date
    title: str
    body: tuple[str, ...]
    published: date | None = None
    form: str = "iso"
    node: int | None = None
    template: str = ""
    is_simulated: bool = False
    is_listed: bool = True
    canonical: str = ""
    rewritten: date | None = None
    before: tuple[str, tuple[str, ...]] | None = None

    @property
    def modified(self) -> date:
        return max(self.shown, self.rewritten or self.shown)


@cache
def all_items() -> tuple[NewsItem, ...]:
    """Every item in its last version, in the order of the data file."""
    entries = load(_FILE)
    made: dict[str, NewsItem] = {}
    for entry in entries:
        made[entry["path"]] = _item(entry, made)
    return tuple(made.values())


def _item(entry: Mapping[str, Any], made: Mapping[str, NewsItem]) -> NewsItem:
    if "same_as" in entry:
        main = made[entry["same_as"]]
        return replace(main, path=entry["path"], shown=entry["shown"], is_listed=False)
    was = entry.get("was")
    return NewsItem(
        entry["path"],
        entry["shown"],
        entry["title"],
        tuple(entry["body"]),
        entry.get("date"),
        entry.get("form", "iso"),
        entry.get("node"),
        entry.get("template", ""),
        bool(entry.get("is_simulated")),
        canonical=entry["path"] if "node" in entry else "",
        rewritten=entry.get("rewritten"),
        before=(was["title"], tuple(was["body"])) if was else None,
    )


def items(until: date) -> list[NewsItem]:
    """What the site shows on an evening, as it stands then; the newest first."""
    shown = [item for item in all_items() if item.shown <= until]
    standing = [
        replace(item, title=item.before[0], body=item.before[1], rewritten=None)
        if item.before and item.rewritten and item.rewritten > until
        else item
        for item in shown
    ]
    return sorted(standing, key=lambda item: (item.shown, item.path), reverse=True)
