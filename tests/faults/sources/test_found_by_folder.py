"""A source is found by its folders: no file that sources share names it, and a folder that is
not whole is told by its name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.sample.sites.all import last_days
from flows.core.sources import names, pipeline
from schemas.contracts.gate_files import declared
from schemas.registry import SOURCES
from tests.e2e.commands import REPO
from tests.support.found_source import NAME, lay_out, run_beside

NIGHTS = """
import json
from datetime import date

from extractors.sample.server.server import SampleServer
from flows.core.sources import names
from flows.stages.release.publish import credits_of
from tests.support.nights import World

with SampleServer(until=date(2021, 7, 18)) as server:
    world = World(ROOT / "home", server, "rates")
    first = world.night(publish=True)
    again = world.night()
    server.until = None
    last = world.night()
print(json.dumps({
    "names": names(),
    "outcomes": [first.outcome, again.outcome, last.outcome],
    "codes": [first.exit_code, again.exit_code, last.exit_code],
    "released": sorted(first.released.release.versions),
    "credit": credits_of()["rates"].publisher,
    "files": [file.name for file in (ROOT / "home").rglob("rates_daily.parquet")],
    "rows": [[str(cell) for cell in row] for row in world.ask(
        "select day, rate, source_url, is_simulated from rates_daily order by day"
    )],
}))
"""


def test_a_source_of_its_own_folders_alone_runs_its_nights(tmp_path: Path) -> None:
    done = run_beside(lay_out(tmp_path), NIGHTS)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["names"] == sorted([*names(), NAME])
    assert told["outcomes"] == ["changed", "empty_expected", "changed"]
    assert told["codes"] == [0, 0, 0]
    assert "rates_daily" in told["released"]
    assert told["credit"] == "A bank"
    assert told["files"], "it is published"
    url = "https://rates.bank.example/rates.json"
    assert told["rows"] == [
        [f"2021-07-{day}", f"1.{day}0000", url, "True"] for day in range(16, 21)
    ]


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        ("schemas/sources/rates/tables.py", None, "schemas/sources/rates declares no tables"),
        ("schemas/sources/rates/tables.py", "TABLES = ()", "schemas/sources/rates declares no"),
        ("schemas/sources/rates/__init__.py", None, "no folder schemas/sources/rates"),
        ("schemas/sources/rates/gates.yml", None, "schemas/sources/rates/gates.yml can't be read"),
        (
            "schemas/sources/rates/gates.yml",
            "icap_news: {min_rows: 1}",
            "icap_news, line 1: no such table; there are: rates_daily",
        ),
        (
            "schemas/sources/rates/tables.py",
            "from schemas.sources.icap.tables import TABLES",
            "icap_systems is declared twice: in schemas/sources/icap and schemas/sources/rates",
        ),
        ("transforms/rates/transform.py", None, "no transform in transforms/rates/transform.py"),
        ("extractors/rates/source.py", "", "no SOURCE in extractors/rates/source.py"),
        (
            "extractors/rates/source.py",
            "from extractors.icap.source import SOURCE",
            "extractors/rates/source.py declares 'icap', not 'rates'",
        ),
    ],
)
def test_a_folder_that_is_not_whole_is_told_by_its_name(
    tmp_path: Path, place: str, text: str | None, told: str
) -> None:
    """Whoever asks for another source is not even told."""
    spoil(tmp_path, place, text)
    done = run_beside(tmp_path, ASKED)
    assert done.returncode == 0, done.stderr
    assert told in done.stdout


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("schemas/sources/rates/tables.py", "schemas/sources/rates declares no tables"),
        ("schemas/sources/rates/gates.yml", "schemas/sources/rates/gates.yml can't be read"),
    ],
)
def test_a_folder_that_is_not_whole_holds_up_no_other_source(
    tmp_path: Path, place: str, told: str
) -> None:
    spoil(tmp_path, place, None)
    done = run_beside(tmp_path, NIGHT_BESIDE_ANOTHER)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["exit_code"] in (3, 4)
    assert found["outcomes"]["fx"] == "changed"
    assert found["is_published"]
    assert "fx_rates" in found["released"]
    assert told in found["report"]
    assert told in found["looked"], "a look at the store names it, too"


def spoil(root: Path, place: str, text: str | None) -> None:
    """Lay the source out, with one of its files gone, or with another text in it."""
    lay_out(root)
    (root / place).unlink() if text is None else (root / place).write_text(text)


ASKED = """
from flows.core.sources import pipeline
from schemas.contracts.gate_files import declared
from schemas.registry import IncompleteSource

