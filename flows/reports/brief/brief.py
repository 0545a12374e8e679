"""`carbonmart brief`: the market report of a year or quarter as one HTML file.

Everything in it comes from the store at one point of its past, and nothing from the clock: the
same point gives the same bytes, whenever it is asked for.

The facts of a brief laid out for its page: tables of text, charts, citations.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.query.sql import Snapshot
from flows.core.query.time_travel import of_release
from flows.core.settings import Settings
from flows.reports.brief.cells import period_of, title_of
from flows.reports.brief.differences import differences
from flows.reports.brief.facts import Facts, ReportSpan, gather, rows_of
from flows.reports.brief.provenance import Upkeep
from flows.reports.brief.sentences import Writer, of_days
from flows.reports.brief.tables import Market, Papers
from flows.reports.brief.words import LANGS, Lang
from transforms.marts.figures.names import FIGURES

if TYPE_CHECKING:
    from warehouse.store.home import Home

TEMPLATE = "brief.html.j2"


def brief(settings: Settings, span: ReportSpan, lang: str, snapshot: Snapshot) -> str:
    """The page. Raises `UsageError` for a language or period there is none of."""
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    chosen: Lang | None = next((one for one in LANGS if one == lang), None)
    if chosen is None:
        raise UsageError(f"a brief is in {' or '.join(LANGS)}, not in {lang!r}")
    home: Home = open_home(settings.home, None)
    warehouse = Warehouse(home.path)
    if snapshot.release and not snapshot.is_working:  # with the logs of that release, too
        whole = of_release(warehouse, snapshot.release)
        snapshot = replace(whole, label=snapshot.label, as_of=snapshot.as_of)
    facts = gather(warehouse, span, snapshot, is_sample=home.kind == "sample")
    facts.differences = differences(warehouse, span.first, span.last, facts.stamp)
    return render(facts, chosen, snapshot)


def write_brief(
    settings: Settings, span: ReportSpan, lang: str, snapshot: Snapshot, path: Path | None = None
) -> Path:
    """Write the page to a file, `brief-2024-zh.html` in the working folder by default."""
    quarter = f"q{span.quarter}" if span.quarter else ""
    path = path or Path(f"brief-{span.year}{quarter}-{lang}.html")
    text = brief(settings, span, lang, snapshot)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
    return path


def render(facts: Facts, lang: Lang, snapshot: Snapshot) -> str:
    """The facts as a page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # whatever a page said stays text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = environment.get_template(TEMPLATE)
    return page.render(view(facts, lang, _reproduce(facts, lang, snapshot)))


def _reproduce(facts: Facts, lang: Lang, snapshot: Snapshot) -> str:
    """The command that gives this very page again."""
    span = facts.span
    command = f"carbonmart brief --year {span.year}"
    command += f" --quarter {span.quarter}" if span.quarter else ""
    command += f" --lang {lang}"
    known = snapshot.as_of
    if snapshot.is_working:
        command, known = f"{command} --working", known or facts.stamp
    elif snapshot.release:
        command += f" --release {snapshot.release}"
    return f"{command} --as-of {known:%Y-%m-%dT%H:%M:%S.%fZ}" if known else command


_SECTION = {figure.id: figure.section for figure in FIGURES}
_ORDER = {figure.id: number for number, figure in enumerate(FIGURES)}


def view(facts: Facts, lang: Lang, reproduce: str) -> dict[str, Any]:
    """What the template is given."""
    return View(facts, lang).document(reproduce)


class View(Market, Papers, Upkeep):
    """One page in the making."""

    def document(self, reproduce: str) -> dict[str, Any]:
        facts, w = self.facts, self.w
        is_year = facts.span.quarter is None
        told = Writer(facts, self.lang).sentences() if is_year else []
        claims = self._claims() if is_year else []
        sections = ["summary", "figures", "chart", "years", "comparison", "rules", "expansion"]
        sections += ["climate", *(["claims"] if claims else []), "findings", "changes", "freshness"]
        document = {
            "lang": self.lang,
            "w": w,
            "title": title_of(facts, self.lang),
            "period": period_of(facts, self.lang),
            "stamp": f"{facts.stamp:%Y-%m-%d %H:%M:%S UTC}" if facts.stamp else "-",
            "release": facts.release,
            "working": "" if facts.release else f"{w['working']} {facts.rows}",
            "is_sample": facts.is_sample,
            "contents": [(name, w[name]) for name in sections],
            "sentences": told or of_days(facts, self.lang),
            "figures": self._figures() if is_year else [],
            "chart": self._chart(),
            "span_table": self._months() if is_year else self._days(),
            "years_chart": self._years_chart(),
            "years_table": self._years(),
            "comparison": self._comparison(),
            "penalties": self._penalties(),
            "notices": self._notices(),
            "expansion": self._expansion(),
            "events": self._events(),
            "stats": self._stats(),
            "claims": claims,
            "findings": self._findings(),
            "changes": self._changes(),
            "freshness": self._freshness(),
            "checks": self._checks(),
            "reproduce": reproduce,
        }
        return {**document, "sources": list(self.sources.values())}

    def _figures(self) -> list[dict[str, Any]]:
        rows = [
            {**self._figure(row), "others": [self._figure(other) for other in row["others"]]}
            for row in rows_of(self.facts.figures, self.period)
            if _SECTION[row["figure_id"]] in ("market", "coverage", "ccer", "pilots")
        ]
        return sorted(rows, key=lambda row: _ORDER[row["figure_id"]])

    def _expansion(self) -> dict[str, Any]:
        """What the sources say of coverage up to the period's end, and of the expansion."""
        last = f"{self.facts.span.last}~"
        rows = [
            row
            for row in self.facts.figures
            if _SECTION[row["figure_id"]] == "expansion"
            or (_SECTION[row["figure_id"]] == "coverage" and row["period"] <= last)
        ]
        rows.sort(key=lambda row: (_ORDER[row["figure_id"]], row["period"], row["source"]))
        told = [self._figure(row) for row in rows]
        return self._grid(
            ("figure", "date", "value", "source", "quote"),
            (
                self._line(
                    (f["label"], f["period"], f["told"], self.w[f["source"]]), f, f["citations"]
                )
                for f in told
            ),
        )
