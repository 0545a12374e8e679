"""`catalog`: the store as a small static site: no script, nothing loaded, everything escaped.

The pages are Jinja templates in `flows/reports/catalog/templates`; each carries its style sheet and
a content security policy that allows that style sheet alone, by its digest.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.query.format import cell, plain
from flows.core.settings import Settings

if TYPE_CHECKING:
    from jinja2 import Environment

    from flows.core.query.sql import Snapshot
    from flows.reports.catalog.facts import Catalog
    from warehouse.engine.storage.base import Place

DOCUMENT = "catalog.json"
_OUR_PAGE = re.compile(r"\A[A-Za-z0-9_-]+\.html")


@dataclass(frozen=True)
class CatalogSite:
    """A written catalog: its folder, its pages, and the same facts for scripts."""

    folder: Path
    pages: tuple[str, ...]
    document: Mapping[str, Any]


def write_catalog(
    settings: Settings, snapshot: Snapshot, output: Path | None = None
) -> CatalogSite:
    """Write the catalog of a home as the snapshot has it, by default beside what it has published.

    Pages of the catalog that was there before and are no longer needed go. Raises
    `UsageError` for a folder that holds something else or can't be written.
    """
    from flows.reports.catalog.facts import gather
    from warehouse.store.home import open_home

    folder = output or _beside(open_home(settings.home, None).path)
    facts = gather(settings, snapshot)
    before = _held(folder)
    pages = dict(_pages(facts, _published(facts, folder)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
        for name in before - pages.keys():
            (folder / name).unlink(missing_ok=True)
        document = as_document(facts, list(pages))
        text = json.dumps(document, ensure_ascii=False, indent=2, default=plain) + "\n"
        (folder / DOCUMENT).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}") from None
    return CatalogSite(folder, tuple(pages), document)


def _beside(home: Place) -> Path:
    """The catalog's folder beside a home's published releases."""
    if not isinstance(home, Path):
        raise UsageError(f"{home} is no folder: name one with --output")
    return home / "published" / "catalog"


def _held(folder: Path) -> set[str]:
    """The pages of the catalog in a folder. Raises `UsageError` if it is something else."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return set()
    try:
        names = json.loads((folder / DOCUMENT).read_bytes())["pages"]
        return {name for name in names if _OUR_PAGE.fullmatch(name)}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            f"{folder} holds something else than a catalog; name an empty or a new folder"
        ) from None


def _published(facts: Catalog, folder: Path) -> str | None:
    """The way from the catalog to the published files; None where they are elsewhere."""
    if not isinstance(facts.home.path, Path):
        return None
    published, target = (facts.home.path / "published").resolve(), folder.resolve()
    if published not in target.parents:
        return None
    return Path(os.path.relpath(published, target)).as_posix()


def _pages(facts: Catalog, published: str | None) -> Iterator[tuple[str, str]]:
    environment = _environment()
    style = _template("style.css")
    common = {
        "facts": facts,
        "published": published,
        "style": style,
        "style_digest": b64encode(sha256(style.encode()).digest()).decode(),
        "written_at": datetime.now(UTC),
    }
    for name in ("index", "coverage", "runs", "checks", "quarantine", "releases"):
        yield f"{name}.html", environment.get_template(f"{name}.html").render(**common)
    page = environment.get_template("table.html")
    for each in facts.tables:
        yield f"table-{each.table.name}.html", page.render(**common, facts_of=each)
    page = environment.get_template("release.html")
    for step in facts.steps:
        yield f"release-{step.release.release_id}.html", page.render(**common, step=step)


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from flows.core.query.format import SAMPLE_NOTE
    from flows.core.query.html_table import Marked
    from flows.lineage.diff import lines_of
    from flows.reports.catalog.coverage import missing_in_words
    from flows.reports.catalog.facts import is_number

    made = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"shown": shown, "size": _size, "weblink": _weblink, "days": missing_in_words}
    made.globals |= {"is_number": is_number, "lines_of": lines_of, "sample_note": SAMPLE_NOTE}
    made.tests |= {"marked": lambda value: isinstance(value, Marked)}
    return made


def _template(name: str) -> str:
    return (files("flows.reports.catalog") / "templates" / name).read_text(encoding="utf-8")


def shown(value: Any, name: str = "") -> str:
    """A value (of the column `name`) as the pages show it; times to the minute, in UTC."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool) and not name:
        return f"{value:,}"  # a count
    return cell(value, name)


def _size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"


def _weblink(address: str | None) -> str | None:
    """The address if a browser may follow it from here: of the web, and of no other scheme."""
    return address if address and re.match(r"https?://", address) else None


def as_document(facts: Catalog, pages: list[str]) -> dict[str, Any]:
    """The catalog as one JSON object."""
    current = facts.current
    return {
        "home": str(facts.home.path),
        "is_sample": facts.is_sample,
        "release_id": current.release.release_id if current else None,
        "rows": facts.snapshot.as_dict(),
        "published": facts.pointer["release_id"] if facts.pointer else None,
        "pages": pages,
        "tables": [
            {
                "table": each.table.name,
                "says": each.table.says,
                "source": each.source,
                "rows": each.rows,
                "simulated": each.simulated,
                "revisions": each.revisions,
                "newest": each.newest,
                "known_from": each.known_from,
                "status": each.released["status"] if each.released else None,
                "days_held": each.coverage.held if each.coverage else None,
                "days_due": (each.coverage.due or None) if each.coverage else None,
                "days_missing": list(each.coverage.missing) if each.coverage else [],
                "files": [file["path"] for file in each.files],
            }
            for each in facts.tables
        ],
        "runs": facts.runs,
        "checks": facts.checks,
        "findings": facts.findings,
        "quarantine": facts.quarantine,
        "releases": [
            dict(step.row) | {"before": step.before, "changes": step.told} for step in facts.steps
        ],
    }