assert pipeline("fx").tables
try:
    pipeline("rates")
    print(declared().broken["rates"])
except IncompleteSource as error:
    print(error)
"""

NIGHT_BESIDE_ANOTHER = """
import json
from datetime import date

from extractors.sample.server.server import SampleServer
from flows.core.context import RunContext, Sample
from flows.core.settings import Settings
from flows.jobs.monitor import watch
from flows.jobs.nightly import run_plainly
from flows.jobs.report.report import as_markdown
from flows.jobs.report.result import RunReport
from warehouse.store.home import open_home

settings = Settings(home=str(ROOT / "home"), retries=1, backoff_s=0.0)
with SampleServer(until=date(2021, 7, 18)) as server:
    home, sample = open_home(settings.home, "sample"), Sample(server.routes, server.until)
    context = RunContext(home, settings, sample=sample)
    report = RunReport(context.run_id, context.job, settings.home, True)
    run_plainly(context, ["fx", "rates"], report)
seen = watch(settings, ["fx", "rates"], until=server.until, tells=False)
print(json.dumps({
    "exit_code": report.exit_code,
    "outcomes": {run.source: str(run.outcome) for run in report.runs},
    "released": sorted(report.released.release.versions),
    "is_published": bool(report.published.publication),
    "report": as_markdown(report),
    "looked": "; ".join(f.told for f in seen.look.failed if f.source == "rates"),
}))
"""


def test_every_source_here_is_whole() -> None:
    assert list(SOURCES) == names()
    assert list(last_days()) == names(), "each has a site in the sample"
    gated = declared().tables
    for name in names():
        found = pipeline(name)
        assert found.source.name == name
        assert found.tables == SOURCES[name]
        assert all(table.name in gated for table in found.tables)
        assert found.source.short_names.keys() == found.source.credit.keys() == {"en", "zh"}


def modules_after(code: str) -> set[str]:
    """The folders of sources, by room, whose modules a process holds that has run some code."""
    asked = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=REPO, capture_output=True, text=True, check=True
    )
    parts = (module.split(".") for module in done.stdout.split())
    return {f"{p[0]}/{p[1]}" for p in parts if len(p) > 2 and p[1] in names()}


@pytest.mark.parametrize("name", names())
def test_asking_for_one_source_imports_no_other(name: str) -> None:
    asked = f"from flows.core.sources import pipeline\npipeline({name!r}, is_sample=True)"
    assert modules_after(asked) == {f"extractors/{name}", f"transforms/{name}"}
    asked = f"from flows.core.sources import declaration\ndeclaration({name!r})"
    assert modules_after(asked) == {f"extractors/{name}"}


@pytest.mark.parametrize(
    "code",
    [
        "import schemas.registry, schemas.contracts.gate_files as g; g.declared()",
        "import flows.core.query.sql, flows.core.query.ask, flows.cli.data",
        "import warehouse.publication.publish, warehouse.store.store",
        "from extractors.sample.sites.all import last_day; last_day()",
    ],
)
def test_tables_and_days_are_known_without_any_source(code: str) -> None:
    assert modules_after(code) == set()


def test_publishing_reads_declarations_and_no_grammar() -> None:
    code = "from flows.stages.release.publish import credits_of\ncredits_of()"
    assert modules_after(code) == {f"extractors/{name}" for name in names()}
