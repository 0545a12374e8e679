"""What is published for spreadsheets: the same rows, no formulas, and nothing twice."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from schemas.core.table import Column, Kind
from schemas.marts.figures import MART_KEY_FIGURES
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.support.released import DAYS, load_days, local, night, publish_now, release
from tests.support.rows import bulletin
from warehouse.engine.sql.views import memory
from warehouse.engine.storage.storage import digest_of
from warehouse.publication.formats.csv_file import csv_sql, guarded, unpacked, write_csv
from warehouse.publication.formats.workbook import TEXT
from warehouse.publication.publish import PublicationError
from warehouse.publication.shelf import shelf
from warehouse.publication.whole import wrong_in_folder
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release
from warehouse.store.store import Warehouse

FORMULA = '=HYPERLINK("http://x.example/","x")'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Some days, a title that begins like a formula, and a mart of two figures."""
    made = open_home(tmp_path / "home", "sample")
    load_days(made, DAYS[:3], 1)
    rows = [bulletin(DAYS[3], title=FORMULA), bulletin(DAYS[4], title="")]
    Warehouse(made.path).load(SEEE_BULLETINS, rows, known_from=night(2), run_id="night-2")
    _load_figures(made, 2, label_zh="-1+1", value=Decimal("18113576584.23"))
    return made


def _load_figures(home: Home, number: int, **other: Any) -> None:
    figure = {
        "figure_id": "annual_turnover",
        "period": "2024",
        "source": "seee",
        "unit": "CNY",
        "label_zh": "全年成交额",
        "label_en": "Turnover",
        "value": Decimal(1),
        "formula": "as stated",
        "is_preferred": True,
        "citations": "[]",
        "derived_from": "[]",
        "is_simulated": True,
        **dict.fromkeys(("value_text", "qualifier", "printed", "agreement")),
    }
    rows = [figure | other, figure | {"source": "mee", "value": None, "unit": ""}]
    warehouse, moment = Warehouse(home.path), night(number)
    warehouse.load(MART_KEY_FIGURES, rows, known_from=moment, run_id=f"night-{number}")


def _published(home: Home) -> tuple[Path, dict[str, Any]]:
    """A new release's folder, and what its descriptor lists for spreadsheets, by name."""
    folder = local(home) / "published" / release(home).release_id
    assert all(finding.is_same for finding in publish_now(home).findings)
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return folder, {each["path"]: each for each in told["exports"]}


