"""A source made of its own folders alone, beside those of the product, for a process that
looks for them: a list of rates as JSON, one row a day.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.e2e.commands import REPO, environment

NAME = "rates"
FILES = {
    f"extractors/{NAME}/__init__.py": "",
    f"extractors/{NAME}/source.py": """
from datetime import date

from extractors.model import Link, record_of
from extractors.parsing.json import read_json
from extractors.source import PageKind, Source


def links(crawl, source):
    yield Link(f"https://{source.hosts[0]}/rates.json", "rates")


def _rates(page):
    for row in read_json(page, list):
        yield record_of(page, "rate", row=row)


SOURCE = Source(
    name="rates",
    title="Rates of exchange",
    publisher="A bank",
    homepage="https://bank.org/",
    terms="Credit it",
    hosts=("rates.bank.org",),
    timezone="Europe/Berlin",
    calendar="none",
    cadence="each day",
    first_day=date(2021, 7, 16),
    parser_version="rates-1",
    kinds=(PageKind("rates", "^/rates.json$", ("application/json",), ("[",), parse=_rates),),
    links=links,
)
""",
    f"transforms/{NAME}/__init__.py": "",
    f"transforms/{NAME}/transform.py": """
from datetime import date
from decimal import Decimal

from transforms.model import Row


def transform(record):
    day, rate = record.fields["row"]
    values = {"day": date.fromisoformat(day), "rate": Decimal(rate)}
    return [Row("rates_daily", values, {"rate": rate})]
""",
    f"schemas/sources/{NAME}/__init__.py": "",
    f"schemas/sources/{NAME}/tables.py": """
from schemas.core.table import Column, Kind, Table

RATES = Table(
    name="rates_daily",
    says="One row per day",
    key=("day",),
    prune_by="day",
    own=(
        Column("day", Kind.DATE, "Day", nullable=False),
        Column("rate", Kind.QUANTITY, "Rate", nullable=False),
    ),
)
TABLES = (RATES,)
""",
    f"schemas/sources/{NAME}/gates.yml": "rates_daily: {min_rows: 1, min_fill: {rate: 1.0}}\n",
    f"extractors/sample/sites/{NAME}/__init__.py": """
from datetime import date

LAST_DAY = date(2021, 7, 20)
""",
    f"extractors/sample/sites/{NAME}/site.py": """
import json
from datetime import UTC, datetime

from extractors.sample.site import JSON, Response, error


class RatesSite:
    hosts = ("rates.bank.example",)
    changes = ()

    def __init__(self, until):
        self.until = until

    def respond(self, host, target, body=None):
        if target != "/rates.json":
            return error(404, "not found")
        days = [[f"2021-07-{day}", f"1.{day}"] for day in range(16, self.until.day + 1)]
        at = datetime(2021, 7, self.until.day, tzinfo=UTC)
        return Response(json.dumps(days).encode(), JSON, last_modified=at)

    def empty_list(self, host, target):
        return None

    def change(self, pattern, kind, args):
        raise ValueError(kind)

    def clear(self):
        pass


SITE = RatesSite
""",
}
"""Each file of the source, by its place."""

_BESIDE = """
import sys
from pathlib import Path

import extractors
import extractors.sample.sites
import schemas.sources
import transforms

ROOT = Path(sys.argv[1])
for package in (extractors, extractors.sample.sites, schemas.sources, transforms):
    package.__path__.append(str(ROOT.joinpath(*package.__name__.split("."))))
"""


def lay_out(root: Path) -> Path:
    """Write the files of the source into a folder of their own."""
    for place, text in FILES.items():
        file = root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def run_beside(root: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process whose rooms have the folders under `root`, too."""
    return subprocess.run(
        [sys.executable, "-c", _BESIDE + code, str(root)],
        cwd=REPO,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
