"""A figure that the grammar left is read by a person: in the facts, in `trace`, and undone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractors.sample.sites.mee.model import Doc
from extractors.sample.sites.mee.pages import detail_page
from flows.cli.main import app
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from flows.jobs.replay import replay
from flows.jobs.report.result import RunReport
from schemas.contracts.readings import ReadingError
from warehouse.store.store import Warehouse

URL = "https://www.mee.gov.cn/xxgk2018/xxgk/xxgk06/202604/t20260415_1200014.html"
SENTENCE = "全国共有重点排放单位3378家参加了演练。"
DOC = Doc(
    path="/xxgk2018/xxgk/xxgk06/202604/t20260415_1200014.html",
    template="X",
    title="关于全国碳排放权交易市场演练的通知",
    published=date(2026, 4, 15),
    paragraphs=("2026年12月31日前，完成2025年度碳排放配额清缴。", SENTENCE),
    number="环办气候函〔2026〕902号",
    index="000014672/2026-09002",
    issuer="生态环境部办公厅",
    category="应对气候变化",
)
STATE = (
    "select fate, (select count(*) from mee_facts where metric = 'key_emitters') as facts "
    "from prose_figures where printed = '3378家'"
)
ALL = (
    "select metric, period, value, item, evidence, known_from, revision, is_deleted "
    "from mee_facts__history order by all"
)


def take(home: Path, doc: Doc = DOC) -> RunReport:
    file = home.parent / "page.html"
    page = re.sub('<meta name="carbonmart-sample"[^>]*>', "", detail_page(doc))
    file.write_text(page, encoding="utf-8")
    return ingest(Settings(home=str(home), publish=False), [file], [URL])


def ask(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with Warehouse(home).query(sql) as answer:
        return answer.fetchall()


def command(home: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--home", str(home), *words])
    return result.exit_code, result.stdout


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose one text has a figure that was left, read by a person, and replayed."""
    home = tmp_path_factory.mktemp("readings") / "home"
    take(home)
    return home


def stanza(home: Path) -> dict[str, str]:
    """What `readings suggest` says of the figure, filled in."""
    code, told = command(home, "readings", "suggest", "mee", "--jsonl")
    assert code == 0
    (line,) = [line for line in told.splitlines() if "3378" in line]
    found: dict[str, str] = json.loads(line)
    return found | {
        "period": "2025",
        "scope": "CEA",
        "read_by": "A. Analyst",
        "date": "2026-11-29",
    }


def test_a_reading_appears_is_replayed_and_is_undone_when_it_is_removed(held: Path) -> None:
    assert ask(held, STATE) == [("unknown_words", 0)]
    filled = stanza(held)
    assert (filled["metric"], filled["value"], filled["unit"]) == ("key_emitters", "3378", "count")
    file = held / "readings.jsonl"
    file.write_text(json.dumps(filled, ensure_ascii=False))
    assert command(held, "readings", "check")[0] == 0
    (run,) = take(held).runs
    assert run.tally.added["mee_facts"] == 1
    assert ask(held, STATE) == [("reviewed", 1)]
    ((evidence, quote),) = ask(
        held, "select evidence, quote from mee_facts where metric = 'key_emitters'"
    )
    assert quote == SENTENCE
    assert json.loads(evidence)["reading"] == "A. Analyst, 2026-11-29"
    key = ("环办气候函〔2026〕902号", "", "key_emitters", "CEA", "", "2025", "1")
    code, told = command(held, "trace", "mee_facts", *key, "value", "--working")
    assert code == 0
    assert SENTENCE in told
    assert "A. Analyst, 2026-11-29" in told

    (again,) = take(held).runs
    assert (again.tally.new, again.tally.revised) == (0, 0)

    file.unlink()
    take(held)
    assert ask(held, STATE) == [("unknown_words", 0)]
    before = ask(held, ALL)
    replay(Settings(home=str(held), publish=False), ["mee"])
    assert ask(held, ALL) == before


def test_a_reading_whose_sentence_has_changed_is_asked_again(held: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home)
    (home / "readings.jsonl").write_text(json.dumps(stanza(home), ensure_ascii=False))
    changed = replace(DOC, paragraphs=(DOC.paragraphs[0], SENTENCE.replace("3378", "3379")))
    (run,) = take(home, changed).runs
    assert "reading_unmatched" in {issue.rule for issue in run.tally.remarks}
    assert ask(home, "select count(*) from mee_facts where metric = 'key_emitters'") == [(0,)]
    code, told = command(home, "readings", "check", "--json")
    assert code == 5
    assert json.loads(told)[0]["state"] == "unmatched"


def test_a_file_that_is_wrong_stops_a_run_before_it_begins(held: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home)
    (home / "readings.yml").write_text("- source: mee\n  text: x\n")
    with pytest.raises(ReadingError, match="missing"):
        take(home)
    (home / "readings.yml").unlink()
    line = json.dumps(stanza(home), ensure_ascii=False)
    (home / "readings.yml").write_text(f"[{line}]")
    (home / "readings.jsonl").write_text(line)
    with pytest.raises(ReadingError, match=r"line 1: 3378家 of .* in readings\.yml"):
        take(home)