def _csv(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as whole:
        assert whole.namelist() == [path.name.removesuffix(".zip")]
        data = whole.read(path.name.removesuffix(".zip"))
    assert data.startswith(b"\xef\xbb\xbf"), "Excel takes it for some other encoding"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _about(book: Workbook) -> dict[str, str]:
    """What a workbook says of itself."""
    return {str(row[0].value): str(row[1].value) for row in book["about"].iter_rows(min_row=2)}


def test_each_table_is_a_csv_with_its_rows(home: Home) -> None:
    folder, listed = _published(home)
    tables = {"seee_bulletins", "seee_quotes", "mart_key_figures"}
    assert {p.name for p in folder.glob("*.csv.zip")} == {f"{name}.csv.zip" for name in tables}
    assert listed.keys() == {*(f"{name}.csv.zip" for name in tables), "marts.xlsx"}
    for name, told in listed.items():
        assert told["hash"] == f"sha256:{digest_of(folder / name)}"
        assert told["bytes"] == (folder / name).stat().st_size
    rows = {row["trade_date"]: row for row in _csv(folder / "seee_bulletins.csv.zip")}
    assert len(rows) == 5
    assert rows[str(DAYS[3])]["title"] == f"'{FORMULA}"
    assert rows[str(DAYS[3])]["change_pct"] == "1.11"
    assert rows[str(DAYS[3])]["auction_volume_t"] == ""
    figures = {row["source"]: row for row in _csv(folder / "mart_key_figures.csv.zip")}
    assert figures["seee"]["label_zh"] == "'-1+1"
    assert figures["seee"]["value"] == "18113576584.230000"


def test_the_marts_are_a_workbook(home: Home) -> None:
    folder, _ = _published(home)
    book = load_workbook(folder / "marts.xlsx")
    assert book.sheetnames == ["about", "mart_key_figures", "columns"]
    about = _about(book)
    assert about["release"] == folder.name
    assert "simulated" in about["simulated"]
    heads = [cell.value for cell in book["mart_key_figures"][1]]
    cells = {
        row[heads.index("source")].value: dict(zip(heads, row, strict=True))
        for row in book["mart_key_figures"].iter_rows(min_row=2)
    }
    assert (cells["seee"]["label_zh"].value, cells["seee"]["label_zh"].data_type) == ("-1+1", "s")
    assert (cells["seee"]["value"].value, cells["seee"]["value"].data_type) == (18113576584.23, "n")
    assert cells["mee"]["value"].value is None
    assert book["mart_key_figures"].freeze_panes == "A2"


def test_what_a_sheet_can_not_hold_is_left_out_and_told(home: Home) -> None:
    _load_figures(home, 3, formula="x" * (TEXT + 1))
    folder, _ = _published(home)
    book = load_workbook(folder / "marts.xlsx")
    assert book.sheetnames == ["about", "columns"]
    about = _about(book)
    assert "too long for a sheet" in about["mart_key_figures"]
    (long,) = [r for r in _csv(folder / "mart_key_figures.csv.zip") if r["source"] == "seee"]
    assert len(long["formula"]) == TEXT + 1


def test_what_is_unchanged_is_taken_over(home: Home) -> None:
    first, told = _published(home)
    load_days(home, DAYS[5:6], 3)
    second, now = _published(home)
    assert {name: each["made_for"] for name, each in now.items()} == {
        "seee_bulletins.csv.zip": second.name,
        "seee_quotes.csv.zip": second.name,
        "mart_key_figures.csv.zip": first.name,
        "marts.xlsx": first.name,
    }
    assert now["marts.xlsx"] == told["marts.xlsx"]
    assert (second / "marts.xlsx").read_bytes() == (first / "marts.xlsx").read_bytes()


def test_what_was_damaged_since_is_not_taken_over(home: Home) -> None:
    first, _ = _published(home)
    for name in ("marts.xlsx", "mart_key_figures.csv.zip"):
        (first / name).chmod(0o644)
    (first / "marts.xlsx").write_bytes(b"x")
    (first / "mart_key_figures.csv.zip").unlink()
    wrong = {each.name.split("/")[1] for each in wrong_in_folder(shelf(first.parent), first.name)}
    assert wrong == {"marts.xlsx", "mart_key_figures.csv.zip"}
    second, now = _published(home)
    assert (
        now["marts.xlsx"]["made_for"] == now["mart_key_figures.csv.zip"]["made_for"] == second.name
    )
    assert len(_csv(second / "mart_key_figures.csv.zip")) == 2


@pytest.mark.parametrize("what", ["csv", "workbook"])
def test_what_differs_from_the_tables_is_not_published(
    home: Home, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(rows: pa.Table, path: Path) -> None:
        write_csv(rows.slice(1), path)

    from warehouse.publication.formats.workbook import write_workbook

    def rounded(path: Path, sheets: Mapping[str, Any]) -> None:
        heads, rows = sheets["mart_key_figures"]
        wrong = [row | {"value": row["value"] and round(row["value"])} for row in rows]
        write_workbook(path, {**sheets, "mart_key_figures": (heads, wrong)})

    name = {"csv": "write_csv", "workbook": "write_workbook"}[what]
    monkeypatch.setattr(f"warehouse.publication.exports.{name}", {"csv": short}.get(what, rounded))
    made: Release = release(home)
    with pytest.raises(PublicationError, match=f"publication_{what} "):
        publish_now(home)
    assert not (local(home) / "published" / made.release_id).exists()


COLUMNS = (
    Column("t", Kind.TEXT, "A text"),
    Column("n", Kind.MONEY, "A sum"),
    Column("i", Kind.INT, "A number", nullable=False),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_every_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("csv")
    edges = ["", "'", "'=1", "=1", "''+1", "-", "\r\n=1", "\t", "＝1", 'a"b,c\nd', "\ufeff", "\\N"]
    texts = [*edges, *texts]
    sums = [Decimal("-1.10") if index % 2 else None for index in range(len(texts))]
    numbers = list(range(len(texts)))
    held = {"t": pa.array(texts, pa.string()), "n": pa.array(sums, pa.decimal128(20, 2))}
    write_csv(pa.table({**held, "i": numbers}), folder / "x.csv.zip")
    with unpacked(folder / "x.csv.zip", folder) as path, memory() as connection:
        found = connection.sql(f"{csv_sql(path, COLUMNS)} ORDER BY i").fetchall()
        shown = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))[1:]
    assert found == list(zip(texts, sums, numbers, strict=True))
    assert not [row for row in shown if row[0][:1] in tuple("=+-@\t\r\n＝＋－＠")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", "'=1", "''-"])
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "'a", " =1", "1-2", "收盘价"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text
