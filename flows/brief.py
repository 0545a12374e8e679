"""`carbonmart brief`: the market report of a year or quarter as one HTML file.

Everything in it comes from the store at one point of its past, and nothing from the clock: the
same point gives the same bytes, whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.brief_facts import Facts, Row, Span, gather
from flows.brief_numbers import Lang
from flows.brief_words import WORDS
from flows.points import Point
from flows.settings import Settings
from flows.usage import UsageError

if TYPE_CHECKING:
    from warehouse.store.home import Home

LANGS: tuple[Lang, ...] = ("zh", "en")
TEMPLATE = "brief.html.j2"


def brief(settings: Settings, span: Span, lang: str, point: Point) -> str:
    """The page. Raises `UsageError` for a language or period there is none of."""
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    chosen: Lang | None = next((one for one in LANGS if one == lang), None)
    if chosen is None:
        raise UsageError(f"a brief is in {' or '.join(LANGS)}, not in {lang!r}")
    home: Home = open_home(settings.home, None)
    facts = gather(Warehouse(home.path), span, point, is_sample=home.kind == "sample")
    return render(facts, chosen, point)


def write_brief(
    settings: Settings, span: Span, lang: str, point: Point, path: Path | None = None
) -> Path:
    """Write the page to a file, `brief-2024-zh.html` in the working folder by default."""
    quarter = f"q{span.quarter}" if span.quarter else ""
    path = path or Path(f"brief-{span.year}{quarter}-{lang}.html")
    text = brief(settings, span, lang, point)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
    return path


def render(facts: Facts, lang: Lang, point: Point) -> str:
    """The facts as a page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from flows.brief_view import view

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # whatever a page said stays text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = environment.get_template(TEMPLATE)
    return page.render(view(facts, lang, _reproduce(facts, lang, point)))


def _reproduce(facts: Facts, lang: Lang, point: Point) -> str:
    """The command that gives this very page again."""
    span = facts.span
    command = f"carbonmart brief --year {span.year}"
    command += f" --quarter {span.quarter}" if span.quarter else ""
    command += f" --lang {lang}"
    if point.release:
        return f"{command} --release {point.release}"
    return f"{command} --as-of {facts.stamp:%Y-%m-%dT%H:%M:%S.%fZ}" if facts.stamp else command


def title_of(facts: Facts, lang: Lang) -> str:
    """`全国碳市场简报：2024年`."""
    words = WORDS[lang]
    return f"{words['title']}{'：' if lang == 'zh' else ': '}{period_of(facts, lang)}"


def period_of(facts: Facts, lang: Lang) -> str:
    """The period in words."""
    span = facts.span
    name = "quarter" if span.quarter else "year"
    return WORDS[lang][name].format(year=span.year, quarter=span.quarter)


def rows_of(figures: Sequence[Row], period: str) -> list[dict[str, Any]]:
    """The preferred figures of a period with what other publishers say beside them."""
    found = []
    for row in figures:
        if row["period"] == period and row["is_preferred"]:
            others = [
                other
                for other in figures
                if (other["figure_id"], other["period"]) == (row["figure_id"], period)
                and not other["is_preferred"]
            ]
            found.append({**row, "others": others})
    return found
