"""The ETS pages: a system's headline fields, found by the last token of their class.

The map's list gives the numbers of the pages, a number space of its own: China's national
system is 55 here and 14 in the Explorer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from extractors.model import LayoutError, Link, Page, Record, record_of
from extractors.parsing.json import read_json
from extractors.parsing.soup import Soup, blocks, line_of
from extractors.source import Crawl, Source

PROFILE = r"^(?:/en)?/(?:ets_system|compare)/(\d+)$"
CHINA = (55, 53, 56, 57, 58, 62, 63, 65, 87)
"""The national system and its eight pilots: asked for even where the map leaves them out."""
REREAD = timedelta(days=7)

_NAME = re.compile(r"field-(?!-)[a-z0-9-]+")


def profile_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The pages of all systems on the map, each once a week."""
    site = f"https://{source.hosts[0]}"
    page = crawl.page(Link(f"{site}/en/json/maplist", "maplist"))
    listed: list[int] = []
    if page is None:
        crawl.signal("list_missing", f"{site}/en/json/maplist", "404", "no list of systems")
    else:
        listed = read_maplist(page)
        if missing := [str(number) for number in CHINA if number not in listed]:
            told = "systems of China that are not on the map; their pages are asked all the same"
            crawl.remark("system_not_on_map", page.url, ", ".join(missing), told)
    for number in dict.fromkeys((*CHINA, *listed)):
        link = Link(f"{site}/en/ets_system/{number}", "profile")
        seen = crawl.seen_on(link)
        if seen is None or crawl.today - seen >= REREAD:
            yield link


def read_maplist(page: Page) -> list[int]:
    """The numbers in the map's list; elements without one are passed over."""
    rows = read_json(page, list)
    found = [row["id"] for row in rows if isinstance(row, dict) and "id" in row]
    if not found or not all(str(number).isascii() and str(number).isdigit() for number in found):
        raise LayoutError(page, "systems without numbers", str(found)[:200])
    return [int(number) for number in found]


def read_profile(page: Page) -> Iterator[Record]:
    """The record of a system: each field's name, label and values; its summary in blocks."""
    found = re.search(PROFILE, urlsplit(page.url).path)
    soup = Soup(page)
    name = next(filter(None, map(line_of, soup.all(".ets-caption"))), "")
    if not found or not name:
        raise LayoutError(page, "no system's name in h1.ets-caption", page.url)
    fields: dict[str, dict[str, object]] = {}
    for field in soup.all(".field--label-above"):
        # Its own name among its classes: `field-cap-summary`, not `field--type-string`.
        tokens = [token for token in field["class"] if _NAME.fullmatch(token)]
        parts = field.find_all(recursive=False)
        if tokens and len(parts) > 1 and tokens[-1] not in fields:
            # Each block of a value is one; a field of many has one for each.
            values = [line for line, _ in blocks(parts[1])]
            fields[tokens[-1]] = {"label": line_of(parts[0]), "values": values}
    if not fields:
        raise LayoutError(page, "a system's page without a field", name)
    yield record_of(page, "profile", ets_id=int(found[1]), name=name, fields=fields)
